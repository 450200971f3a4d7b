import GanConfig
import GanNN
import GanTensor

/// Unpaired image-to-image translation using cycle-consistent adversarial networks (Zhu et al. 2017): two generators
/// that undo each other. G_A (the paper's G) leads from A to B, G_B (F) back; D_A judges pictures of B, D_B of A.
package final class CycleGAN: TwoSidedTranslator, DirectTranslator {
  package static let info = ModelInfo(
    name: "cyclegan", title: "CycleGAN (Zhu et al. 2017)", paper: "arXiv:1703.10593", data: .unaligned,
    targets: [.aToB, .bToA], roundsLevels: false, discriminatorLosses: [["D_A"], ["D_B"]],
    files: ["G_A", "G_B", "D_A", "D_B"].map { .of($0, "latest_net_\($0).pth") })

  package struct Options: Settings, Equatable, Sendable {
    package var networks = NetworkOptions(generator: .resnet(blocks: 9), norm: .instance, dropout: false)
    package var adversarial = AdversarialOptions(.lsgan)
    package var channels = ChannelOptions()
    @Scheduled package var lambdaA = 10.0
    @Scheduled package var lambdaB = 10.0
    @Scheduled package var lambdaIdentity = 0.5
    package var poolSize = 50
    package var optimizer = OptimizerOptions()

    package init() {}

    package static let options: [Option<Options>] =
      Option.all(of: \.networks) + Option.all(of: \.adversarial) + Option.all(of: \.channels) + [
        .weight("lambda_a", \.$lambdaA, in: 0...1e6, "weight of the cycle A to B to A"),
        .weight("lambda_b", \.$lambdaB, in: 0...1e6, "weight of the cycle B to A to B"),
        .weight(
          "lambda_identity", \.$lambdaIdentity, in: 0...1e6,
          "weight of the identity loss, relative to the cycles: pictures of the target side should not change; 0: none"),
        .integer(
          "pool_size", \.poolSize, in: 0...10_000,
          "size of the pool of earlier translations that the discriminators see again"),
      ] + Option.all(of: \.optimizer)
      + Option.all(of: \.networks.architecture) + Option.all(of: \.networks.antialias)
      + Option.all(of: \.networks.scales)

    package func problems() -> [SettingsProblem] {
      networks.problems() + channels.problems() + optimizer.problems()
        + adversarial.problems(with: networks.architecture.spectralNorm)
        + ($lambdaIdentity.most > 0 ? channels.mustAgree(for: "lambda_identity", "the identity loss") : [])
    }
  }

  package let inputs: ModelInputs
  package let gA: any Network, gB: any Network, dA: any Discriminator, dB: any Discriminator
  private var options: Options
  private let gOptimizer: Optimizer, dOptimizer: Optimizer
  private let poolA: ImagePool, poolB: ImagePool
  private let noise: NoiseSource

  package static func discriminators(_ options: Options) -> DiscriminatorKind { options.adversarial.discriminators }

  package init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    let networks = options.networks, initial = networks.initialization, (a, b) = options.channels.both
    gA = make.network("G_A", initial) { networks.makeGenerator($0, inputs: a, outputs: b) }
    gB = make.network("G_B", initial) { networks.makeGenerator($0, inputs: b, outputs: a) }
    dA = make.discriminator("D_A", initial, pictures: [b]) { networks.makeDiscriminator($0, inputs: b) }
    dB = make.discriminator("D_B", initial, pictures: [a]) { networks.makeDiscriminator($0, inputs: a) }
    gOptimizer = make.optimizer("G", options.optimizer.generator, over: gA, gB)
    dOptimizer = make.optimizer("D", options.optimizer.discriminator, over: dA, dB)
    poolA = make.pool("fake_A", capacity: options.poolSize)
    poolB = make.pool("fake_B", capacity: options.poolSize)
    noise = make.noise
    inputs = ModelInputs(channels: (a, b), sizeRule: gA.sizeRule, leastTrainingSize: dA.sizeRule.least)
  }

  package var cycleOfSteps: Int { options.adversarial.cycleOfSteps }

  package func trainStep(_ batch: TrainingBatch) throws -> Losses {
    options.enter(epoch: batch.place?.epoch)
    let (a, b) = try batch.sides()
    guard options.adversarial.trainsGenerators(inStep: dOptimizer.steps + 1) else {
      let pass = Pass(.batch, noise: noise)
      let d = try updateDiscriminators(a, b, Tape.paused { (gB(b, pass), gA(a, pass)) })
      return ["D_A": d.a, "D_B": d.b]
    }
    let g = try updateGenerators(a, b), d = try updateDiscriminators(a, b, g.fakes)
    return ["D_A": d.a] + g.ofA + ["D_B": d.b] + g.ofB + ["G": Losses.sumInTurn(g.ofA, g.ofB)]
  }

  private func updateGenerators(
    _ a: Tensor, _ b: Tensor
  ) throws -> (fakes: (a: Tensor, b: Tensor), ofA: Losses, ofB: Losses) {
    let networks = options.networks
    let pass = Pass(.batch, noise: noise), hasIdentity = options.lambdaIdentity > 0
    var gradients = GradientSum(for: gOptimizer), ofA = LossSum(), ofB = LossSum()

    let (fakeB, sameB) = networks.translate(a, alongWith: hasIdentity ? b : nil, by: gA, pass)
    ofA.add("G_A", adversarialLoss(fakeB, real: b, dA, pass))
    ofA.add("cycle_A", gB(fakeB, pass).l1(a) * options.lambdaA)
    // The official program weighs idt_A, which belongs to G_A, with the cycle of B.
    if let sameB { ofA.add("idt_A", identityLoss(sameB, b, options.lambdaB)) }
    try gradients.add(ofA.total)

    let (fakeA, sameA) = networks.translate(b, alongWith: hasIdentity ? a : nil, by: gB, pass)
    ofB.add("G_B", adversarialLoss(fakeA, real: a, dB, pass))
    ofB.add("cycle_B", gA(fakeA, pass).l1(b) * options.lambdaB)
    if let sameA { ofB.add("idt_B", identityLoss(sameA, a, options.lambdaA)) }
    try gradients.add(ofB.total)

    if sameB == nil {
      try gradients.add(ofA.add("idt_A", identityLoss(hasIdentity ? gA(b, pass) : b, b, options.lambdaB)))
      try gradients.add(ofB.add("idt_B", identityLoss(hasIdentity ? gB(a, pass) : a, a, options.lambdaA)))
    }
    gradients.step()
    return ((fakeA, fakeB), ofA.terms, ofB.terms)
  }

  private func updateDiscriminators(
    _ a: Tensor, _ b: Tensor, _ fakes: (a: Tensor, b: Tensor)
  ) throws -> (a: Tensor, b: Tensor) {
    let lossA = try discriminatorLoss(dA, real: b, fake: poolB.exchange(fakes.b))
    let lossB = try discriminatorLoss(dB, real: a, fake: poolA.exchange(fakes.a))
    try options.adversarial.minimize(lossA + lossB, with: dOptimizer)
    return (lossA, lossB)
  }

  private func discriminatorLoss(_ d: any Discriminator, real: Tensor, fake: Tensor) throws -> Tensor {
    let adversarial = options.adversarial, pass = Pass(.batch, noise: noise)
    let loss = options.networks.judge(real: real, fake: fake, by: d, adversarial, pass).total * 0.5
    let penalty = try adversarial.penalty(real: real, fake: fake, noise, "alpha", before: dOptimizer) {
      d.scores($0, Pass(.batchWithoutUpdate))
    }
    return penalty.map { loss + $0 } ?? loss
  }

  private func adversarialLoss(_ fake: Tensor, real: Tensor, _ d: any Discriminator, _ pass: Pass) -> Tensor {
    options.adversarial.generator(d.scores(fake, pass)) { d.scores(real, Pass(.batchWithoutUpdate)) }
  }

  private func identityLoss(_ same: Tensor, _ pictures: Tensor, _ cycleWeight: Double) -> Tensor {
    same.l1(pictures) * (cycleWeight * options.lambdaIdentity)
  }

  package func network(for target: TranslationTarget) throws -> any Network {
    try choose(target, aToB: gA, bToA: gB)
  }

  // As for pix2pix; without batch norm and dropout there is no difference.
  package var testTimeStatistics: Pass.Statistics { .batchWithoutUpdate }
  package var needsTestTimeNoise: Bool { options.networks.dropout }

  /// The paper has 6 blocks for 128x128, and 9 from 256x256 on.
  package static func options(fitting size: Int) -> Options {
    var options = Options()
    options.networks.generator = .resnet(blocks: size < 256 ? 6 : 9)
    return options
  }
}
