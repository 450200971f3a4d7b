import GanConfig
import GanNN
import GanTensor

/// DiscoGAN (Kim et al. 2017): two generators, each of which must bring back what the other one has made. G_AB leads
/// from A to B, G_BA back; D_B judges pictures of B, D_A those of A.
package final class DiscoGAN: TwoSidedTranslator, DirectTranslator {
  package static let info = ModelInfo(
    name: "discogan", title: "DiscoGAN (Kim et al. 2017)", paper: "arXiv:1703.05192", data: .unaligned,
    targets: [.aToB, .bToA], discriminatorLosses: [["D_A"], ["D_B"]],
    files: [
      .of("G_AB", "model_gen_B-*.pth"), .of("G_BA", "model_gen_A-*.pth"), .of("D_A", "model_dis_A-*.pth"),
      .of("D_B", "model_dis_B-*.pth"),
    ])

  package struct Options: Settings, Equatable, Sendable {
    package var networks = DiscoGANNetworkOptions()
    package var adversarial = AdversarialOptions(.vanilla)
    @Scheduled package var adversarialWeight = 1.0
    @Scheduled package var reconstructionWeight = 1.0
    @Scheduled package var featureWeight = 0.0
    package var optimizer = OptimizerOptions(learningRate: 2e-4, weightDecay: 1e-4)

    package init() {}

    package static let options: [Option<Options>] =
      Option.all(of: \.networks) + Option.all(of: \.adversarial) + [
        .weight("lambda_gan", \.$adversarialWeight, in: 0...1e6, "weight of the adversarial loss of the generators"),
        .weight("lambda_recon", \.$reconstructionWeight, in: 0...1e6, "weight of bringing pictures back"),
        .weight(
          "lambda_feat", \.$featureWeight, in: 0...1e6,
          "weight of feature matching (Salimans et al. 2016): discriminators see the same in translations, on average; "
            + "0: none"),
      ] + Option.all(of: \.optimizer)

    package func problems() -> [SettingsProblem] { adversarial.problems() + optimizer.problems() }
  }

  package let inputs: ModelInputs
  package let gAB: DiscoGANGenerator, gBA: DiscoGANGenerator
  package let dA: DiscoGANDiscriminator, dB: DiscoGANDiscriminator
  private var options: Options
  private let gOptimizer: Optimizer, dOptimizer: Optimizer
  private let noise: NoiseSource

  package static var recipe: TrainingRecipe { TrainingRecipe(size: 64, loadSize: 64, batchSize: 200) }
  package static func discriminators(_ options: Options) -> DiscriminatorKind { options.adversarial.discriminators }

  package init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    let networks = options.networks
    gAB = make.network("G_AB", .pytorch) { DiscoGANGenerator($0, networks) }
    gBA = make.network("G_BA", .pytorch) { DiscoGANGenerator($0, networks) }
    dA = make.discriminator("D_A", .pytorch, pictures: [3]) { DiscoGANDiscriminator($0, networks) }
    dB = make.discriminator("D_B", .pytorch, pictures: [3]) { DiscoGANDiscriminator($0, networks) }
    gOptimizer = make.optimizer("G", options.optimizer.generator, over: gAB, gBA)
    dOptimizer = make.optimizer("D", options.optimizer.discriminator, over: dA, dB)
    noise = make.noise
    inputs = ModelInputs(channels: (3, 3), sizeRule: gAB.sizeRule, leastTrainingSize: dA.sizeRule.least)
  }

  package var cycleOfSteps: Int { options.adversarial.cycleOfSteps }

  package func trainStep(_ batch: TrainingBatch) throws -> Losses {
    options.enter(epoch: batch.place?.epoch)
    let (a, b) = try batch.sides(), pass = Pass(.batch)
    guard options.adversarial.trainsGenerators(inStep: dOptimizer.steps + 1) else {
      return try updateDiscriminators(a, b, Tape.paused { (gBA(b, pass), gAB(a, pass)) })
    }
    let fakes = (a: gBA(b, pass), b: gAB(a, pass))
    var sum = LossSum()
    deceive(dB, "AB", real: b, fake: fakes.b, &sum)
    deceive(dA, "BA", real: a, fake: fakes.a, &sum)
    for (name, back, picture) in [("recon_A", gBA(fakes.b, pass), a), ("recon_B", gAB(fakes.a, pass), b)] {
      // Levels from 0 to 1 are compared.
      sum.add(name, (back - picture).scaled(by: 0.5).squared().mean(), weight: options.reconstructionWeight)
    }
    try gOptimizer.minimize(sum.total)
    return try sum.terms + updateDiscriminators(a, b, fakes)
  }

  /// What a generator plays for against the discriminator of the side that it leads to.
  private func deceive(_ d: DiscoGANDiscriminator, _ way: String, real: Tensor, fake: Tensor, _ sum: inout LossSum) {
    let judged = d.judge(fake, Pass(.batch))[0]
    lazy var other = Tape.paused { d.judge(real, Pass(.batchWithoutUpdate))[0] }
    let loss = options.adversarial.generator(judged.scores) { other.scores }
    sum.add("GAN_\(way)", loss, weight: options.adversarialWeight)
    guard options.featureWeight > 0 else { return }
    let distances = zip(judged.features, other.features).map { fake, real in
      (fake.mean(over: [0]) - real.mean(over: [0])).squared().mean()
    }
    sum.add("feat_\(way)", distances.dropFirst().reduce(distances[0], +), weight: options.featureWeight)
  }

  private func updateDiscriminators(_ a: Tensor, _ b: Tensor, _ fakes: (a: Tensor, b: Tensor)) throws -> Losses {
    let adversarial = options.adversarial
    var sum = LossSum()
    for (name, d, real, fake) in [("D_A", dA, a, fakes.a.detached()), ("D_B", dB, b, fakes.b.detached())] {
      let reals = d.scores(real, Pass(.batch)),
        loss = adversarial.discriminator(
          real: reals, fake: d.scores(fake, Pass(.batch))
        ).total
      d.judgedReal(reals)
      let penalty = try adversarial.penalty(real: real, fake: fake, noise, "\(name).alpha", before: dOptimizer) {
        d.scores($0, Pass(.batchWithoutUpdate))
      }
      sum.add(name, penalty.map { loss + $0 } ?? loss)
    }
    try adversarial.minimize(sum.total, with: dOptimizer)
    return sum.terms
  }

  package func network(for target: TranslationTarget) throws -> any Network {
    try choose(target, aToB: gAB, bToA: gBA)
  }

  /// Pictures of less than 64 pixels leave room for fewer layers.
  package static func options(fitting size: Int) -> Options {
    var options = Options()
    while options.networks.layers > 2, options.networks.leastJudgedSize > size { options.networks.layers -= 1 }
    return options
  }
}
