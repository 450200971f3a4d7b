import GanBase
import GanNN
import GanTensor

/// The discriminators of both domains of UNIT and MUNIT, with their optimizer.
package final class DomainDiscriminators {
  package let a: MultiScaleDiscriminator, b: MultiScaleDiscriminator
  private let optimizer: Optimizer
  private let noise: NoiseSource

  init(
    _ options: UNITNetworkOptions, channels: (a: Int, b: Int), _ training: OptimizerOptions, _ make: ModelBuilder
  ) {
    func discriminator(_ name: String, _ channels: Int) -> MultiScaleDiscriminator {
      make.discriminator(name, .normal(gain: 0.02), pictures: [channels]) { scope in
        MultiScaleDiscriminator(
          scope, inputs: channels, width: options.discriminatorWidth, layers: options.discriminatorLayers,
          scales: options.scales, norm: options.discriminatorNorm, mode: options.discriminatorPadding,
          slope: options.discriminatorActivation.slope,
          isSpectral: options.spectralNorm.networks.hasDiscriminator)
      }
    }
    (a, b) = (discriminator("dis_a", channels.a), discriminator("dis_b", channels.b))
    noise = make.noise
    optimizer = make.optimizer("dis", training.discriminator, over: a, b)
  }

  var leastSize: Int { a.leastSize }

  /// Steps taken so far.
  var steps: Int { optimizer.steps }

  /// One step of both.
  /// - Parameter weight: of the adversarial losses.
  func update(
    real: (a: Tensor, b: Tensor), fake: (a: Tensor, b: Tensor), _ adversarial: AdversarialOptions, weight: Double
  ) throws -> Losses {
    var sum = LossSum()
    for (name, d, real, fake) in [("dis_a", a, real.a, fake.a), ("dis_b", b, real.b, fake.b)] {
      let scores = together([[real], [fake]], separately: adversarial.loss.isWasserstein) { d($0[0], Pass(.batch)) }
      d.judgedReal(scores[0])
      sum.add(name, adversarial.discriminator(real: scores[0], fake: scores[1]).total, weight: weight)
    }
    for (name, d, real, fake) in [("dis_a", a, real.a, fake.a), ("dis_b", b, real.b, fake.b)] {
      let penalty = try adversarial.penalty(real: real, fake: fake, noise, "dis.\(name)", before: optimizer) {
        d($0, Pass(.batchWithoutUpdate))
      }
      if let penalty { sum.add("\(name)_gp", penalty) }
    }
    try adversarial.minimize(sum.total, with: optimizer)
    return sum.terms + ["dis_total": sum.total]
  }

  /// What the generators should make small.
  func judge(
    _ fake: (a: Tensor, b: Tensor), real: (a: Tensor, b: Tensor), _ adversarial: AdversarialOptions
  ) -> (a: Tensor, b: Tensor) {
    func judged(_ d: MultiScaleDiscriminator, _ fake: Tensor, _ real: Tensor) -> Tensor {
      adversarial.generator(d(fake, Pass(.batch))) { d(real, Pass(.batchWithoutUpdate)) }
    }
    return (judged(a, fake.a, real.a), judged(b, fake.b, real.b))
  }
}
