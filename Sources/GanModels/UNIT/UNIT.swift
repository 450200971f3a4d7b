import GanConfig
import GanNN
import GanTensor

/// Unsupervised image-to-image translation networks (Liu et al. 2017): the autoencoders of both domains share one
/// latent space, so that what one encodes the other can decode. As in the official re-release, it is the losses that
/// make it shared, not common layers; latent codes are normal with variance 1 around the encoder's output.
package final class UNIT: AutoencoderTranslator {
  package static let info = ModelInfo(
    name: "unit", title: "UNIT (Liu et al. 2017)", paper: "arXiv:1703.00848", data: .unaligned,
    targets: [.aToB, .bToA], discriminatorLosses: [["dis_a"], ["dis_b"]],
    files: [.ofBothDomains("gen"), .ofBothDomains("dis")])

  package struct Options: Settings, Equatable, Sendable {
    package var networks = UNITNetworkOptions()
    package var game = GANTypeOptions()
    package var channels = ChannelOptions()
    @Scheduled package var ganWeight = 1.0
    @Scheduled package var reconstructionWeight = 10.0
    @Scheduled package var klWeight = 0.01
    @Scheduled package var cycleWeight = 10.0
    @Scheduled package var cycleKLWeight = 0.01
    package var perceptual = PerceptualOptions()
    package var optimizer = OptimizerOptions.unit

    package init() {}

    package static let options: [Option<Options>] =
      Option.all(of: \.networks) + Option.all(of: \.game) + Option.all(of: \.channels) + [
        .weight("gan_w", \.$ganWeight, in: 0...1e6, "weight of the adversarial losses"),
        .weight(
          "recon_x_w", \.$reconstructionWeight, in: 0...1e6, "weight of reconstructing a picture from its own code"),
        .weight("recon_kl_w", \.$klWeight, in: 0...1e6, "weight of the KL term that keeps codes small"),
        .weight("recon_x_cyc_w", \.$cycleWeight, in: 0...1e6, "weight of the cycles A to B to A and B to A to B"),
        .weight("recon_kl_cyc_w", \.$cycleKLWeight, in: 0...1e6, "weight of the KL term for codes of translations"),
      ] + Option.all(of: \.perceptual) + Option.all(of: \.optimizer)

    package func problems() -> [SettingsProblem] {
      channels.problems() + optimizer.problems() + game.problems(with: networks.spectralNorm)
        + perceptual.problems(channels: channels)
    }
  }

  package let inputs: ModelInputs
  package let gen: DomainGenerators<UNITGenerator>
  package let discriminators: DomainDiscriminators
  private var options: Options
  private let perceptual: PerceptualLoss
  private let noise: NoiseSource

  package static func discriminators(_ options: Options) -> DiscriminatorKind {
    options.game.adversarial.discriminators
  }

  package init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    let networks = options.networks, channels = options.channels.both
    gen = DomainGenerators(networks, channels: channels, options.optimizer, make) {
      UNITGenerator($0, channels: $1, networks.plan)
    }
    discriminators = DomainDiscriminators(
      networks, channels: channels, options.optimizer, make)
    perceptual = try PerceptualLoss(options.perceptual, make)
    noise = make.noise
    let sizeRule = networks.plan.sizeRule
    inputs = ModelInputs(
      channels: channels, sizeRule: sizeRule, leastTrainingSize: max(discriminators.leastSize, sizeRule.least))
  }

  package func trainStep(_ batch: TrainingBatch) throws -> Losses {
    options.enter(epoch: batch.place?.epoch)
    let real = try batch.sides(), game = options.game.adversarial
    let codes = codes(of: real), fake = Tape.paused { fakes(codes) }
    let losses = try discriminators.update(real: real, fake: fake, game, weight: options.ganWeight)
    guard game.trainsGenerators(inStep: discriminators.steps) else { return losses }
    return try losses + updateGenerators(real, codes)
  }

  package var cycleOfSteps: Int { options.game.adversarial.cycleOfSteps }

  /// For both steps: the generators change only at the end of theirs.
  package func codes(of real: (a: Tensor, b: Tensor)) -> (a: Tensor, b: Tensor) {
    (gen.a.encode(real.a, Pass(.batch)), gen.b.encode(real.b, Pass(.batch)))
  }

  /// Translations that discriminators learn from.
  package func fakes(_ codes: (a: Tensor, b: Tensor)) -> (a: Tensor, b: Tensor) {
    let pass = Pass(.batch), fakeB = gen.b.decode(sampled(codes.a, "dis.n_a"), pass)
    return (gen.a.decode(sampled(codes.b, "dis.n_b"), pass), fakeB)
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
    let ofA = together([latentA, latentB]) { gen.a.decode($0, pass) }
    let ofB = together([latentA, latentB]) { gen.b.decode($0, pass) }
    let (reconA, fakeA, fakeB, reconB) = (ofA[0], ofA[1], ofB[0], ofB[1])
    let recodedB = gen.a.encode(fakeA, pass), recodedA = gen.b.encode(fakeB, pass)
    let relatentB = sampled(recodedB, "gen.n_b_recon"), relatentA = sampled(recodedA, "gen.n_a_recon")
    return Translations(
      latentA: latentA, reconA: reconA, reconB: reconB, fakeA: fakeA, fakeB: fakeB, recodedA: recodedA,
      recodedB: recodedB, cycleA: gen.a.decode(relatentA, pass), cycleB: gen.b.decode(relatentB, pass))
  }

  private func updateGenerators(
    _ real: (a: Tensor, b: Tensor), _ codes: (a: Tensor, b: Tensor)
  ) throws -> Losses {
    let t = translations(codes), adv = discriminators.judge((t.fakeA, t.fakeB), real: real, options.game.adversarial)
    // The KL divergence from the standard Gaussian, but for a constant and a factor.
    func kl(_ code: Tensor) -> Tensor { code.squared().mean() }
    var sum = LossSum()
    sum.add(("gen_adv_a", adv.a), ("gen_adv_b", adv.b), weight: options.ganWeight)
    sum.add(
      ("gen_recon_x_a", t.reconA.l1(real.a)), ("gen_recon_x_b", t.reconB.l1(real.b)),
      weight: options.reconstructionWeight)
    sum.add(("gen_recon_kl_a", kl(codes.a)), ("gen_recon_kl_b", kl(codes.b)), weight: options.klWeight)
    sum.add(
      ("gen_cyc_x_a", t.cycleA.l1(real.a)), ("gen_cyc_x_b", t.cycleB.l1(real.b)), weight: options.cycleWeight)
    sum.add(
      ("gen_recon_kl_cyc_aba", kl(t.recodedA)), ("gen_recon_kl_cyc_bab", kl(t.recodedB)),
      weight: options.cycleKLWeight)
    try perceptual.add((t.fakeA, t.fakeB), from: real, to: &sum)
    try gen.optimizer.minimize(sum.total)
    return sum.terms + ["gen_total": sum.total]
  }

  package func translate(_ pictures: Tensor, to target: TranslationTarget, _ pass: Pass) throws -> Tensor {
    let (source, goal) = try generators(for: target)
    return goal.decode(source.encode(pictures, pass), pass)
  }

  package static func options(fitting size: Int) -> Options {
    var options = Options()
    options.networks.scales = judgedScales(size)
    return options
  }
}
