import GanConfig
import GanNN
import GanTensor

/// Unsupervised image-to-image translation networks (Liu et al. 2017): the autoencoders of both domains share one
/// latent space, so that what one encodes the other can decode. As in the official re-release, it is the losses that
/// make it shared, not common layers; latent codes are normal with variance 1 around the encoder's output.
public final class UNIT: TwoSidedTranslator {
  public static let info = ModelInfo(
    name: "unit", title: "UNIT (Liu et al. 2017)", paper: "arXiv:1703.00848", data: .unaligned,
    targets: [.aToB, .bToA],
    files: [.ofBothDomains("gen"), .ofBothDomains("dis")])

  public struct Options: Settings, Equatable, Sendable {
    public var networks = UNITNetworkOptions()
    public var inputChannels = 3
    public var outputChannels = 3
    public var ganWeight = 1.0
    public var reconstructionWeight = 10.0
    public var klWeight = 0.01
    public var cycleWeight = 10.0
    public var cycleKLWeight = 0.01
    public var perceptual = PerceptualOptions()
    public var adam = AdamOptions.unit

    public init() {}

    public static let options: [Option<Options>] =
      Option.all(of: \.networks) + [
        .integer("input_channels", \.inputChannels, in: 1...3, "channels of A: 3, or 1 for grey"),
        .integer("output_channels", \.outputChannels, in: 1...3, "channels of B: 3, or 1 for grey"),
        .number("gan_w", \.ganWeight, in: 0...1e6, "weight of the adversarial losses"),
        .number(
          "recon_x_w", \.reconstructionWeight, in: 0...1e6, "weight of reconstructing a picture from its own code"),
        .number("recon_kl_w", \.klWeight, in: 0...1e6, "weight of the KL term that keeps codes small"),
        .number("recon_x_cyc_w", \.cycleWeight, in: 0...1e6, "weight of the cycles A to B to A and B to A to B"),
        .number("recon_kl_cyc_w", \.cycleKLWeight, in: 0...1e6, "weight of the KL term for codes of translations"),
      ] + Option.all(of: \.perceptual) + Option.all(of: \.adam)

    public func problems() -> [SettingsProblem] {
      channelProblems([("input_channels", inputChannels), ("output_channels", outputChannels)])
        + perceptual.problems(channels: [inputChannels, outputChannels])
    }
  }

  private let options: Options
  package let genA: UNITGenerator, genB: UNITGenerator
  package let discriminators: DomainDiscriminators
  private let stores: (genA: TensorStore, genB: TensorStore)
  private let genOptimizer: Adam
  private let perceptual: PerceptualLoss
  private let noise: NoiseSource

