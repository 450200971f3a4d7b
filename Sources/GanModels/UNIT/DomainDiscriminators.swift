import GanBase
import GanNN
import GanTensor

/// The discriminators of both domains of UNIT and MUNIT, with their optimizer.
package final class DomainDiscriminators {
  package let a: MultiScaleDiscriminator, b: MultiScaleDiscriminator
  private let loss: AdversarialLoss
  private let weight: Double
  private let optimizer: Adam

  /// - Parameter weight: of the adversarial losses.
  init(
    _ options: UNITNetworkOptions, channels: (a: Int, b: Int), weight: Double, _ adam: AdamOptions, _ make: ModelBuilder
  ) {
    func discriminator(_ name: String, _ channels: Int) -> (network: MultiScaleDiscriminator, store: TensorStore) {
      make.network(name, .normal(gain: 0.02)) { scope in
        MultiScaleDiscriminator(
          scope, inputs: channels, width: options.discriminatorWidth, layers: options.discriminatorLayers,
          scales: options.scales, norm: options.discriminatorNorm, mode: options.discriminatorPadding,
          slope: options.discriminatorActivation.slope)
      }
    }
    let (a, aStore) = discriminator("dis_a", channels.a), (b, bStore) = discriminator("dis_b", channels.b)
    (self.a, self.b) = (a, b)
    (loss, self.weight) = (options.ganType.loss, weight)
    optimizer = make.optimizer("dis", adam.settings, over: aStore, bStore)
  }

  var leastSize: Int { a.leastSize }

  /// One step of both.
  func update(real batch: TrainingBatch, fake: (a: Tensor, b: Tensor)) throws -> Losses {
    func judged(_ d: MultiScaleDiscriminator, _ real: Tensor, _ fake: Tensor) -> Tensor {
      let scores = together([[real], [fake]]) { d($0[0], Pass(.batch)) }
      return loss.discriminator(real: scores[0], fake: scores[1])
    }
    let lossA = judged(a, batch.a, fake.a), lossB = judged(b, batch.b, fake.b)
    let total = lossA * weight + lossB * weight
    try optimizer.minimize(total)
    return ["dis_a": lossA, "dis_b": lossB, "dis_total": total]
  }

  /// What the generators should make small.
  func judge(_ fake: (a: Tensor, b: Tensor)) -> (a: Tensor, b: Tensor) {
    let pass = Pass(.batch)
    return (loss.generator(a(fake.a, pass)), loss.generator(b(fake.b, pass)))
  }
}

/// The perceptual distance of translations to their sources, with its network; nothing where its weight is 0.
struct PerceptualLoss {
  private let weight: Double
  private let network: VGGFeatures?

  /// - Throws: `GanError` (checkpoint) for a file that is not a VGG16.
  init(_ options: PerceptualOptions, _ make: ModelBuilder) throws {
    weight = options.weight
    guard weight > 0, let path = options.weightsFile, let read = make.readWeights else {
      // Without a reader the model is not going to be trained.
      network = nil
      return
    }
    network = try VGGFeatures(try read(path), path: path, type: make.elementType)
  }

  /// - Parameters:
  ///   - fake: pictures of A made from `batch.b`, and of B made from `batch.a`.
  ///   - total: the sum of weighted losses.
  func add(_ fake: (a: Tensor, b: Tensor), from batch: TrainingBatch, to losses: inout Losses, _ total: inout Tensor)
    throws
  {
    guard weight > 0 else { return }
    guard let network else { throw GanError(.bug, "training with vgg_w above 0, but without a reader of vgg_weights") }
    let a = network.distance(fake.a, batch.b), b = network.distance(fake.b, batch.a)
    losses.append("gen_vgg_a", a)
    losses.append("gen_vgg_b", b)
    total = total + (a + b) * weight
  }
}
