import GanConfig
import GanNN
import GanTensor

/// Unpaired image-to-image translation using cycle-consistent adversarial networks (Zhu et al. 2017): two generators
/// that undo each other. G_A (the paper's G) leads from A to B, G_B (F) back; D_A judges pictures of B, D_B of A.
public final class CycleGAN: TwoSidedTranslator {
  public static let info = ModelInfo(
    name: "cyclegan", title: "CycleGAN (Zhu et al. 2017)", paper: "arXiv:1703.10593", data: .unaligned,
    targets: [.aToB, .bToA], roundsLevels: false,
    files: ["G_A", "G_B", "D_A", "D_B"].map { .of($0, "latest_net_\($0).pth") })

  public struct Options: Settings, Equatable, Sendable {
    public var networks = NetworkOptions(
      generator: .resnet(blocks: 9), norm: .instance, dropout: false, adversarialLoss: .lsgan)
    public var inputChannels = 3
    public var outputChannels = 3
    public var lambdaA = 10.0
    public var lambdaB = 10.0
    public var lambdaIdentity = 0.5
    public var poolSize = 50
    public var adam = AdamOptions()

    public init() {}

    public static let options: [Option<Options>] =
      Option.all(of: \.networks) + [
        .integer("input_channels", \.inputChannels, in: 1...3, "channels of A: 3, or 1 for grey"),
        .integer("output_channels", \.outputChannels, in: 1...3, "channels of B: 3, or 1 for grey"),
        .number("lambda_a", \.lambdaA, in: 0...1e6, "weight of the cycle A to B to A"),
        .number("lambda_b", \.lambdaB, in: 0...1e6, "weight of the cycle B to A to B"),
        .number(
          "lambda_identity", \.lambdaIdentity, in: 0...1e6,
          "weight of the identity loss, relative to the cycles: pictures of the target side should not change; 0: none"),
        .integer(
          "pool_size", \.poolSize, in: 0...10_000,
          "size of the pool of earlier translations that the discriminators see again"),
      ] + Option.all(of: \.adam)

    public func problems() -> [SettingsProblem] {
      var problems = channelProblems([("input_channels", inputChannels), ("output_channels", outputChannels)])
      if lambdaIdentity > 0, inputChannels != outputChannels {
        problems.append(
          SettingsProblem(
            "lambda_identity", "the identity loss needs as many channels in A as in B", help: "set lambda_identity: 0"))
      }
      return problems
    }
  }

  private let options: Options
  package let gA: any Network, gB: any Network, dA: any Network, dB: any Network
  private let stores: (gA: TensorStore, gB: TensorStore)
  private let gOptimizer: Adam, dOptimizer: Adam
  private let poolA: ImagePool, poolB: ImagePool
  private let noise: NoiseSource
  private var loss: AdversarialLoss { options.networks.adversarialLoss }
  public let sizeRule: SizeRule
  public let leastTrainingSize: Int

