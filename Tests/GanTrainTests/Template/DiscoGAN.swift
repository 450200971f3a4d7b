import GanConfig
import GanNN
import GanTensor

@testable import GanModels

/// DiscoGAN (Kim et al. 2017, section 2.3, without the feature matching of its experiments): two generators, each of
/// which must bring back what the other one has made. G_AB leads from A to B; D_B judges pictures of B.
final class DiscoGAN: TwoSidedTranslator {
  static let info = ModelInfo(
    name: "discogan", title: "DiscoGAN (Kim et al. 2017)", paper: "arXiv:1703.05192", data: .unaligned,
    targets: [.aToB, .bToA], files: ["G_AB", "G_BA", "D_A", "D_B"].map { .of($0, "model_\($0).pth") })

  struct Options: Settings, Equatable, Sendable {
    var networks = NetworkOptions(
      generator: .unet(levels: 6), norm: .batch, dropout: false, adversarialLoss: .vanilla)
    var reconstructionWeight = 1.0
    var adam = AdamOptions()

    init() {}

    static let options: [Option<Options>] =
      Option.all(of: \.networks) + [
        .number("lambda_recon", \.reconstructionWeight, in: 0...1e6, "weight of bringing pictures back")
      ] + Option.all(of: \.adam)
  }

  let channels = (a: 3, b: 3)
  let sizeRule: SizeRule, leastTrainingSize: Int
  private let options: Options
  private let gAB: any Network, gBA: any Network, dA: any Network, dB: any Network
  private let stores: (gAB: TensorStore, gBA: TensorStore)
  private let gOptimizer: Adam, dOptimizer: Adam
  private let noise: NoiseSource

  init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    let networks = options.networks
    func generator(_ name: String) -> (network: (network: any Network, sizes: SizeRule), store: TensorStore) {
      make.network(name, networks.initialization) { networks.makeGenerator($0, inputs: 3, outputs: 3) }
    }
    func discriminator(_ name: String) -> (network: (network: any Network, least: Int), store: TensorStore) {
      make.network(name, networks.initialization) { networks.makeDiscriminator($0, inputs: 3) }
    }
    let ab = generator("G_AB"), ba = generator("G_BA"), a = discriminator("D_A"), b = discriminator("D_B")
    (gAB, gBA, dA, dB) = (ab.network.network, ba.network.network, a.network.network, b.network.network)
    (sizeRule, leastTrainingSize) = (ab.network.sizes, a.network.least)
    stores = (ab.store, ba.store)
    gOptimizer = make.optimizer("G", options.adam.settings, over: ab.store, ba.store)
    dOptimizer = make.optimizer("D", options.adam.settings, over: a.store, b.store)
    noise = make.noise
  }

  func trainStep(_ batch: TrainingBatch) throws -> Losses {
    let (a, b) = (batch.a, batch.b), loss = options.networks.adversarialLoss
    let pass = Pass(.batch, noise: noise)
    let fakeB = gAB(a, pass), fakeA = gBA(b, pass)
    let ganAB = loss.generator(dB(fakeB, pass)), ganBA = loss.generator(dA(fakeA, pass))
    let reconA = (gBA(fakeB, pass) - a).squared().mean(), reconB = (gAB(fakeA, pass) - b).squared().mean()
    try gOptimizer.minimize(ganAB + ganBA + (reconA + reconB) * options.reconstructionWeight)

    func judged(_ d: any Network, _ real: Tensor, _ fake: Tensor) -> Tensor {
      loss.discriminator(d(real, pass), isReal: true) + loss.discriminator(d(fake.detached(), pass), isReal: false)
    }
    let lossA = judged(dA, a, fakeA), lossB = judged(dB, b, fakeB)
    try dOptimizer.minimize((lossA + lossB) * 0.5)
    return ["GAN_AB": ganAB, "GAN_BA": ganBA, "recon_A": reconA, "recon_B": reconB, "D_A": lossA, "D_B": lossB]
  }

  func translate(_ pictures: Tensor, to target: TranslationTarget, _ pass: Pass) throws -> Tensor {
    let generator: any Network = try choose(target, aToB: gAB, bToA: gBA)
    return generator(pictures, pass)
  }

  func generator(for target: TranslationTarget) throws -> TensorStore {
    try choose(target, aToB: stores.gAB, bToA: stores.gBA)
  }
}
