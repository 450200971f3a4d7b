import GanConfig
import GanNN
import GanTensor

/// U-GAT-IT (Kim et al. 2020) as its PyTorch version trains: generators and discriminators look where a classifier of
/// their features does, and norms learn how much of instance and of layer norm they take. A global and a local
/// discriminator judge each domain.
package final class UGATIT: AttentionTranslator {
  package static let info = ModelInfo(
    name: "ugatit", title: "U-GAT-IT (Kim et al. 2020)", paper: "arXiv:1907.10830", data: .unaligned,
    targets: [.aToB, .bToA], discriminatorLosses: ["GA", "LA", "GB", "LB"].map { ["D_ad_loss_\($0)"] },
    files: [.of(["genA2B", "genB2A", "disGA", "disGB", "disLA", "disLB"], "*_params_*.pt")])

  package struct Options: Settings, Equatable, Sendable {
    package var channels = 3
    package var width = 64
    package var blocks = 4
    package var head = HeadOptions(light: false)
    package var adversarial = AdversarialOptions(.lsgan)
    @Scheduled package var adversarialWeight = 1.0
    @Scheduled package var cycleWeight = 10.0
    @Scheduled package var identityWeight = 10.0
    @Scheduled package var camWeight = 1000.0
    package var heatmap = true
    package var optimizer = OptimizerOptions(learningRate: 1e-4, weightDecay: 1e-4)
    package var upsampling = UpsamplingOptions(.nearest)

    package init() {}

    package static let options: [Option<Options>] =
      [
        .integer("channels", \.channels, in: 1...3, "channels of pictures: 3, or 1 for grey"),
        .integer("ch", \.width, in: 1...512, "channels of the first layers; deeper layers have multiples of it"),
        .integer("n_res", \.blocks, in: 1...64, "residual blocks of a generator, before and after attention"),
      ] + Option.all(of: \.head) + Option.all(of: \.adversarial, except: "clip") + [
        .weight("adv_weight", \.$adversarialWeight, in: 0...1e6, "weight of the adversarial losses"),
        .weight("cycle_weight", \.$cycleWeight, in: 0...1e6, "weight of the cycles, such as A to B to A"),
        .weight(
          "identity_weight", \.$identityWeight, in: 0...1e6,
          "weight of the identity loss: pictures of the target side should not change"),
        .weight("cam_weight", \.$camWeight, in: 0...1e6, "weight of the generators' attention classifiers"),
        .flag("heatmap", \.heatmap, "show a heat map of the attention on sample sheets"),
      ] + Option.all(of: \.optimizer) + Option.all(of: \.upsampling)

    package func problems() -> [SettingsProblem] {
      channelProblems([("channels", channels)]) + head.problems() + optimizer.problems() + adversarial.problems()
        + adversarial.problemsOfSpectralNorm("their spectral normalisation")
    }
  }

  package typealias Translation = UGATITGenerator.Translation

  package let inputs: ModelInputs
  package private(set) var options: Options
  package let genA2B: UGATITGenerator, genB2A: UGATITGenerator
  package let disA: Judges, disB: Judges
  private let gOptimizer: Optimizer, dOptimizer: Optimizer
  private let noise: NoiseSource

  package static func discriminators(_ options: Options) -> DiscriminatorKind { options.adversarial.discriminators }

  package init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    let generator = { UGATITGenerator($0, options, light: options.head.light) }
    func discriminator(_ name: String, layers: Int) -> UGATITDiscriminator {
      make.discriminator(name, .pytorch, pictures: [options.channels]) {
        UGATITDiscriminator($0, inputs: options.channels, width: options.width, layers: layers)
      }
    }
    genA2B = make.network("genA2B", .pytorch, generator)
    genB2A = make.network("genB2A", .pytorch, generator)
    let globalA = discriminator("disGA", layers: 7), globalB = discriminator("disGB", layers: 7)
    let localA = discriminator("disLA", layers: 5), localB = discriminator("disLB", layers: 5)
    (disA, disB) = (Judges(global: globalA, local: localA), Judges(global: globalB, local: localB))
    gOptimizer = make.optimizer("G", options.optimizer.generator, over: genA2B, genB2A)
    dOptimizer = make.optimizer("D", options.optimizer.discriminator, over: globalA, globalB, localA, localB)
    noise = make.noise
    inputs = ModelInputs(
      channels: (options.channels, options.channels), sizeRule: options.head.sizeRule,
      leastTrainingSize: globalA.leastSize)
  }

  package var cycleOfSteps: Int { options.adversarial.cycleOfSteps }

  package func trainStep(_ batch: TrainingBatch) throws -> Losses {
    options.enter(epoch: batch.place?.epoch)
    let (a, b) = try batch.sides()
    try head.check(a)
    try head.check(b)
    let pass = Pass(.batch)
    guard options.adversarial.trainsGenerators(inStep: dOptimizer.steps + 1) else {
      let fakes = Tape.paused { (genB2A(b, pass).picture, genA2B(a, pass).picture) }
      return try discriminatorStep(a, b, fakes).loggedAlone
    }
    let intoA = genB2A([a, b], pass), intoB = genA2B([a, b], pass)
    // The generators do not change before their own step, so that both steps have the same translations.
    let t = Translations(fakeA: intoA[1], fakeB: intoB[0], sameA: intoA[0], sameB: intoB[1])
    let d = try discriminatorStep(a, b, (t.fakeA.picture, t.fakeB.picture)), g = try generatorStep(a, b, t)
    genA2B.clipShares()
    genB2A.clipShares()
    return DomainLosses.logged(discriminators: d, generators: g)
  }

  /// Of pictures of the other domain, and of those that are in the generator's target domain already.
  private struct Translations {
    let fakeA: Translation, fakeB: Translation
    let sameA: Translation, sameB: Translation
  }

  private func discriminatorStep(
    _ a: Tensor, _ b: Tensor, _ fakes: (a: Tensor, b: Tensor)
  ) throws -> DomainLosses {
    let pass = Pass(.batch), fakeA = fakes.a.detached(), fakeB = fakes.b.detached()
    func loss(_ domain: String, _ judges: Judges, real: Tensor, fake: Tensor) -> LossSum {
      let judged = judges(real, pass)
      judges.judgedReal(judged)
      return discriminatorLoss(domain, real: judged, fake: judges(fake, pass))
    }
    var losses = DomainLosses(a: loss("A", disA, real: a, fake: fakeA), b: loss("B", disB, real: b, fake: fakeB))
    try addPenalty("D_gp_loss_A", of: disA, real: a, fake: fakeA, to: &losses.a)
    try addPenalty("D_gp_loss_B", of: disB, real: b, fake: fakeB, to: &losses.b)
    try options.adversarial.minimize(losses.total, with: dOptimizer)
    return losses
  }

  private func addPenalty(
    _ name: String, of judges: Judges, real: Tensor, fake: Tensor, to sum: inout LossSum
  ) throws {
    let penalty = try options.adversarial.penalty(real: real, fake: fake, noise, name, before: dOptimizer) {
      let judged = judges($0, Pass(.batchWithoutUpdate))
      return [judged.global, judged.local].flatMap { [$0.map, $0.cam] }
    }
    if let penalty { sum.add(name, penalty) }
  }

  private func generatorStep(_ a: Tensor, _ b: Tensor, _ t: Translations) throws -> DomainLosses {
    let pass = Pass(.batch)
    let cycleA = genB2A(t.fakeB.picture, pass), cycleB = genA2B(t.fakeA.picture, pass)
    let losses = DomainLosses(
      a: generatorLoss("A", real: a, fake: t.fakeA, judges: disA, cycle: cycleA, same: t.sameA),
      b: generatorLoss("B", real: b, fake: t.fakeB, judges: disB, cycle: cycleB, same: t.sameB))
    try gOptimizer.minimize(losses.total)
    return losses
  }

  var head: HeadOptions { options.head }
  var showsHeatmaps: Bool { options.heatmap }

  func attend(
    to pictures: Tensor, translating target: TranslationTarget, _ pass: Pass
  ) throws -> (picture: Tensor, map: Tensor, label: String) {
    let made = try choose(target, aToB: genA2B, bToA: genB2A)(pictures, pass)
    return (made.picture, made.heatmap, "attention")
  }

  package func generator(for target: TranslationTarget) throws -> TensorStore {
    try choose(target, aToB: genA2B, bToA: genB2A).tensors
  }

  /// With the generator's `light`: otherwise most of its weights would look at every pixel. The official program
  /// advises this for small memory.
  package static func options(fitting size: Int) -> Options {
    var options = Options()
    options.head.light = true
    options.head.imageSize = size
    return options
  }
}
