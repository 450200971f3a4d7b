import GanConfig
import GanNN
import GanTensor

/// Multimodal unsupervised image-to-image translation (Huang et al. 2018): a picture is a content code, which both
/// domains share, and a style code of its own domain. A content decoded with different styles gives different
/// translations; styles are drawn from a normal distribution, or taken from an example.
public final class MUNIT: ImageTranslator {
  public static let info = ModelInfo(
    name: "munit", title: "MUNIT (Huang et al. 2018)", paper: "arXiv:1804.04732", data: .unaligned,
    targets: [.aToB, .bToA],
    files: [.ofBothDomains("gen"), .ofBothDomains("dis")])

  public struct Options: Settings, Equatable, Sendable {
    public var networks = UNITNetworkOptions()
    public var styleSize = 8
    public var mlpWidth = 256
    public var inputChannels = 3
    public var outputChannels = 3
    public var ganWeight = 1.0
    public var reconstructionWeight = 10.0
    public var styleWeight = 1.0
    public var contentWeight = 1.0
    public var cycleWeight = 10.0
    public var perceptual = PerceptualOptions()
    public var adam = AdamOptions.unit

    public init() {}

    public static let options: [Option<Options>] =
      Option.all(of: \.networks) + [
        .integer("gen_style_dim", \.styleSize, in: 1...1024, "length of a style code"),
        .integer("gen_mlp_dim", \.mlpWidth, in: 1...4096, "width of the layers between style and decoder"),
        .integer("input_channels", \.inputChannels, in: 1...3, "channels of A: 3, or 1 for grey"),
        .integer("output_channels", \.outputChannels, in: 1...3, "channels of B: 3, or 1 for grey"),
        .number("gan_w", \.ganWeight, in: 0...1e6, "weight of the adversarial losses"),
        .number(
          "recon_x_w", \.reconstructionWeight, in: 0...1e6, "weight of reconstructing a picture from its own codes"),
        .number("recon_s_w", \.styleWeight, in: 0...1e6, "weight of recovering the style from a translation"),
        .number("recon_c_w", \.contentWeight, in: 0...1e6, "weight of recovering the content from a translation"),
        .number(
          "recon_x_cyc_w", \.cycleWeight, in: 0...1e6, "weight of the cycles A to B to A and B to A to B; 0 for none"),
      ] + Option.all(of: \.perceptual) + Option.all(of: \.adam)

    public func problems() -> [SettingsProblem] {
      channelProblems([("input_channels", inputChannels), ("output_channels", outputChannels)])
        + perceptual.problems(channels: [inputChannels, outputChannels])
    }
  }

  let options: Options
  package let genA: MUNITGenerator, genB: MUNITGenerator
  package let discriminators: DomainDiscriminators
  let stores: (genA: TensorStore, genB: TensorStore)
  private let genOptimizer: Adam
  private let perceptual: PerceptualLoss
  private let noise: NoiseSource

