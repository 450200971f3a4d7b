import GanConfig
import GanNN
import GanTensor

/// Reusing discriminators for encoding (Chen et al. 2020): the first layers of a domain's discriminator are its
/// encoder, trained with the discriminator alone. Generators lead from the code of one domain to a picture of the other.
public final class NICEGAN: TwoSidedTranslator {
  public static let info = ModelInfo(
    name: "nicegan", title: "NICE-GAN (Chen et al. 2020)", paper: "arXiv:2003.00273", data: .unaligned,
    targets: [.aToB, .bToA],
    files: [.of(["gen2B", "gen2A", "disA", "disB"], "*_params_*.pt")])

  public struct Options: Settings, Equatable, Sendable {
    public var channels = 3
    public var width = 64
    public var blocks = 6
    public var discriminatorLayers = 7
    public var head = HeadOptions(light: true)
    public var adversarialWeight = 1.0
    public var cycleWeight = 10.0
    public var reconstructionWeight = 10.0
    public var heatmap = true
    public var adam = AdamOptions(learningRate: 1e-4, weightDecay: 1e-4)

    public init() {}

    public static let options: [Option<Options>] =
      [
        .integer("channels", \.channels, in: 1...3, "channels of pictures: 3, or 1 for grey"),
        .integer("ch", \.width, in: 1...512, "channels of the first layers; deeper layers have multiples of it"),
        .integer("n_res", \.blocks, in: 1...64, "residual blocks of a generator"),
        .integer(
          "n_dis", \.discriminatorLayers, in: 6...10, "layers of a discriminator; n_dis - 2 of them halve the picture"),
      ] + Option.all(of: \.head) + [
        .number("adv_weight", \.adversarialWeight, in: 0...1e6, "weight of the adversarial losses"),
        .number("cycle_weight", \.cycleWeight, in: 0...1e6, "weight of the cycles, such as A to B to A"),
        .number(
          "recon_weight", \.reconstructionWeight, in: 0...1e6, "weight of reconstructing a picture from its own code"),
        .flag("heatmap", \.heatmap, "show a heat map of the codes on sheets of samples"),
      ] + Option.all(of: \.adam)

    public func problems() -> [SettingsProblem] { channelProblems([("channels", channels)]) + head.problems() }
  }

  typealias Judgement = NICEGANDiscriminator.Judgement

  package let options: Options
  package let gen2A: NICEGANGenerator, gen2B: NICEGANGenerator
  package let disA: NICEGANDiscriminator, disB: NICEGANDiscriminator
  private let stores: (gen2A: TensorStore, gen2B: TensorStore)
  private let gOptimizer: Adam, dOptimizer: Adam

