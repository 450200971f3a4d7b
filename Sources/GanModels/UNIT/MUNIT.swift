import GanConfig
import GanNN
import GanTensor

/// Multimodal unsupervised image-to-image translation (Huang et al. 2018): a picture is a content code, which both
/// domains share, and a style code of its own domain. A content decoded with different styles gives different
/// translations; styles are drawn from a normal distribution, or taken from an example.
package final class MUNIT: StyleTranslator {
  package static let info = ModelInfo(
    name: "munit", title: "MUNIT (Huang et al. 2018)", paper: "arXiv:1804.04732", data: .unaligned,
    targets: [.aToB, .bToA], discriminatorLosses: [["dis_a"], ["dis_b"]],
    files: [.ofBothDomains("gen"), .ofBothDomains("dis")])

  package struct Options: Settings, Equatable, Sendable {
    package var networks = UNITNetworkOptions()
    package var game = GANTypeOptions()
    package var styleSize = 8
    package var mlpWidth = 256
    package var channels = ChannelOptions()
    @Scheduled package var ganWeight = 1.0
    @Scheduled package var reconstructionWeight = 10.0
    @Scheduled package var styleWeight = 1.0
    @Scheduled package var contentWeight = 1.0
    @Scheduled package var cycleWeight = 10.0
    package var perceptual = PerceptualOptions()
    package var optimizer = OptimizerOptions.unit

    package init() {}

    package static let options: [Option<Options>] =
      Option.all(of: \.networks) + Option.all(of: \.game) + [
        .integer("gen_style_dim", \.styleSize, in: 1...1024, "length of a style code"),
        .integer("gen_mlp_dim", \.mlpWidth, in: 1...4096, "width of the layers between style and decoder"),
      ] + Option.all(of: \.channels) + [
        .weight("gan_w", \.$ganWeight, in: 0...1e6, "weight of the adversarial losses"),
        .weight(
          "recon_x_w", \.$reconstructionWeight, in: 0...1e6, "weight of reconstructing a picture from its own codes"),
        .weight("recon_s_w", \.$styleWeight, in: 0...1e6, "weight of recovering the style from a translation"),
        .weight("recon_c_w", \.$contentWeight, in: 0...1e6, "weight of recovering the content from a translation"),
        .weight(
          "recon_x_cyc_w", \.$cycleWeight, in: 0...1e6, "weight of the cycles A to B to A and B to A to B; 0 for none"),
      ] + Option.all(of: \.perceptual) + Option.all(of: \.optimizer)

    package func problems() -> [SettingsProblem] {
      channels.problems() + optimizer.problems() + game.problems(with: networks.spectralNorm)
        + perceptual.problems(channels: channels)
    }
  }

  package let inputs: ModelInputs
  package let gen: DomainGenerators<MUNITGenerator>
  package let discriminators: DomainDiscriminators
  private(set) var options: Options
  package let perceptual: PerceptualLoss
  package let noise: NoiseSource
  package var pictureOptions: Options { options }

  package static func discriminators(_ options: Options) -> DiscriminatorKind {
    options.game.adversarial.discriminators
  }

  package init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    let networks = options.networks, channels = options.channels.both
    gen = DomainGenerators(networks, channels: channels, options.optimizer, make) {
      MUNITGenerator($0, channels: $1, networks.plan, styleSize: options.styleSize, mlpWidth: options.mlpWidth)
    }
    discriminators = DomainDiscriminators(
      networks, channels: channels, options.optimizer, make)
    perceptual = try PerceptualLoss(options.perceptual, make)
    noise = make.noise
    let sizeRule = networks.plan.sizeRule
    inputs = ModelInputs(
      channels: channels, sizeRule: sizeRule,
      leastTrainingSize: max(discriminators.leastSize, sizeRule.least, MUNITGenerator.leastStyleSize))
  }

  package func trainStep(_ batch: TrainingBatch) throws -> Losses {
    options.enter(epoch: batch.place?.epoch)
    let real = try batch.sides(), game = options.game.adversarial
    let contents = contents(of: real), fake = Tape.paused { fakes(contents, randomStyles("dis", for: contents)) }
    let losses = try discriminators.update(real: real, fake: fake, game, weight: options.ganWeight)
    guard game.trainsGenerators(inStep: discriminators.steps) else { return losses }
    return try losses + updateGenerators(real, contents)
  }

  package var cycleOfSteps: Int { options.game.adversarial.cycleOfSteps }

  private func updateGenerators(
    _ real: (a: Tensor, b: Tensor), _ contents: (a: Tensor, b: Tensor)
  ) throws -> Losses {
    let styles = randomStyles("gen", for: contents)
    let t = translations(contents, styles, ownStyles: ownStyles(of: real))
    let adv = discriminators.judge((t.fakeA, t.fakeB), real: real, options.game.adversarial)
    var sum = LossSum()
    try addPictureLosses(t, real: real, contents, adv, to: &sum)
    try gen.optimizer.minimize(sum.total)
    return sum.terms + ["gen_total": sum.total]
  }

  package static func options(fitting size: Int) -> Options {
    var options = Options()
    options.networks.scales = judgedScales(size)
    return options
  }
}
