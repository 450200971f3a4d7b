import GanConfig
import GanNN
import GanTensor

/// Image-to-image translation with conditional adversarial networks (Isola et al. 2017): a U-Net learns from pairs;
/// a PatchGAN sees input and output together.
public final class Pix2Pix: ImageTranslator {
  public static let info = ModelInfo(
    name: "pix2pix", title: "pix2pix (Isola et al. 2017)", paper: "arXiv:1611.07004", data: .aligned, targets: [.aToB],
    roundsLevels: false, files: [.of("G", "latest_net_G.pth"), .of("D", "latest_net_D.pth")])

  public struct Options: Settings, Equatable, Sendable {
    public var networks = NetworkOptions()
    public var inputChannels = 3
    public var outputChannels = 3
    public var lambdaL1 = 100.0
    public var eval = false
    public var adam = AdamOptions()

    public init() {}

    public static let options: [Option<Options>] =
      Option.all(of: \.networks) + [
        .integer("input_channels", \.inputChannels, in: 1...3, "channels of the input pictures: 3, or 1 for grey"),
        .integer("output_channels", \.outputChannels, in: 1...3, "channels of the output pictures: 3, or 1 for grey"),
        .number("lambda_l1", \.lambdaL1, in: 0...1e6, "weight of the L1 distance to the target"),
        .flag("eval", \.eval, "translate with the statistics from training and without dropout"),
      ] + Option.all(of: \.adam)

    public func problems() -> [SettingsProblem] {
      channelProblems([("input_channels", inputChannels), ("output_channels", outputChannels)])
    }
  }

  private let options: Options
  package let g: any Network, d: any Network
  private let generator: TensorStore
  private let gOptimizer: Adam, dOptimizer: Adam
  private let noise: NoiseSource
  private var loss: AdversarialLoss { options.networks.adversarialLoss }
  public let sizeRule: SizeRule
  public let leastTrainingSize: Int

  public init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    let networks = options.networks, initialization = networks.initialization
    let (a, b) = (options.inputChannels, options.outputChannels)
    let (gParts, gStore) = make.network("G", initialization) { networks.makeGenerator($0, inputs: a, outputs: b) }
    let (dParts, dStore) = make.network("D", initialization) { networks.makeDiscriminator($0, inputs: a + b) }
    (g, sizeRule) = gParts
    (d, leastTrainingSize) = dParts
    generator = gStore
    gOptimizer = make.optimizer("G", options.adam.settings, over: gStore)
    dOptimizer = make.optimizer("D", options.adam.settings, over: dStore)
    noise = make.noise
  }

  public var channels: (a: Int, b: Int) { (options.inputChannels, options.outputChannels) }

  public func trainStep(_ batch: TrainingBatch) throws -> Losses {
    let (a, b) = (batch.a, batch.b)
    let pass = Pass(.batch, noise: noise)
    let fake = g(a, pass)

    let dFake = loss.discriminator(d(pair(a, fake.detached()), pass), isReal: false)
    let dReal = loss.discriminator(d(pair(a, b), pass), isReal: true)
    let dLoss = (dFake + dReal) * 0.5
    let penalty = try gradientPenalty(a, b, fake)
    try dOptimizer.minimize(penalty.map { dLoss + $0 } ?? dLoss)

    let gGAN = loss.generator(d(pair(a, fake), pass))
    let gL1 = fake.l1(b) * options.lambdaL1
    let gLoss = gGAN + gL1
    try gOptimizer.minimize(gLoss)

    var losses: Losses = ["G_GAN": gGAN, "G_L1": gL1, "G": gLoss, "D_fake": dFake, "D_real": dReal, "D": dLoss]
    if let penalty { losses.append("D_GP", penalty) }
    return losses
  }

  /// Condition and picture side by side on the channels, the condition first.
  package func pair(_ a: Tensor, _ b: Tensor) -> Tensor { Tensor.concatenated([a, b], axis: 3) }

  private func gradientPenalty(_ a: Tensor, _ b: Tensor, _ fake: Tensor) throws -> Tensor? {
    guard loss == .wgangp, options.networks.penaltyWeight > 0 else { return nil }
    let alpha = noise.uniform("D.alpha", [a.shape[0], 1, 1, 1], type: a.type)
    let penalty = try GanNN.gradientPenalty(real: pair(a, b), fake: pair(a, fake), alpha: alpha) {
      d($0, Pass(.batchWithoutUpdate))
    }
    return penalty * options.networks.penaltyWeight
  }

  public func translate(_ pictures: Tensor, to target: TranslationTarget, _ pass: Pass) throws -> Tensor {
    try require(target)
    return g(pictures, pass)
  }

  public func generator(for target: TranslationTarget) throws -> TensorStore {
    try require(target)
    return generator
  }

  public func samples(_ batch: TrainingBatch, _ pass: Pass) throws -> [Sample] {
    [Sample("input", batch.a), Sample("output", g(batch.a, pass)), Sample("target", batch.b)]
  }

  // Without its option --eval, the official program translates as it trains: dropout is the only noise, norms use the
  // picture's statistics.
  public var testTimeStatistics: Pass.Statistics { options.eval ? .running : .batchWithoutUpdate }
  public var hasTestTimeDropout: Bool { options.networks.dropout && !options.eval }
}

extension Pix2Pix {
  /// A U-Net that leaves 1x1, or one that takes a smaller power of two where there is no such size.
  public static func options(fitting size: Int) -> Options {
    var options = Options()
    let halvings = size.trailingZeroBitCount
    options.networks.generator = halvings >= 5 ? .unet(levels: min(halvings, 8)) : .resnet(blocks: 6)
    return options
  }
}
