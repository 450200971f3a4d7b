import GanConfig
import GanNN
import GanTensor

/// U-GAT-IT (Kim et al. 2020) as its PyTorch version trains: generators and discriminators look where a classifier of
/// their features does, and norms learn how much of instance and of layer norm they take. A global and a local
/// discriminator judge each domain.
public final class UGATIT: TwoSidedTranslator {
  public static let info = ModelInfo(
    name: "ugatit", title: "U-GAT-IT (Kim et al. 2020)", paper: "arXiv:1907.10830", data: .unaligned,
    targets: [.aToB, .bToA],
    files: [.of(["genA2B", "genB2A", "disGA", "disGB", "disLA", "disLB"], "*_params_*.pt")])

  public struct Options: Settings, Equatable, Sendable {
    public var channels = 3
    public var width = 64
    public var blocks = 4
    public var head = HeadOptions(light: false)
    public var adversarialWeight = 1.0
    public var cycleWeight = 10.0
    public var identityWeight = 10.0
    public var camWeight = 1000.0
    public var heatmap = true
    public var adam = AdamOptions(learningRate: 1e-4, weightDecay: 1e-4)

    public init() {}

    public static let options: [Option<Options>] =
      [
        .integer("channels", \.channels, in: 1...3, "channels of pictures: 3, or 1 for grey"),
        .integer("ch", \.width, in: 1...512, "channels of the first layers; deeper layers have multiples of it"),
        .integer("n_res", \.blocks, in: 1...64, "residual blocks of a generator, before and after attention"),
      ] + Option.all(of: \.head) + [
        .number("adv_weight", \.adversarialWeight, in: 0...1e6, "weight of the adversarial losses"),
        .number("cycle_weight", \.cycleWeight, in: 0...1e6, "weight of the cycles, such as A to B to A"),
        .number(
          "identity_weight", \.identityWeight, in: 0...1e6,
          "weight of the identity loss: pictures of the target side should not change"),
        .number("cam_weight", \.camWeight, in: 0...1e6, "weight of the generators' attention classifiers"),
        .flag("heatmap", \.heatmap, "show a heat map of the attention on sheets of samples"),
      ] + Option.all(of: \.adam)

    public func problems() -> [SettingsProblem] { channelProblems([("channels", channels)]) + head.problems() }
  }

  package typealias Translation = UGATITGenerator.Translation
  package typealias Verdict = (global: UGATITDiscriminator.Judgement, local: UGATITDiscriminator.Judgement)

  /// The discriminators of one domain.
  package struct Judges {
    let global: UGATITDiscriminator, local: UGATITDiscriminator

    package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Verdict { (global(x, pass), local(x, pass)) }
  }

  package let options: Options
  package let genA2B: UGATITGenerator, genB2A: UGATITGenerator
  package let disA: Judges, disB: Judges
  private let stores: (genA2B: TensorStore, genB2A: TensorStore)
  private let gOptimizer: Adam, dOptimizer: Adam