  public init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    let networks = options.networks, channels = (a: options.inputChannels, b: options.outputChannels)
    func generator(_ name: String, _ channels: Int) -> (network: MUNITGenerator, store: TensorStore) {
      make.network(name, networks.initialization) {
        MUNITGenerator(
          $0, channels: channels, networks.plan, styleSize: options.styleSize, mlpWidth: options.mlpWidth)
      }
    }
    let (genA, genAStore) = generator("gen_a", channels.a), (genB, genBStore) = generator("gen_b", channels.b)
    (self.genA, self.genB) = (genA, genB)
    stores = (genAStore, genBStore)
    genOptimizer = make.optimizer("gen", options.adam.settings, over: genAStore, genBStore)
    discriminators = DomainDiscriminators(
      networks, channels: channels, weight: options.ganWeight, options.adam, make)
    perceptual = try PerceptualLoss(options.perceptual, make)
    noise = make.noise
  }

  public var channels: (a: Int, b: Int) { (options.inputChannels, options.outputChannels) }
  public var sizeRule: SizeRule { options.networks.plan.sizeRule }
  public var leastTrainingSize: Int { max(discriminators.leastSize, sizeRule.least, MUNITGenerator.leastStyleSize) }

  public func trainStep(_ batch: TrainingBatch) throws -> Losses {
    let contents = contents(batch.a, batch.b)
    let fake = Tape.paused { fakes(batch.a, batch.b, contents) }
    var losses = try discriminators.update(real: batch, fake: fake)
    try updateGenerators(batch, contents, &losses)
    return losses
  }

  /// For both steps: the generators change only at the end of theirs.
  package func contents(_ a: Tensor, _ b: Tensor) -> (a: Tensor, b: Tensor) {
    (genA.content(a, Pass(.batch)), genB.content(b, Pass(.batch)))
  }

  /// Translations that discriminators learn from.
  package func fakes(_ a: Tensor, _ b: Tensor, _ contents: (a: Tensor, b: Tensor)) -> (a: Tensor, b: Tensor) {
    let pass = Pass(.batch)
    let styleA = randomStyle(noise, "dis.s_a", for: a), styleB = randomStyle(noise, "dis.s_b", for: b)
    return (genA.decode(contents.b, styleA, pass), genB.decode(contents.a, styleB, pass))
  }

  /// A style per picture.
  func randomStyle(_ noise: NoiseSource, _ key: String, for pictures: Tensor) -> Tensor {
    noise.normal(key, [pictures.shape[0], 1, 1, options.styleSize], type: pictures.type)
  }

  /// What the generators' losses compare.
  package struct Translations {
    /// Drawn.
    package let styleA: Tensor, styleB: Tensor
    /// Of the pictures.
    package let ownStyleA: Tensor, ownStyleB: Tensor
    package let reconA: Tensor, reconB: Tensor
    package let fakeA: Tensor, fakeB: Tensor
    /// Found again: `recodedStyleA` and the content of B in `fakeA`.
    package let recodedContentA: Tensor, recodedContentB: Tensor, recodedStyleA: Tensor, recodedStyleB: Tensor
  }

  package func translations(_ a: Tensor, _ b: Tensor, _ contents: (a: Tensor, b: Tensor)) -> Translations {
    let pass = Pass(.batch)
    let styleA = randomStyle(noise, "gen.s_a", for: a), styleB = randomStyle(noise, "gen.s_b", for: b)
    let ownStyleA = genA.style(a, pass), ownStyleB = genB.style(b, pass)
    let ofA = together([[contents.a, ownStyleA], [contents.b, styleA]]) { [genA.decode($0[0], $0[1], pass)] }
    let ofB = together([[contents.a, styleB], [contents.b, ownStyleB]]) { [genB.decode($0[0], $0[1], pass)] }
    let (reconA, fakeA, fakeB, reconB) = (ofA[0][0], ofA[1][0], ofB[0][0], ofB[1][0])
    return Translations(
      styleA: styleA, styleB: styleB, ownStyleA: ownStyleA, ownStyleB: ownStyleB, reconA: reconA, reconB: reconB,
      fakeA: fakeA, fakeB: fakeB,
      recodedContentA: genB.content(fakeB, pass), recodedContentB: genA.content(fakeA, pass),
      recodedStyleA: genA.style(fakeA, pass), recodedStyleB: genB.style(fakeB, pass))
  }

  /// Back to the first domain with the picture's own style.
  package func cycles(_ t: Translations) -> (a: Tensor, b: Tensor) {
    let pass = Pass(.batch)
    return (genA.decode(t.recodedContentA, t.ownStyleA, pass), genB.decode(t.recodedContentB, t.ownStyleB, pass))
  }

  private func updateGenerators(
    _ batch: TrainingBatch, _ contents: (a: Tensor, b: Tensor), _ losses: inout Losses
  ) throws {
    let t = translations(batch.a, batch.b, contents)
    let adv = discriminators.judge((t.fakeA, t.fakeB))
    let reconA = t.reconA.l1(batch.a), reconB = t.reconB.l1(batch.b)
    let styleA = t.recodedStyleA.l1(t.styleA), styleB = t.recodedStyleB.l1(t.styleB)
    // The original's content is moved as well as the translation's.
    let contentA = t.recodedContentA.l1(contents.a), contentB = t.recodedContentB.l1(contents.b)
    let (cycleA, cycleB) = cycleLosses(t, batch)

    var total = (adv.a + adv.b) * options.ganWeight + (reconA + reconB) * options.reconstructionWeight
    total = total + (styleA + styleB) * options.styleWeight + (contentA + contentB) * options.contentWeight
    total = total + (cycleA + cycleB) * options.cycleWeight
    try perceptual.add((t.fakeA, t.fakeB), from: batch, to: &losses, &total)
    try genOptimizer.minimize(total)

    losses =
      losses + [
        "gen_adv_a": adv.a, "gen_adv_b": adv.b, "gen_recon_x_a": reconA, "gen_recon_x_b": reconB,
        "gen_recon_s_a": styleA, "gen_recon_s_b": styleB, "gen_recon_c_a": contentA, "gen_recon_c_b": contentB,
        "gen_cycrecon_x_a": cycleA, "gen_cycrecon_x_b": cycleB, "gen_total": total,
      ]
  }

  private func cycleLosses(_ t: Translations, _ batch: TrainingBatch) -> (a: Tensor, b: Tensor) {
    let none = Tensor.zeros([], type: batch.a.type)
    guard options.cycleWeight > 0 else { return (none, none) }
    let cycles = cycles(t)
    return (cycles.a.l1(batch.a), cycles.b.l1(batch.b))
  }
}

extension MUNIT {
  public static func options(fitting size: Int) -> Options {
    var options = Options()
    options.networks.scales = judgedScales(size)
    return options
  }
}
