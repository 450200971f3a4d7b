import GanBase
import GanNN
import GanTensor

/// The discriminators of both domains of UNIT and MUNIT, with their optimizer.
package final class DomainDiscriminators {
  package let a: MultiScaleDiscriminator, b: MultiScaleDiscriminator
  private let loss: AdversarialLoss
  private let optimizer: Optimizer

  init(
    _ options: UNITNetworkOptions, channels: (a: Int, b: Int), _ training: OptimizerOptions, _ make: ModelBuilder
  ) {
    func discriminator(_ name: String, _ channels: Int) -> MultiScaleDiscriminator {
      make.network(name, .normal(gain: 0.02)) { scope in
        MultiScaleDiscriminator(
          scope, inputs: channels, width: options.discriminatorWidth, layers: options.discriminatorLayers,
          scales: options.scales, norm: options.discriminatorNorm, mode: options.discriminatorPadding,
          slope: options.discriminatorActivation.slope,
          isSpectral: options.spectralNorm.networks.hasDiscriminator)
      }
    }
    (a, b) = (discriminator("dis_a", channels.a), discriminator("dis_b", channels.b))
    loss = options.ganType.loss
    optimizer = make.optimizer("dis", training.discriminator, over: a, b)
  }

  var leastSize: Int { a.leastSize }

  /// One step of both.
  /// - Parameter weight: of the adversarial losses.
  func update(real: (a: Tensor, b: Tensor), fake: (a: Tensor, b: Tensor), weight: Double) throws -> Losses {
    func judged(_ d: MultiScaleDiscriminator, _ real: Tensor, _ fake: Tensor) -> Tensor {
      let scores = together([[real], [fake]]) { d($0[0], Pass(.batch)) }
      return loss.discriminator(real: scores[0], fake: scores[1])
    }
    var sum = LossSum()
    sum.add("dis_a", judged(a, real.a, fake.a), weight: weight)
    sum.add("dis_b", judged(b, real.b, fake.b), weight: weight)
    try optimizer.minimize(sum.total)
    return sum.terms + ["dis_total": sum.total]
  }

  /// What the generators should make small.
  func judge(_ fake: (a: Tensor, b: Tensor)) -> (a: Tensor, b: Tensor) {
    let pass = Pass(.batch)
    return (loss.generator(a(fake.a, pass)), loss.generator(b(fake.b, pass)))
  }
}
