import GanNN
import GanTensor

/// Diverse image-to-image translation via disentangled representations (Lee et al. 2018), with the mode seeking of
/// DRIT++ (Lee et al. 2020; Mao et al. 2019): a picture is a content, in a space that both domains share, and an
/// attribute. A discriminator of contents sees to it that they do not tell the domain.
package final class DRIT: ImageTranslator {
  package static let info = ModelInfo(
    name: "drit", title: "DRIT (Lee et al. 2018)", paper: "arXiv:1808.00948", data: .unaligned,
    targets: [.aToB, .bToA], roundsLevels: false,
    discriminatorLosses: [["disA"], ["disA2"], ["disB"], ["disB2"]],
    files: [.of(["enc_c", "enc_a", "gen", "disA", "disB", "disA2", "disB2", "disContent"], "*.pth")])

  package let inputs: ModelInputs
  package private(set) var options: Options
  package let encC: SharedContentEncoder
  package let encA: DomainAttributeEncoders
  package let gen: DomainDecoders
  /// Of translations with the attribute of a picture, and of those with a drawn one.
  package let disA: Judge, disB: Judge, disA2: Judge, disB2: Judge
  package let disContent: ContentDiscriminator
  private let contentOptimizer: Optimizer
  private let optimizers: DRITOptimizers
  let noise: NoiseSource

  /// Those of pictures.
  package static func discriminators(_ options: Options) -> DiscriminatorKind {
    options.training.adversarial.discriminators
  }

  package init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    let networks = options.networks, initial = networks.initialization, channels = options.channels.both
    func judge(_ name: String, _ channels: Int) -> Judge { Judge(name, options, channels: channels, make) }
    (disA, disB) = (judge("disA", channels.a), judge("disB", channels.b))
    (disA2, disB2) = (judge("disA2", channels.a), judge("disB2", channels.b))
    disContent = make.network("disContent", initial) {
      ContentDiscriminator($0, channels: networks.content, halvings: networks.contentHalvings)
    }
    contentOptimizer = make.optimizer("disContent", options.training.contentOptimizer, over: disContent)
    encC = make.network("enc_c", initial) {
      SharedContentEncoder($0, channels: channels, width: networks.contentWidth)
    }
    encA = make.network("enc_a", initial) { DomainAttributeEncoders($0, networks, channels: channels) }
    gen = make.network("gen", initial) {
      DomainDecoders(
        $0, content: networks.content, attributes: networks.attributes,
        mlpWidth: networks.concat ? nil : networks.mlpWidth, channels: channels,
        upsampling: networks.upsampling.kind)
    }
    optimizers = DRITOptimizers(
      options.training.optimizer.generator, make, content: encC, attribute: encA, generator: gen)
    noise = make.noise
    let sizeRule = networks.sizeRule
    let judged = DRITDiscriminator.leastSize(layers: options.layers, scales: options.scales)
    inputs = ModelInputs(
      channels: channels, sizeRule: sizeRule,
      leastTrainingSize: max(sizeRule.least, judged, networks.leastJudgedSize),
      // One picture is translated, the others are real ones for the discriminators.
      batchRule: BatchRule(least: 2, dropsIncomplete: true))
  }

  package var cycleOfSteps: Int { options.training.interval * options.training.adversarial.cycleOfSteps }

  package func trainStep(_ batch: TrainingBatch) throws -> Losses { try trainStep(batch, nil) }

  /// - Parameter branches: which look at the objects of the first picture of A, for DUNIT.
  func trainStep(_ batch: TrainingBatch, _ branches: InstanceBranches?) throws -> Losses {
    options.enter(epoch: batch.place?.epoch)
    let all = try batch.sides(), (a, b) = (all.a.first, all.b.first)
    guard options.training.trainsEverything(at: batch.place) else {
      return try updateContentDiscriminator(Tape.paused { contents(a, b) })
    }
    let objects = branches?.objects(batch.boxes(ofB: false, 0))
    guard options.training.adversarial.trainsGenerators(inStep: disA.optimizer.steps + 1) else {
      return try updateDiscriminators(Tape.paused { translations(a, b, objects) }, all)
    }
    let t = translations(a, b, objects)
    return try updateDiscriminators(t, all) + updateGenerator(t, all, objects)
  }

  private func updateDiscriminators(_ t: Translations, _ real: (a: Tensor, b: Tensor)) throws -> Losses {
    let game = options.training.adversarial
    let a = try disA.update(real: real.a.first, fakes: [t.fakeA], game)
    let a2 = try disA2.update(real: real.a.rest, fakes: t.randomA, game)
    let b = try disB.update(real: real.b.first, fakes: [t.fakeB], game)
    let b2 = try disB2.update(real: real.b.rest, fakes: t.randomB, game)
    return try ["disA": a, "disA2": a2, "disB": b, "disB2": b2]
      + updateContentDiscriminator((t.contentA.detached(), t.contentB.detached()))
  }

  private func updateContentDiscriminator(_ contents: (a: Tensor, b: Tensor)) throws -> Losses {
    let loss =
      AdversarialLoss.vanilla.discriminator(disContent(contents.b), isReal: true)
      + AdversarialLoss.vanilla.discriminator(disContent(contents.a), isReal: false)
    try contentOptimizer.minimize(loss, clippingTo: options.training.contentClip)
    return ["disContent": loss]
  }

  private func updateGenerator(
    _ t: Translations, _ all: (a: Tensor, b: Tensor), _ objects: PictureObjects?
  ) throws -> Losses {
    let training = options.training, (a, b) = (all.a.first, all.b.first), rest = (a: all.a.rest, b: all.b.rest)
    var first = LossSum(), second = LossSum()
    // A content should tell nothing of its domain.
    first.add("gan_content_a", disContent(t.contentA).binaryCrossEntropy(label: 0.5))
    first.add("gan_content_b", disContent(t.contentB).binaryCrossEntropy(label: 0.5))
    first.add("gan_a", disA.judge(t.fakeA, real: a, training.adversarial))
    first.add("gan_b", disB.judge(t.fakeB, real: b, training.adversarial))
    first.add("kl_za_a", t.codeA.divergence * training.klWeight)
    first.add("kl_za_b", t.codeB.divergence * training.klWeight)
    first.add("kl_zc_a", t.contentA.squared().mean() * training.contentWeight)
    first.add("kl_zc_b", t.contentB.squared().mean() * training.contentWeight)
    first.add("l1_recon_A", t.reconA.l1(a) * training.reconstructionWeight)
    first.add("l1_recon_B", t.reconB.l1(b) * training.reconstructionWeight)
    first.add("l1_self_AA", t.selfA.l1(a) * training.reconstructionWeight)
    first.add("l1_self_BB", t.selfB.l1(b) * training.reconstructionWeight)
    if let objects, let distance = t.instanceDistance, objects.branches.weight > 0 {
      first.add("l1_instance", distance * objects.branches.weight)
    }

    let judged = zip(t.randomA, t.randomB).map {
      (disA2.judge($0, real: rest.a, training.adversarial), disB2.judge($1, real: rest.b, training.adversarial))
    }
    second.add("gan2_a", judged.dropFirst().reduce(judged[0].0) { $0 + $1.0 })
    second.add("gan2_b", judged.dropFirst().reduce(judged[0].1) { $0 + $1.1 })
    if options.seeksModes {
      second.add("ms_AB", modeSeeking(t.randomB, t.drawn) * options.modeWeight)
      second.add("ms_BA", modeSeeking(t.randomA, t.drawn) * options.modeWeight)
    }
    second.add("z_l1_a", t.recodedA.mean.l1(t.drawn[0]) * training.latentWeight)
    second.add("z_l1_b", t.recodedB.mean.l1(t.drawn[0]) * training.latentWeight)
    return try optimizers.minimize(first, then: second, objects)
  }
}