  public init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    let networks = options.networks, channels = (a: options.inputChannels, b: options.outputChannels)
    func generator(_ name: String, _ channels: Int) -> (network: UNITGenerator, store: TensorStore) {
      make.network(name, networks.initialization) { UNITGenerator($0, channels: channels, networks.plan) }
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
  public var leastTrainingSize: Int { max(discriminators.leastSize, sizeRule.least) }

  public func trainStep(_ batch: TrainingBatch) throws -> Losses {
    let codes = codes(batch.a, batch.b)
    let fake = Tape.paused { fakes(codes) }
    var losses = try discriminators.update(real: batch, fake: fake)
    try updateGenerators(batch, codes, &losses)
    return losses
  }

  /// For both steps: the generators change only at the end of theirs.
  package func codes(_ a: Tensor, _ b: Tensor) -> (a: Tensor, b: Tensor) {
    (genA.encode(a, Pass(.batch)), genB.encode(b, Pass(.batch)))
  }

  /// Translations that discriminators learn from.
  package func fakes(_ codes: (a: Tensor, b: Tensor)) -> (a: Tensor, b: Tensor) {
    let pass = Pass(.batch), fakeB = genB.decode(sampled(codes.a, "dis.n_a"), pass)
    return (genA.decode(sampled(codes.b, "dis.n_b"), pass), fakeB)
  }

  /// A code drawn from the Gaussian around `mean`.
  private func sampled(_ mean: Tensor, _ key: String) -> Tensor {
    mean + noise.normal(key, mean.shape, type: mean.type)
  }

  /// What the generators' losses compare.
  package struct Translations {
    package let latentA: Tensor
    /// Decoded from the pictures' own codes.
    package let reconA: Tensor, reconB: Tensor
    package let fakeA: Tensor, fakeB: Tensor
    /// Codes of the translations: `recodedA` is that of A's picture, found in `fakeB`.
    package let recodedA: Tensor, recodedB: Tensor
    package let cycleA: Tensor, cycleB: Tensor
  }

  package func translations(_ codes: (a: Tensor, b: Tensor)) -> Translations {
    let pass = Pass(.batch)
    let latentA = sampled(codes.a, "gen.n_a"), latentB = sampled(codes.b, "gen.n_b")
    let ofA = together([latentA, latentB]) { genA.decode($0, pass) }
    let ofB = together([latentA, latentB]) { genB.decode($0, pass) }
    let (reconA, fakeA, fakeB, reconB) = (ofA[0], ofA[1], ofB[0], ofB[1])
    let recodedB = genA.encode(fakeA, pass), recodedA = genB.encode(fakeB, pass)
    let relatentB = sampled(recodedB, "gen.n_b_recon"), relatentA = sampled(recodedA, "gen.n_a_recon")
    return Translations(
      latentA: latentA, reconA: reconA, reconB: reconB, fakeA: fakeA, fakeB: fakeB, recodedA: recodedA,
      recodedB: recodedB, cycleA: genA.decode(relatentA, pass), cycleB: genB.decode(relatentB, pass))
  }

  private func updateGenerators(
    _ batch: TrainingBatch, _ codes: (a: Tensor, b: Tensor), _ losses: inout Losses
  ) throws {
    let t = translations(codes)
    let adv = discriminators.judge((t.fakeA, t.fakeB))
    let reconA = t.reconA.l1(batch.a), reconB = t.reconB.l1(batch.b)
    // The KL divergence from the standard Gaussian, but for a constant and a factor.
    let klA = codes.a.squared().mean(), klB = codes.b.squared().mean()
    let cycleA = t.cycleA.l1(batch.a), cycleB = t.cycleB.l1(batch.b)
    let cycleKLA = t.recodedA.squared().mean(), cycleKLB = t.recodedB.squared().mean()

    var total = (adv.a + adv.b) * options.ganWeight + (reconA + reconB) * options.reconstructionWeight
    total = total + (klA + klB) * options.klWeight + (cycleA + cycleB) * options.cycleWeight
    total = total + (cycleKLA + cycleKLB) * options.cycleKLWeight
    try perceptual.add((t.fakeA, t.fakeB), from: batch, to: &losses, &total)
    try genOptimizer.minimize(total)

    losses =
      losses + [
        "gen_adv_a": adv.a, "gen_adv_b": adv.b, "gen_recon_x_a": reconA, "gen_recon_x_b": reconB, "gen_recon_kl_a": klA,
        "gen_recon_kl_b": klB, "gen_cyc_x_a": cycleA, "gen_cyc_x_b": cycleB, "gen_recon_kl_cyc_aba": cycleKLA,
        "gen_recon_kl_cyc_bab": cycleKLB, "gen_total": total,
      ]
  }

  public func translate(_ pictures: Tensor, to target: TranslationTarget, _ pass: Pass) throws -> Tensor {
    let (source, goal) = try choose(target, aToB: (genA, genB), bToA: (genB, genA))
    return goal.decode(source.encode(pictures, pass), pass)
  }

  /// The decoder's network; the encoder's is the other one.
  public func generator(for target: TranslationTarget) throws -> TensorStore {
    try choose(target, aToB: stores.genB, bToA: stores.genA)
  }
}

extension UNIT {
  public static func options(fitting size: Int) -> Options {
    var options = Options()
    options.networks.scales = judgedScales(size)
    return options
  }
}