  public init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    let networks = options.networks, initialization = networks.initialization
    let (a, b) = (options.inputChannels, options.outputChannels)
    let (gAParts, gAStore) = make.network("G_A", initialization) { networks.makeGenerator($0, inputs: a, outputs: b) }
    let (gBParts, gBStore) = make.network("G_B", initialization) { networks.makeGenerator($0, inputs: b, outputs: a) }
    let (dAParts, dAStore) = make.network("D_A", initialization) { networks.makeDiscriminator($0, inputs: b) }
    let (dBParts, dBStore) = make.network("D_B", initialization) { networks.makeDiscriminator($0, inputs: a) }
    (gA, sizeRule) = gAParts
    (gB, _) = gBParts
    (dA, leastTrainingSize) = dAParts
    (dB, _) = dBParts
    stores = (gAStore, gBStore)
    gOptimizer = make.optimizer("G", options.adam.settings, over: gAStore, gBStore)
    dOptimizer = make.optimizer("D", options.adam.settings, over: dAStore, dBStore)
    poolA = make.pool("fake_A", capacity: options.poolSize)
    poolB = make.pool("fake_B", capacity: options.poolSize)
    noise = make.noise
  }

  public var channels: (a: Int, b: Int) { (options.inputChannels, options.outputChannels) }

  public func trainStep(_ batch: TrainingBatch) throws -> Losses {
    let (a, b) = (batch.a, batch.b)
    let pass = Pass(.batch, noise: noise)
    var gradients = GradientSum(for: gOptimizer)
    let (fakeB, sameB) = translated(gA, a, b, pass)
    let cycleA = gB(fakeB, pass).l1(a) * options.lambdaA, gLossA = loss.generator(dA(fakeB, pass))
    // The official program weighs idt_A, which belongs to G_A, with the cycle of B.
    var idtA = identityLoss(sameB, b, weight: options.lambdaB)
    try gradients.add(gLossA + cycleA + idtA)
    let (fakeA, sameA) = translated(gB, b, a, pass)
    let cycleB = gA(fakeA, pass).l1(b) * options.lambdaB, gLossB = loss.generator(dB(fakeA, pass))
    var idtB = identityLoss(sameA, a, weight: options.lambdaA)
    try gradients.add(gLossB + cycleB + idtB)
    if options.lambdaIdentity > 0, sameB == nil {
      idtA = identityLoss(gA(b, pass), b, weight: options.lambdaB)
      try gradients.add(idtA)
      idtB = identityLoss(gB(a, pass), a, weight: options.lambdaA)
      try gradients.add(idtB)
    }
    gradients.step()
    let gLoss = [gLossB, cycleA, cycleB, idtA, idtB].reduce(gLossA.detached()) { $0 + $1.detached() }

    let dLossA = try discriminatorLoss(dA, real: b, fake: poolB.exchange(fakeB), pass)
    let dLossB = try discriminatorLoss(dB, real: a, fake: poolA.exchange(fakeA), pass)
    try dOptimizer.minimize(dLossA + dLossB)

    return [
      "D_A": dLossA, "G_A": gLossA, "cycle_A": cycleA, "idt_A": idtA, "D_B": dLossB, "G_B": gLossB,
      "cycle_B": cycleB, "idt_B": idtB, "G": gLoss,
    ]
  }

  /// The translation of `pictures`, and what becomes of pictures that are in the target domain already: nil where
  /// nobody wants to know, or where running averages and dropout need the official order, in which that comes last.
  private func translated(
    _ g: any Network, _ pictures: Tensor, _ others: Tensor, _ pass: Pass
  ) -> (fake: Tensor, same: Tensor?) {
    guard options.lambdaIdentity > 0, !options.networks.needsSeparatePasses else { return (g(pictures, pass), nil) }
    let results = together([pictures, others]) { g($0, pass) }
    return (results[0], results[1])
  }

  private func identityLoss(_ result: Tensor?, _ pictures: Tensor, weight: Double) -> Tensor {
    result.map { $0.l1(pictures) * (weight * options.lambdaIdentity) } ?? Tensor.zeros([], type: pictures.type)
  }

  private func discriminatorLoss(
    _ d: any Network, real: Tensor, fake: Tensor, _ pass: Pass
  ) throws -> Tensor {
    // The last bias's gradients of both cancel exactly with wgangp, but not in one sum.
    let scores = together([real, fake], separately: options.networks.needsSeparatePasses || self.loss == .wgangp) {
      d($0, pass)
    }
    let loss = (loss.discriminator(scores[0], isReal: true) + loss.discriminator(scores[1], isReal: false)) * 0.5
    guard self.loss == .wgangp, options.networks.penaltyWeight > 0 else { return loss }
    let alpha = noise.uniform("alpha", [real.shape[0], 1, 1, 1], type: real.type)
    let penalty = try gradientPenalty(real: real, fake: fake, alpha: alpha) { d($0, Pass(.batchWithoutUpdate)) }
    return loss + penalty * options.networks.penaltyWeight
  }

  public func translate(_ pictures: Tensor, to target: TranslationTarget, _ pass: Pass) throws -> Tensor {
    let generator: any Network = try choose(target, aToB: gA, bToA: gB)
    return generator(pictures, pass)
  }

  public func generator(for target: TranslationTarget) throws -> TensorStore {
    try choose(target, aToB: stores.gA, bToA: stores.gB)
  }

  // As for pix2pix; without batch norm and dropout there is no difference.
  public var testTimeStatistics: Pass.Statistics { .batchWithoutUpdate }
  public var hasTestTimeDropout: Bool { options.networks.dropout }
}

extension CycleGAN {
  /// The paper has 6 blocks for 128x128, and 9 from 256x256 on.
  public static func options(fitting size: Int) -> Options {
    var options = Options()
    options.networks.generator = .resnet(blocks: size < 256 ? 6 : 9)
    return options
  }
}