  public init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    let generator = { NICEGANGenerator($0, options, light: options.head.light) }
    let discriminator = {
      NICEGANDiscriminator($0, inputs: options.channels, width: options.width, layers: options.discriminatorLayers)
    }
    let (gen2BStore, gen2AStore, disAStore, disBStore): (TensorStore, TensorStore, TensorStore, TensorStore)
    (gen2B, gen2BStore) = make.network("gen2B", .pytorch, generator)
    (gen2A, gen2AStore) = make.network("gen2A", .pytorch, generator)
    (disA, disAStore) = make.network("disA", .pytorch, discriminator)
    (disB, disBStore) = make.network("disB", .pytorch, discriminator)
    stores = (gen2AStore, gen2BStore)
    gOptimizer = make.optimizer("G", options.adam.settings, over: gen2BStore, gen2AStore)
    dOptimizer = make.optimizer("D", options.adam.settings, over: disAStore, disBStore)
  }

  public var sizeRule: SizeRule { options.head.sizeRule }
  public var leastTrainingSize: Int { disA.leastSize }
  public var channels: (a: Int, b: Int) { (options.channels, options.channels) }

  public func trainStep(_ batch: TrainingBatch) throws -> Losses {
    try options.head.check(batch.a)
    try options.head.check(batch.b)
    let d = try discriminatorStep(batch.a, batch.b)
    let g = try generatorStep(batch.a, batch.b)
    return ["Discriminator_loss": d.total, "Generator_loss": g.total] + d.terms + g.terms
  }

  /// The encoders are trained here and only here.
  private func discriminatorStep(_ a: Tensor, _ b: Tensor) throws -> ComposedLoss {
    let pass = Pass(.batch)
    let realA = disA(a, pass)
    let realB = disB(b, pass)
    let (fakeB, fakeA) = Tape.paused { (gen2B(realA.code, pass), gen2A(realB.code, pass)) }
    let loss =
      discriminatorLoss("A", real: realA, fake: disA(fakeA, pass))
      + discriminatorLoss("B", real: realB, fake: disB(fakeB, pass))
    try dOptimizer.minimize(loss.total)
    return loss
  }

  /// Gradients pass through the discriminators, as judges and as encoders of the cycles, and change none of them.
  private func generatorStep(_ a: Tensor, _ b: Tensor) throws -> ComposedLoss {
    let pass = Pass(.batch)
    let (codeA, codeB) = Tape.paused { (disA(a, pass).code, disB(b, pass).code) }
    let ofA = together([codeA, codeB]) { gen2A($0, pass) }, ofB = together([codeA, codeB]) { gen2B($0, pass) }
    let (reconA, fakeA, fakeB, reconB) = (ofA[0], ofA[1], ofB[0], ofB[1])
    let judgedA = disA(fakeA, pass)
    let judgedB = disB(fakeB, pass)
    let cycleA = gen2A(judgedB.code, pass)
    let cycleB = gen2B(judgedA.code, pass)
    let loss =
      generatorLoss("A", fake: judgedA, cycle: cycleA.l1(a), recon: reconA.l1(a))
      + generatorLoss("B", fake: judgedB, cycle: cycleB.l1(b), recon: reconB.l1(b))
    try gOptimizer.minimize(loss.total)
    return loss
  }

  private func discriminatorLoss(_ domain: String, real: Judgement, fake: Judgement) -> ComposedLoss {
    func term(_ real: Tensor, _ fake: Tensor) -> Tensor { real.meanSquaredError(1) + fake.meanSquaredError(0) }
    let weight = options.adversarialWeight
    return ComposedLoss(
      "D_loss_\(domain)",
      [
        (weight, "D_ad_loss_G\(domain)", term(real.global, fake.global)),
        (weight, "D_ad_loss_L\(domain)", term(real.local, fake.local)),
        (weight, "D_ad_cam_loss_\(domain)", term(real.cam, fake.cam)),
      ])
  }

  private func generatorLoss(_ domain: String, fake: Judgement, cycle: Tensor, recon: Tensor) -> ComposedLoss {
    let weight = options.adversarialWeight
    return ComposedLoss(
      "G_loss_\(domain)",
      [
        (weight, "G_ad_loss_G\(domain)", fake.global.meanSquaredError(1)),
        (weight, "G_ad_loss_L\(domain)", fake.local.meanSquaredError(1)),
        (weight, "G_ad_cam_loss_\(domain)", fake.cam.meanSquaredError(1)),
        (options.cycleWeight, "G_cycle_loss_\(domain)", cycle),
        (options.reconstructionWeight, "G_recon_loss_\(domain)", recon),
      ])
  }

  /// Needs the encoder of the source domain, which is part of its discriminator.
  public func translate(_ pictures: Tensor, to target: TranslationTarget, _ pass: Pass) throws -> Tensor {
    let (encoder, generator) = try choose(target, aToB: (disA, gen2B), bToA: (disB, gen2A))
    try options.head.check(pictures)
    return generator(encoder.encode(pictures, pass).code, pass)
  }

  /// The generator alone: official programs store the encoder with the discriminator of the source domain.
  public func generator(for target: TranslationTarget) throws -> TensorStore {
    try choose(target, aToB: stores.gen2B, bToA: stores.gen2A)
  }

  public func samples(_ batch: TrainingBatch, _ pass: Pass) throws -> [Sample] {
    let (codeA, codeB) = (disA.encode(batch.a, pass).code, disB.encode(batch.b, pass).code)
    let fakeB = gen2B(codeA, pass)
    let fakeA = gen2A(codeB, pass)
    func heatmap(_ label: String, _ code: Tensor, _ pictures: Tensor) -> [Sample] {
      guard options.heatmap else { return [] }
      let map = code.sum(over: [3])
      return [Sample(label, heatmapPictures(map, height: pictures.shape[1], width: pictures.shape[2]))]
    }
    let cycleA = gen2A(disB.encode(fakeB, pass).code, pass), cycleB = gen2B(disA.encode(fakeA, pass).code, pass)
    return [Sample("A", batch.a)] + heatmap("code of A", codeA, batch.a)
      + [Sample("A to B", fakeB), Sample("to A again", cycleA), Sample("B", batch.b)]
      + heatmap("code of B", codeB, batch.b) + [Sample("B to A", fakeA), Sample("to B again", cycleB)]
  }
}

extension NICEGANGenerator {
  package convenience init(_ scope: Scope, _ options: NICEGAN.Options, light: Bool) {
    self.init(
      scope, outputs: options.channels, width: options.width, blocks: options.blocks,
      pixels: light ? nil : options.head.fullPixels)
  }
}

extension NICEGAN {
  public static func options(fitting size: Int) -> Options {
    var options = Options()
    options.head.imageSize = size
    return options
  }
}
