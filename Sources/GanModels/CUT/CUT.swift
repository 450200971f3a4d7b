import GanConfig
import GanNN
import GanTensor

/// Contrastive unpaired translation (Park et al. 2020): one generator, no way back. What a picture keeps is decided
/// patch by patch: the generator's own encoder must recognise each patch of the translation as that of the source.
///
/// G translates A to B, D judges pictures of B, and F turns features of patches into vectors that are compared.
package final class CUT: DirectTranslator {
  package static let info = ModelInfo(
    name: "cut", title: "CUT and FastCUT (Park et al. 2020)", paper: "arXiv:2007.15651", data: .unaligned,
    targets: [.aToB], roundsLevels: false, discriminatorLosses: [["D"]],
    files: ["G", "D", "F"].map { .of($0, "latest_net_\($0).pth") })

  package typealias Options = CUTOptions

  package let inputs: ModelInputs
  package let g: TappedGenerator, d: any Discriminator, f: PatchEmbedding
  private(set) var options: Options
  /// Ascending.
  package let taps: [Int]
  let noise: NoiseSource
  private let gOptimizer: Optimizer, dOptimizer: Optimizer, fOptimizer: Optimizer

  package static func discriminators(_ options: Options) -> DiscriminatorKind { options.adversarial.discriminators }

  package init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options.resolved()
    let taps = options.taps.sorted()
    self.taps = taps
    let networks = options.networks, initial = networks.initialization, channels = options.channels
    let generator = make.network("G", initial) {
      TappedGenerator(
        $0, channels: channels, width: networks.generatorWidth, blocks: options.generator.blocks, norm: networks.norm,
        dropout: networks.dropout, networks.antialias)
    }
    g = generator
    d = make.discriminator("D", initial, pictures: [channels]) { networks.makeDiscriminator($0, inputs: channels) }
    // The official program makes F from the features of the first batch; their channels are known before.
    f = make.network("F", initial) {
      PatchEmbedding($0, inputs: taps.map(generator.channels(ofTap:)), width: options.embeddingWidth)
    }
    gOptimizer = make.optimizer("G", options.optimizer.generator, over: g)
    dOptimizer = make.optimizer("D", options.optimizer.discriminator, over: d)
    fOptimizer = make.optimizer("F", options.optimizer.generator, over: f)
    noise = make.noise
    inputs = ModelInputs(
      channels: (channels, channels), sizeRule: g.sizeRule, leastTrainingSize: d.sizeRule.least,
      batchRule: BatchRule(dropsIncomplete: true), dropsRandomCropWhileDecaying: true)
  }

  package var cycleOfSteps: Int { options.adversarial.cycleOfSteps }

  package func trainStep(_ batch: TrainingBatch) throws -> Losses {
    options.enter(epoch: batch.place?.epoch)
    let (a, b) = try batch.sides()
    let pass = Pass(.batch, noise: noise)
    guard options.adversarial.trainsGenerators(inStep: dOptimizer.steps + 1) else {
      return try updateDiscriminator(real: b, fake: Tape.paused { g(a, pass) }, pass)
    }
    let translations = translateAll(a, b, pass), fake = translations.pictures(0)
    let judged = try updateDiscriminator(real: b, fake: fake.detached(), pass)

    var generator = LossSum()
    generator.add("G_GAN", options.ganWeight > 0 ? adversarialLoss(fake, real: b, pass) : .zeros([], type: a.type))
    let ofPatches = contrasts(translations, pass).map(\.loss)
    if ofPatches.count == 2 {
      generator.add(("NCE", ofPatches[0]), ("NCE_Y", ofPatches[1]), weight: 0.5)
    } else {
      generator.add("NCE", ofPatches[0])
    }
    let gradients = try Optimizer.gradients(of: generator.total, for: [gOptimizer, fOptimizer])
    gOptimizer.step(gradients[0])
    fOptimizer.step(gradients[1])
    return generator.terms + ["G": generator.total] + judged
  }

  /// With its weight.
  private func adversarialLoss(_ fake: Tensor, real: Tensor, _ pass: Pass) -> Tensor {
    options.adversarial.generator(d.scores(fake, pass)) { d.scores(real, Pass(.batchWithoutUpdate)) }
      * options.ganWeight
  }

  private func updateDiscriminator(real: Tensor, fake: Tensor, _ pass: Pass) throws -> Losses {
    let adversarial = options.adversarial
    // The last bias's gradients of both cancel exactly with Wasserstein losses, but not in one sum.
    let isSeparate = options.networks.needsSeparatePasses || adversarial.loss.isWasserstein
    let scores = together([[fake], [real]], separately: isSeparate) { d.scores($0[0], pass) }
    d.judgedReal(scores[1])
    let judged = adversarial.discriminator(real: scores[1], fake: scores[0]), loss = judged.total * 0.5
    let penalty = try adversarial.penalty(real: real, fake: fake, noise, "D.alpha", before: dOptimizer) {
      d.scores($0, Pass(.batchWithoutUpdate))
    }
    try adversarial.minimize(penalty.map { loss + $0 } ?? loss, with: dOptimizer)
    let losses: Losses = ["D_fake": judged.fake, "D_real": judged.real, "D": loss]
    return penalty.map { losses + ["D_GP": $0] } ?? losses
  }

  package func network(for target: TranslationTarget) throws -> any Network {
    try require(target)
    return g
  }

  package func samples(_ batch: TrainingBatch, _ pass: Pass) throws -> [Sample] {
    let (a, b) = try batch.sides()
    let rest = options.hasIdentity == true ? [Sample("B to B", g(b, pass))] : []
    return [Sample("A", a), Sample("A to B", g(a, pass)), Sample("B", b)] + rest
  }

  // As for pix2pix and CycleGAN.
  package var testTimeStatistics: Pass.Statistics { .batchWithoutUpdate }
  package var needsTestTimeNoise: Bool { options.networks.dropout }

  package static func schedule(of options: Options) -> TrainingSchedule? {
    switch options.mode {
    case .cut: TrainingSchedule(epochs: 200, decayEpochs: 200)
    case .fastcut: TrainingSchedule(epochs: 150, decayEpochs: 50)
    }
  }

  /// 6 blocks for small pictures, as CycleGAN has them.
  package static func options(fitting size: Int) -> Options {
    var options = Options()
    options.generator = .resnet(blocks: size < 256 ? 6 : 9)
    return options
  }
}
