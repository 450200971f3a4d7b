import GanNN
import GanTensor

/// StarGAN (Choi et al. 2018): one generator for all domains. It gets a picture and the label of the domain, or the
/// attributes, that the result should have; the discriminator tells real from fake pictures and finds their labels.
package final class StarGAN: LabelledTranslator, CyclicTranslator {
  package static let info = ModelInfo(
    name: "stargan", title: "StarGAN (Choi et al. 2018)", paper: "arXiv:1711.09020", data: .domains,
    learnsAttributes: true, files: [.of("G", "*-G.ckpt"), .of("D", "*-D.ckpt")])

  package static let pictureChannels = 3

  package let inputs: ModelInputs
  package private(set) var options: Options
  package let g: StarGANGenerator
  package let d: StarGANDiscriminator
  private let gOptimizer: Optimizer, dOptimizer: Optimizer
  private let noise: NoiseSource

  package static func discriminators(_ options: Options) -> DiscriminatorKind { options.adversarial.discriminators }

  /// - Throws: `GanError` (usage) without names of domains.
  package init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    let labels = try options.domains.requiredNames(of: Self.info).count, channels = Self.pictureChannels
    g = make.network("G", .pytorch) {
      StarGANGenerator(
        $0, channels: channels, labels: labels, width: options.generatorWidth, blocks: options.generatorBlocks,
        switches: options.architecture.ofGenerator)
    }
    d = make.discriminator("D", .pytorch, pictures: [channels]) {
      StarGANDiscriminator(
        $0, channels: channels, size: options.imageSize, labels: labels, width: options.discriminatorWidth,
        layers: options.discriminatorLayers, switches: options.architecture.ofDiscriminator)
    }
    gOptimizer = make.optimizer("G", options.method.settings(options.generatorRate), over: g)
    dOptimizer = make.optimizer("D", options.method.settings(options.discriminatorRate), over: d)
    noise = make.noise
    inputs = ModelInputs(
      channels: (channels, channels), sizeRule: g.sizeRule, leastTrainingSize: options.imageSize,
      exactTrainingSize: options.imageSize)
  }

  package var cycleOfSteps: Int { options.adversarial.cycleOfSteps }
  package var domains: [String] { options.domains.names }

  /// The discriminator learns in every step, the generator in every `n_critic`th, from the same pictures and labels.
  package func trainStep(_ batch: TrainingBatch) throws -> Losses {
    options.enter(epoch: batch.place?.epoch)
    let (pictures, labels) = try batch.labelled()
    // Each picture is to become what another one of the batch is.
    let targets = labels.rows(noise.permutation("rand_idx", pictures.shape[0]))
    let losses = try updateDiscriminator(pictures, labels, targets)
    guard options.adversarial.trainsGenerators(inStep: dOptimizer.steps) else { return losses }
    return try losses + updateGenerator(pictures, labels, targets)
  }

  private func updateDiscriminator(_ x: Tensor, _ labels: Tensor, _ targets: Tensor) throws -> Losses {
    let pass = Pass(.batch), adversarial = options.adversarial
    let real = d(x, pass)
    let fake = Tape.paused { g(x, targets, pass) }
    d.judgedReal(real.scores)
    let judged = adversarial.discriminator(real: real.scores, fake: d.scores(fake, pass))
    var sum = LossSum()
    sum.add("D.loss_real", judged.real)
    sum.add("D.loss_fake", judged.fake)
    sum.add("D.loss_cls", classification(real.logits, labels), weight: options.classWeight)
    if let penalty = try adversarial.unweightedPenalty(
      real: x, fake: fake, noise, "alpha", before: dOptimizer, offset: 0, critic: { [d.scores($0, pass)] })
    {
      sum.add("D.loss_gp", penalty, weight: adversarial.appliedPenaltyWeight)
    }
    try adversarial.minimize(sum.total, with: dOptimizer)
    return sum.terms
  }

  private func updateGenerator(_ x: Tensor, _ labels: Tensor, _ targets: Tensor) throws -> Losses {
    let pass = Pass(.batch)
    let fake = g(x, targets, pass)
    let judged = d(fake, pass)
    var sum = LossSum()
    sum.add("G.loss_fake", options.adversarial.generator(judged.scores) { d.scores(x, pass) })
    sum.add("G.loss_rec", g(fake, labels, pass).l1(x), weight: options.reconstructionWeight)
    sum.add("G.loss_cls", classification(judged.logits, targets), weight: options.classWeight)
    try gOptimizer.minimize(sum.total)
    return sum.terms
  }

  private func classification(_ logits: Tensor, _ labels: Tensor) -> Tensor {
    switch options.domains.kind {
    case .classes: logits.crossEntropy(oneHot: labels)
    case .attributes: logits.summedBinaryCrossEntropy(labels)
    }
  }

  package func translate(_ pictures: Tensor, to target: TranslationTarget, _ pass: Pass) throws -> Tensor {
    g(pictures, try label(of: target, count: pictures.shape[0], type: pictures.type), pass)
  }

  package func translate(_ pictures: Tensor, label: Tensor, attribute: Tensor?, _ pass: Pass) throws -> Tensor {
    g(pictures, label, pass)
  }

  /// The same for all targets.
  package func generator(for target: TranslationTarget) throws -> TensorStore {
    _ = try label(of: target, count: 1, type: .float32)
    return g.tensors
  }

  // As the official program translates: running statistics are kept, but never used.
  package var testTimeStatistics: Pass.Statistics { .batchWithoutUpdate }
}
