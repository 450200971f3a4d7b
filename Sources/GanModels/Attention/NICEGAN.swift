import GanConfig
import GanNN
import GanTensor

/// Reusing discriminators for encoding (Chen et al. 2020): the first layers of a domain's discriminator are its
/// encoder, trained with the discriminator alone. Generators lead from the code of one domain to a picture of the other.
package final class NICEGAN: AttentionTranslator {
  package static let info = ModelInfo(
    name: "nicegan", title: "NICE-GAN (Chen et al. 2020)", paper: "arXiv:2003.00273", data: .unaligned,
    targets: [.aToB, .bToA], discriminatorLosses: ["GA", "LA", "GB", "LB"].map { ["D_ad_loss_\($0)"] },
    files: [.of(["gen2B", "gen2A", "disA", "disB"], "*_params_*.pt")])

  package struct Options: Settings, Equatable, Sendable {
    package var channels = 3
    package var width = 64
    package var blocks = 6
    package var discriminatorLayers = 7
    package var head = HeadOptions(light: true)
    package var adversarial = AdversarialOptions(.lsgan)
    @Scheduled package var adversarialWeight = 1.0
    @Scheduled package var cycleWeight = 10.0
    @Scheduled package var reconstructionWeight = 10.0
    package var heatmap = true
    package var optimizer = OptimizerOptions(learningRate: 1e-4, weightDecay: 1e-4)
    package var upsampling = UpsamplingOptions(.pixelShuffle)

    package init() {}

    package static let options: [Option<Options>] =
      [
        .integer("channels", \.channels, in: 1...3, "channels of pictures: 3, or 1 for grey"),
        .integer("ch", \.width, in: 1...512, "channels of the first layers; deeper layers have multiples of it"),
        .integer("n_res", \.blocks, in: 1...64, "residual blocks of a generator"),
        .integer(
          "n_dis", \.discriminatorLayers, in: 6...10, "layers of a discriminator; n_dis - 2 of them halve the picture"),
      ] + Option.all(of: \.head) + Option.all(of: \.adversarial, except: "clip") + [
        .weight("adv_weight", \.$adversarialWeight, in: 0...1e6, "weight of the adversarial losses"),
        .weight("cycle_weight", \.$cycleWeight, in: 0...1e6, "weight of the cycles, such as A to B to A"),
        .weight(
          "recon_weight", \.$reconstructionWeight, in: 0...1e6, "weight of reconstructing a picture from its own code"),
        .flag("heatmap", \.heatmap, "show a heat map of the codes on sample sheets"),
      ] + Option.all(of: \.optimizer) + Option.all(of: \.upsampling)

    package func problems() -> [SettingsProblem] {
      channelProblems([("channels", channels)]) + head.problems() + optimizer.problems() + adversarial.problems()
        + adversarial.problemsOfSpectralNorm("their spectral normalisation")
    }
  }

  typealias Judgement = NICEGANDiscriminator.Judgement

  package let inputs: ModelInputs
  package private(set) var options: Options
  package let gen2A: NICEGANGenerator, gen2B: NICEGANGenerator
  package let disA: NICEGANDiscriminator, disB: NICEGANDiscriminator
  private let gOptimizer: Optimizer, dOptimizer: Optimizer
  private let noise: NoiseSource

  package static func discriminators(_ options: Options) -> DiscriminatorKind {
    .unreached(reason: "its discriminators are also the encoders of its generators")
  }

  package init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    let generator = { NICEGANGenerator($0, options, light: options.head.light) }
    let discriminator = {
      NICEGANDiscriminator($0, inputs: options.channels, width: options.width, layers: options.discriminatorLayers)
    }
    gen2B = make.network("gen2B", .pytorch, generator)
    gen2A = make.network("gen2A", .pytorch, generator)
    disA = make.network("disA", .pytorch, discriminator)
    disB = make.network("disB", .pytorch, discriminator)
    gOptimizer = make.optimizer("G", options.optimizer.generator, over: gen2B, gen2A)
    dOptimizer = make.optimizer("D", options.optimizer.discriminator, over: disA, disB)
    noise = make.noise
    inputs = ModelInputs(
      channels: (options.channels, options.channels), sizeRule: options.head.sizeRule,
      leastTrainingSize: disA.leastSize)
  }

  package var cycleOfSteps: Int { options.adversarial.cycleOfSteps }

  package func trainStep(_ batch: TrainingBatch) throws -> Losses {
    options.enter(epoch: batch.place?.epoch)
    let (a, b) = try batch.sides()
    try head.check(a)
    try head.check(b)
    let d = try discriminatorStep(a, b)
    guard options.adversarial.trainsGenerators(inStep: dOptimizer.steps) else { return d.loggedAlone }
    let g = try generatorStep(a, b)
    return DomainLosses.logged(discriminators: d, generators: g)
  }

  /// The encoders are trained here and only here.
  private func discriminatorStep(_ a: Tensor, _ b: Tensor) throws -> DomainLosses {
    let pass = Pass(.batch)
    let realA = disA(a, pass), realB = disB(b, pass)
    let (fakeB, fakeA) = Tape.paused { (gen2B(realA.code, pass), gen2A(realB.code, pass)) }
    var losses = DomainLosses(
      a: discriminatorLoss("A", real: realA, fake: disA(fakeA, pass)),
      b: discriminatorLoss("B", real: realB, fake: disB(fakeB, pass)))
    try addPenalty("D_gp_loss_A", of: disA, real: a, fake: fakeA, to: &losses.a)
    try addPenalty("D_gp_loss_B", of: disB, real: b, fake: fakeB, to: &losses.b)
    try options.adversarial.minimize(losses.total, with: dOptimizer)
    return losses
  }

  private func addPenalty(
    _ name: String, of d: NICEGANDiscriminator, real: Tensor, fake: Tensor, to sum: inout LossSum
  ) throws {
    let penalty = try options.adversarial.penalty(real: real, fake: fake, noise, name, before: dOptimizer) {
      let judged = d($0, Pass(.batchWithoutUpdate))
      return [judged.global, judged.local, judged.cam]
    }
    if let penalty { sum.add(name, penalty) }
  }

  /// Gradients pass through the discriminators, as judges and as encoders of the cycles, and change none of them.
  private func generatorStep(_ a: Tensor, _ b: Tensor) throws -> DomainLosses {
    let pass = Pass(.batch)
    let (realA, realB) = Tape.paused { (disA(a, pass), disB(b, pass)) }, (codeA, codeB) = (realA.code, realB.code)
    let ofA = together([codeA, codeB]) { gen2A($0, pass) }, ofB = together([codeA, codeB]) { gen2B($0, pass) }
    let (reconA, fakeA, fakeB, reconB) = (ofA[0], ofA[1], ofB[0], ofB[1])
    let judgedA = disA(fakeA, pass), judgedB = disB(fakeB, pass)
    let cycleA = gen2A(judgedB.code, pass), cycleB = gen2B(judgedA.code, pass)
    let losses = DomainLosses(
      a: generatorLoss("A", fake: judgedA, real: realA, cycle: cycleA.l1(a), recon: reconA.l1(a)),
      b: generatorLoss("B", fake: judgedB, real: realB, cycle: cycleB.l1(b), recon: reconB.l1(b)))
    try gOptimizer.minimize(losses.total)
    return losses
  }

  private func discriminatorLoss(_ domain: String, real: Judgement, fake: Judgement) -> LossSum {
    func loss(_ real: Tensor, _ fake: Tensor) -> Tensor {
      options.adversarial.discriminator(real: real, fake: fake).total
    }
    let weight = options.adversarialWeight
    var sum = LossSum()
    sum.add("D_ad_loss_G\(domain)", loss(real.global, fake.global), weight: weight)
    sum.add("D_ad_loss_L\(domain)", loss(real.local, fake.local), weight: weight)
    sum.add("D_ad_cam_loss_\(domain)", loss(real.cam, fake.cam), weight: weight)
    return sum
  }

  private func generatorLoss(
    _ domain: String, fake: Judgement, real: Judgement, cycle: Tensor, recon: Tensor
  ) -> LossSum {
    func loss(_ fake: Tensor, _ real: Tensor) -> Tensor { options.adversarial.generator(fake) { real } }
    let weight = options.adversarialWeight
    var sum = LossSum()
    sum.add("G_ad_loss_G\(domain)", loss(fake.global, real.global), weight: weight)
    sum.add("G_ad_loss_L\(domain)", loss(fake.local, real.local), weight: weight)
    sum.add("G_ad_cam_loss_\(domain)", loss(fake.cam, real.cam), weight: weight)
    sum.add("G_cycle_loss_\(domain)", cycle, weight: options.cycleWeight)
    sum.add("G_recon_loss_\(domain)", recon, weight: options.reconstructionWeight)
    return sum
  }

  var head: HeadOptions { options.head }
  var showsHeatmaps: Bool { options.heatmap }

  /// Needs the encoder of the source domain, which is part of its discriminator.
  func attend(
    to pictures: Tensor, translating target: TranslationTarget, _ pass: Pass
  ) throws -> (picture: Tensor, map: Tensor, label: String) {
    let (encoder, generator) = try choose(target, aToB: (disA, gen2B), bToA: (disB, gen2A))
    let code = encoder.encode(pictures, pass).code
    return (generator(code, pass), code.sum(over: [3]), target == .aToB ? "code of A" : "code of B")
  }

  /// The generator alone: official programs store the encoder with the discriminator of the source domain.
  package func generator(for target: TranslationTarget) throws -> TensorStore {
    try choose(target, aToB: gen2B, bToA: gen2A).tensors
  }

  package static func options(fitting size: Int) -> Options {
    var options = Options()
    options.head.imageSize = size
    return options
  }
}
