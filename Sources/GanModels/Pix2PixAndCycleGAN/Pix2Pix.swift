import GanConfig
import GanNN
import GanTensor

/// Image-to-image translation with conditional adversarial networks (Isola et al. 2017): a U-Net learns from pairs;
/// a PatchGAN sees input and output together.
package final class Pix2Pix: DirectTranslator {
  package static let info = ModelInfo(
    name: "pix2pix", title: "pix2pix (Isola et al. 2017)", paper: "arXiv:1611.07004", data: .aligned, targets: [.aToB],
    roundsLevels: false, discriminatorLosses: [["D"]],
    files: [.of("G", "latest_net_G.pth"), .of("D", "latest_net_D.pth")])

  package struct Options: Settings, Equatable, Sendable {
    package var networks = NetworkOptions()
    package var adversarial = AdversarialOptions(.vanilla)
    package var channels = ChannelOptions()
    @Scheduled package var lambdaL1 = 100.0
    package var pairLosses = PairLossOptions()
    package var eval = false
    package var optimizer = OptimizerOptions()

    package init() {}

    package static let options: [Option<Options>] =
      Option.all(of: \.networks) + Option.all(of: \.adversarial) + Option.all(of: \.channels) + [
        .weight("lambda_l1", \.$lambdaL1, in: 0...1e6, "weight of the L1 distance to the target")
      ] + Option.all(of: \.pairLosses) + [
        .flag("eval", \.eval, "translate with the statistics from training and without dropout")
      ] + Option.all(of: \.optimizer)
      + Option.all(of: \.networks.architecture) + Option.all(of: \.networks.antialias)
      + Option.all(of: \.networks.scales)

    package func problems() -> [SettingsProblem] {
      networks.problems() + channels.problems() + optimizer.problems()
        + adversarial.problems(with: networks.architecture.spectralNorm)
        + pairLosses.problems(channels: channels.b)
    }
  }

  package let inputs: ModelInputs
  package let g: any Network, d: any Discriminator
  private var options: Options
  private let noise: NoiseSource
  private let pairLosses: PairLosses
  private let gOptimizer: Optimizer, dOptimizer: Optimizer

  package static func discriminators(_ options: Options) -> DiscriminatorKind {
    options.pairLosses.$featureWeight.most == 0
      ? options.adversarial.discriminators
      : .unreached(reason: "lambda_feat would compare what its discriminator makes of differently changed pictures")
  }

  package init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    let networks = options.networks, (a, b) = options.channels.both, growth = Growth(make.stage)
    g = make.network("G", networks.initialization) { networks.makeGenerator($0, inputs: a, outputs: b, growth) }
    d = make.discriminator("D", networks.initialization, pictures: [a, b]) {
      networks.makeDiscriminator($0, inputs: a + b)
    }
    let newest = "G.\(GrownGenerator.key(of: growth.doublings))."
    gOptimizer = make.optimizer(
      "G", options.optimizer.generator, over: g,
      trains: growth.trainsRefinerAlone ? { $0.hasPrefix(newest) } : nil)
    dOptimizer = make.optimizer("D", options.optimizer.discriminator, over: d)
    noise = make.noise
    pairLosses = try PairLosses(options.pairLosses, make)
    inputs = ModelInputs(
      channels: (a, b), sizeRule: g.sizeRule,
      leastTrainingSize: max(d.sizeRule.least, options.pairLosses.leastSize))
  }

  package static func stageParts(_ options: Options) -> [String] { [Growth.part] }
  package static func problem(with stages: [TrainingStage], _ options: Options) -> SettingsProblem? {
    Growth.problem(with: stages)
  }

  package var cycleOfSteps: Int { options.adversarial.cycleOfSteps }

  package func trainStep(_ batch: TrainingBatch) throws -> Losses {
    options.enter(epoch: batch.place?.epoch)
    let (a, b) = try batch.sides()
    let pass = Pass(.batch, noise: noise)
    guard options.adversarial.trainsGenerators(inStep: dOptimizer.steps + 1) else {
      return try updateDiscriminator(a, b, fake: Tape.paused { g(a, pass) })
    }
    let fake = g(a, pass), ofD = try updateDiscriminator(a, b, fake: fake.detached())
    return try updateGenerator(a, b, fake) + ofD
  }

  private func updateDiscriminator(_ a: Tensor, _ b: Tensor, fake: Tensor) throws -> Losses {
    let adversarial = options.adversarial, pass = Pass(.batch, noise: noise)
    let fakes = d.scores(pair(a, fake), pass), reals = d.scores(pair(a, b), pass)
    d.judgedReal(reals)
    let judged = adversarial.discriminator(real: reals, fake: fakes), loss = judged.total * 0.5
    let penalty = try adversarial.penalty(
      real: pair(a, b), fake: pair(a, fake), noise, "D.alpha", before: dOptimizer
    ) { d.scores($0, Pass(.batchWithoutUpdate)) }
    try adversarial.minimize(penalty.map { loss + $0 } ?? loss, with: dOptimizer)
    let losses: Losses = ["D_fake": judged.fake, "D_real": judged.real, "D": loss]
    return penalty.map { losses + ["D_GP": $0] } ?? losses
  }

  private func updateGenerator(_ a: Tensor, _ b: Tensor, _ fake: Tensor) throws -> Losses {
    var sum = LossSum()
    let judged = d.judge(pair(a, fake), Pass(.batch, noise: noise))
    lazy var real = d.judge(pair(a, b), Pass(.batchWithoutUpdate))
    sum.add("G_GAN", options.adversarial.generator(judged.map(\.scores)) { real.map(\.scores) })
    sum.add("G_L1", fake.l1(b) * options.lambdaL1)
    try pairLosses.add(options.pairLosses, of: fake, from: b, judged: judged, real: { real }, to: &sum)
    try gOptimizer.minimize(sum.total)
    return sum.terms + ["G": sum.total]
  }

  /// Condition and picture side by side on the channels, the condition first.
  package func pair(_ a: Tensor, _ b: Tensor) -> Tensor { Tensor.concatenated([a, b], axis: 3) }

  package func network(for target: TranslationTarget) throws -> any Network {
    try require(target)
    return g
  }

  package func samples(_ batch: TrainingBatch, _ pass: Pass) throws -> [Sample] {
    let (a, b) = try batch.sides()
    return [Sample("input", a), Sample("output", g(a, pass)), Sample("target", b)]
  }

  // Without --eval, the official program translates as it trains: with dropout and the picture's own statistics.
  package var testTimeStatistics: Pass.Statistics { options.eval ? .running : .batchWithoutUpdate }
  package var needsTestTimeNoise: Bool { options.networks.dropout && !options.eval }

  /// A U-Net that leaves 1x1, or one for a smaller power of two if the size is not one.
  package static func options(fitting size: Int) -> Options {
    var options = Options()
    let halvings = size.trailingZeroBitCount
    options.networks.generator = halvings >= 5 ? .unet(levels: min(halvings, 8)) : .resnet(blocks: 6)
    return options
  }
}
