import GanConfig
import GanNN
import GanTensor

@testable import GanModels

/// DiscoGAN (Kim et al. 2017, section 2.3, without the feature matching of its experiments): two generators, each of
/// which must bring back what the other one has made. G_AB leads from A to B; D_B judges pictures of B.
final class DiscoGAN: TwoSidedTranslator, DirectTranslator {
  static let info = ModelInfo(
    name: "discogan", title: "DiscoGAN (Kim et al. 2017)", paper: "arXiv:1703.05192", data: .unaligned,
    targets: [.aToB, .bToA], files: ["G_AB", "G_BA", "D_A", "D_B"].map { .of($0, "model_\($0).pth") })

  struct Options: Settings, Equatable, Sendable {
    var networks = NetworkOptions(generator: .unet(levels: 6), norm: .batch, dropout: false)
    var loss = AdversarialLoss.vanilla
    @Scheduled var reconstructionWeight = 1.0
    var optimizer = OptimizerOptions()

    init() {}

    static let options: [Option<Options>] =
      Option.all(of: \.networks) + [
        .choice("gan_mode", \.loss, "adversarial loss"),
        .weight("lambda_recon", \.$reconstructionWeight, in: 0...1e6, "weight of bringing pictures back"),
      ] + Option.all(of: \.optimizer)

    func problems() -> [SettingsProblem] { optimizer.problems() }
  }

  let inputs: ModelInputs
  private var options: Options
  private let gAB: any Network, gBA: any Network, dA: any Network, dB: any Network
  private let gOptimizer: Optimizer, dOptimizer: Optimizer
  private let noise: NoiseSource

  init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    let networks = options.networks, initial = networks.initialization
    gAB = make.network("G_AB", initial) { networks.makeGenerator($0, inputs: 3, outputs: 3) }
    gBA = make.network("G_BA", initial) { networks.makeGenerator($0, inputs: 3, outputs: 3) }
    dA = make.network("D_A", initial) { networks.makeDiscriminator($0, inputs: 3) }
    dB = make.network("D_B", initial) { networks.makeDiscriminator($0, inputs: 3) }
    gOptimizer = make.optimizer("G", options.optimizer.generator, over: gAB, gBA)
    dOptimizer = make.optimizer("D", options.optimizer.discriminator, over: dA, dB)
    noise = make.noise
    inputs = ModelInputs(channels: (3, 3), sizeRule: gAB.sizeRule, leastTrainingSize: dA.sizeRule.least)
  }

  func trainStep(_ batch: TrainingBatch) throws -> Losses {
    options.enter(epoch: batch.place?.epoch)
    let (a, b) = try batch.sides(), loss = options.loss
    let pass = Pass(.batch, noise: noise)
    let fakeB = gAB(a, pass), fakeA = gBA(b, pass)

    var generators = LossSum()
    generators.add("GAN_AB", loss.generator(dB(fakeB, pass)))
    generators.add("GAN_BA", loss.generator(dA(fakeA, pass)))
    let weight = options.reconstructionWeight
    generators.add("recon_A", (gBA(fakeB, pass) - a).squared().mean(), weight: weight)
    generators.add("recon_B", (gAB(fakeA, pass) - b).squared().mean(), weight: weight)
    try gOptimizer.minimize(generators.total)

    func judged(_ d: any Network, _ real: Tensor, _ fake: Tensor) -> Tensor {
      loss.discriminator(d(real, pass), isReal: true) + loss.discriminator(d(fake.detached(), pass), isReal: false)
    }
    var discriminators = LossSum()
    discriminators.add("D_A", judged(dA, a, fakeA), weight: 0.5)
    discriminators.add("D_B", judged(dB, b, fakeB), weight: 0.5)
    try dOptimizer.minimize(discriminators.total)
    return generators.terms + discriminators.terms
  }

  func network(for target: TranslationTarget) throws -> any Network {
    try choose(target, aToB: gAB, bToA: gBA)
  }
}
