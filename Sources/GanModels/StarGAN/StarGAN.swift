import GanBase
import GanNN
import GanTensor

/// StarGAN (Choi et al. 2018): one generator for all domains. It gets a picture and the label of the domain, or the
/// attributes, that the result should have; the discriminator tells real from fake pictures and finds their labels.
public final class StarGAN: ImageTranslator {
  public static let info = ModelInfo(
    name: "stargan", title: "StarGAN (Choi et al. 2018)", paper: "arXiv:1711.09020", data: .domains,
    learnsAttributes: true, files: [.of("G", "*-G.ckpt"), .of("D", "*-D.ckpt")])

  package static let pictureChannels = 3

  package let options: Options
  package let g: StarGANGenerator
  package let d: StarGANDiscriminator
  private let generatorStore: TensorStore
  private let gOptimizer: Adam, dOptimizer: Adam
  private let noise: NoiseSource

  /// - Throws: `GanError` (usage) where no domains are named.
  public init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    let labels = options.domains.names.count, channels = Self.pictureChannels
    guard labels > 0 else {
      throw GanError.usage(
        "stargan needs the names of its domains", help: "name them in the order of labels: model.domains: [a, b, c]")
    }
    (g, generatorStore) = make.network("G", .pytorch) {
      StarGANGenerator(
        $0, channels: channels, labels: labels, width: options.generatorWidth, blocks: options.generatorBlocks)
    }
    let (d, dStore) = make.network("D", .pytorch) {
      StarGANDiscriminator(
        $0, channels: channels, size: options.imageSize, labels: labels, width: options.discriminatorWidth,
        layers: options.discriminatorLayers)
    }
    self.d = d
    gOptimizer = make.optimizer("G", options.adam(options.generatorRate), over: generatorStore)
    dOptimizer = make.optimizer("D", options.adam(options.discriminatorRate), over: dStore)
    noise = make.noise
  }

  public var channels: (a: Int, b: Int) { (Self.pictureChannels, Self.pictureChannels) }
  public var sizeRule: SizeRule { g.sizeRule }
  public var leastTrainingSize: Int { options.imageSize }
  public var exactTrainingSize: Int? { options.imageSize }
  public var cycleOfSteps: Int { options.criticSteps }
  public var domains: [String] { options.domains.names }

  /// The discriminator learns in every step, the generator in every `n_critic`th, from the same pictures and labels.
  public func trainStep(_ batch: TrainingBatch) throws -> Losses {
    let pictures = batch.a, labels = try batch.requiredLabels()
    // Each picture is to become what another one of the batch is.
    let targets = labels.rows(noise.permutation("rand_idx", pictures.shape[0]))
    let losses = try updateDiscriminator(pictures, labels, targets)
    guard dOptimizer.steps % options.criticSteps == 0 else { return losses }
    return try losses + updateGenerator(pictures, labels, targets)
  }

  private func updateDiscriminator(_ x: Tensor, _ labels: Tensor, _ targets: Tensor) throws -> Losses {
    let pass = Pass(.batch)
    let real = d(x, pass)
    let lossReal = -real.scores.mean()
    let lossClass = classification(real.logits, labels)
    let fake = Tape.paused { g(x, targets, pass) }
    let lossFake = d.scores(fake, pass).mean()
    let alpha = noise.uniform("alpha", [x.shape[0], 1, 1, 1], type: x.type)
    let slope = try CriticSlope(real: x, fake: fake, alpha: alpha) { d.scores($0, pass) }
    let lossPenalty = slope.lengths().meanSquaredError(1)
    try dOptimizer.minimize(
      lossReal + lossFake + lossClass * options.classWeight + lossPenalty * options.penaltyWeight)
    return [
      "D.loss_real": lossReal, "D.loss_fake": lossFake, "D.loss_cls": lossClass, "D.loss_gp": lossPenalty,
    ]
  }

  private func updateGenerator(_ x: Tensor, _ labels: Tensor, _ targets: Tensor) throws -> Losses {
    let pass = Pass(.batch)
    let fake = g(x, targets, pass)
    let judged = d(fake, pass)
    let lossFake = -judged.scores.mean()
    let lossClass = classification(judged.logits, targets)
    let lossRec = g(fake, labels, pass).l1(x)
    try gOptimizer.minimize(
      lossFake + lossRec * options.reconstructionWeight + lossClass * options.classWeight)
    return ["G.loss_fake": lossFake, "G.loss_rec": lossRec, "G.loss_cls": lossClass]
  }

  private func classification(_ logits: Tensor, _ labels: Tensor) -> Tensor {
    switch options.domains.kind {
    case .classes: logits.crossEntropy(oneHot: labels)
    case .attributes: logits.summedBinaryCrossEntropy(labels)
    }
  }

  public func translate(_ pictures: Tensor, to target: TranslationTarget, _ pass: Pass) throws -> Tensor {
    g(pictures, try label(of: target, count: pictures.shape[0], type: pictures.type), pass)
  }

  /// The same for all targets.
  public func generator(for target: TranslationTarget) throws -> TensorStore {
    _ = try label(of: target, count: 1, type: .float32)
    return generatorStore
  }

  // As the official program translates: running statistics are kept, but never used.
  public var testTimeStatistics: Pass.Statistics { .batchWithoutUpdate }
}