  public init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    let generator = { UGATITGenerator($0, options, light: options.head.light) }
    func discriminator(_ name: String, layers: Int) -> (network: UGATITDiscriminator, store: TensorStore) {
      make.network(name, .pytorch) {
        UGATITDiscriminator($0, inputs: options.channels, width: options.width, layers: layers)
      }
    }
    let (a2b, b2a) = (make.network("genA2B", .pytorch, generator), make.network("genB2A", .pytorch, generator))
    let (ga, gb) = (discriminator("disGA", layers: 7), discriminator("disGB", layers: 7))
    let (la, lb) = (discriminator("disLA", layers: 5), discriminator("disLB", layers: 5))
    (genA2B, genB2A, stores) = (a2b.network, b2a.network, (a2b.store, b2a.store))
    disA = Judges(global: ga.network, local: la.network)
    disB = Judges(global: gb.network, local: lb.network)
    gOptimizer = make.optimizer("G", options.adam.settings, over: a2b.store, b2a.store)
    dOptimizer = make.optimizer("D", options.adam.settings, over: ga.store, gb.store, la.store, lb.store)
  }

  public var sizeRule: SizeRule { options.head.sizeRule }
  public var leastTrainingSize: Int { disA.global.leastSize }
  public var channels: (a: Int, b: Int) { (options.channels, options.channels) }

  public func trainStep(_ batch: TrainingBatch) throws -> Losses {
    try options.head.check(batch.a)
    try options.head.check(batch.b)
    let pass = Pass(.batch)
    let intoA = genB2A([batch.a, batch.b], pass), intoB = genA2B([batch.a, batch.b], pass)
    // The generators do not change before their own step, so that both steps have the same translations.
    let t = Translations(fakeA: intoA[1], fakeB: intoB[0], sameA: intoA[0], sameB: intoB[1])
    let d = try discriminatorStep(batch.a, batch.b, t)
    let g = try generatorStep(batch.a, batch.b, t)
    genA2B.clipShares()
    genB2A.clipShares()
    return ["Discriminator_loss": d.total, "Generator_loss": g.total] + d.terms + g.terms
  }

  /// Of pictures of the other domain, and of those that are in the generator's target domain already.
  private struct Translations {
    let fakeA: Translation, fakeB: Translation
    let sameA: Translation, sameB: Translation
  }

  private func discriminatorStep(_ a: Tensor, _ b: Tensor, _ t: Translations) throws -> ComposedLoss {
    let pass = Pass(.batch)
    let loss =
      discriminatorLoss("A", real: disA(a, pass), fake: disA(t.fakeA.picture.detached(), pass))
      + discriminatorLoss("B", real: disB(b, pass), fake: disB(t.fakeB.picture.detached(), pass))
    try dOptimizer.minimize(loss.total)
    return loss
  }

  private func generatorStep(_ a: Tensor, _ b: Tensor, _ t: Translations) throws -> ComposedLoss {
    let pass = Pass(.batch)
    let cycleA = genB2A(t.fakeB.picture, pass)
    let cycleB = genA2B(t.fakeA.picture, pass)
    let loss =
      generatorLoss("A", real: a, fake: t.fakeA, judged: disA(t.fakeA.picture, pass), cycle: cycleA, same: t.sameA)
      + generatorLoss("B", real: b, fake: t.fakeB, judged: disB(t.fakeB.picture, pass), cycle: cycleB, same: t.sameB)
    try gOptimizer.minimize(loss.total)
    return loss
  }

  private func discriminatorLoss(_ domain: String, real: Verdict, fake: Verdict) -> ComposedLoss {
    func term(_ real: Tensor, _ fake: Tensor) -> Tensor { real.meanSquaredError(1) + fake.meanSquaredError(0) }
    let weight = options.adversarialWeight
    return ComposedLoss(
      "D_loss_\(domain)",
      [
        (weight, "D_ad_loss_G\(domain)", term(real.global.map, fake.global.map)),
        (weight, "D_ad_cam_loss_G\(domain)", term(real.global.cam, fake.global.cam)),
        (weight, "D_ad_loss_L\(domain)", term(real.local.map, fake.local.map)),
        (weight, "D_ad_cam_loss_L\(domain)", term(real.local.cam, fake.local.cam)),
      ])
  }

  /// Of the generator into a domain: its classifier should know pictures of the other one from those of this one.
  private func generatorLoss(
    _ domain: String, real: Tensor, fake: Translation, judged: Verdict, cycle: Translation, same: Translation
  ) -> ComposedLoss {
    let weight = options.adversarialWeight
    let cam = fake.cam.binaryCrossEntropy(label: 1) + same.cam.binaryCrossEntropy(label: 0)
    return ComposedLoss(
      "G_loss_\(domain)",
      [
        (weight, "G_ad_loss_G\(domain)", judged.global.map.meanSquaredError(1)),
        (weight, "G_ad_cam_loss_G\(domain)", judged.global.cam.meanSquaredError(1)),
        (weight, "G_ad_loss_L\(domain)", judged.local.map.meanSquaredError(1)),
        (weight, "G_ad_cam_loss_L\(domain)", judged.local.cam.meanSquaredError(1)),
        (options.cycleWeight, "G_recon_loss_\(domain)", cycle.picture.l1(real)),
        (options.identityWeight, "G_identity_loss_\(domain)", same.picture.l1(real)),
        (options.camWeight, "G_cam_loss_\(domain)", cam),
      ])
  }

  public func translate(_ pictures: Tensor, to target: TranslationTarget, _ pass: Pass) throws -> Tensor {
    let generator = try choose(target, aToB: genA2B, bToA: genB2A)
    try options.head.check(pictures)
    return generator(pictures, pass).picture
  }

  public func generator(for target: TranslationTarget) throws -> TensorStore {
    try choose(target, aToB: stores.genA2B, bToA: stores.genB2A)
  }

  public func samples(_ batch: TrainingBatch, _ pass: Pass) throws -> [Sample] {
    let fakeB = genA2B(batch.a, pass)
    let fakeA = genB2A(batch.b, pass)
    func attention(_ translation: Translation) -> [Sample] {
      guard options.heatmap else { return [] }
      let shape = translation.picture.shape
      return [Sample("attention", heatmapPictures(translation.heatmap, height: shape[1], width: shape[2]))]
    }
    let cycleA = genB2A(fakeB.picture, pass).picture, cycleB = genA2B(fakeA.picture, pass).picture
    return [Sample("A", batch.a)] + attention(fakeB)
      + [Sample("A to B", fakeB.picture), Sample("to A again", cycleA), Sample("B", batch.b)] + attention(fakeA)
      + [Sample("B to A", fakeA.picture), Sample("to B again", cycleB)]
  }
}

extension UGATITGenerator {
  package convenience init(_ scope: Scope, _ options: UGATIT.Options, light: Bool) {
    self.init(
      scope, channels: options.channels, width: options.width, blocks: options.blocks,
      pixels: light ? nil : options.head.fullPixels)
  }
}

extension UGATIT {
  /// Without `light`, most of its weights would look at every pixel: the official program's advice for small memory.
  public static func options(fitting size: Int) -> Options {
    var options = Options()
    options.head.light = true
    options.head.imageSize = size
    return options
  }
}
