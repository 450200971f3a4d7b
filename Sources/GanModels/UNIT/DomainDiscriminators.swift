import GanBase
import GanNN
import GanTensor

/// The discriminators of both domains of UNIT, MUNIT and INIT, with their optimizer.
package final class DomainDiscriminators {
  package let a: MultiScaleDiscriminator, b: MultiScaleDiscriminator
  private let optimizer: Optimizer
  private let noise: NoiseSource
  private let name: String

  /// - Parameter name: of the optimizer, and of the networks with `_a` and `_b` behind it.
  init(
    _ options: UNITNetworkOptions, channels: (a: Int, b: Int), _ training: OptimizerOptions, _ make: ModelBuilder,
    name: String = "dis"
  ) {
    self.name = name
    func discriminator(_ name: String, _ channels: Int) -> MultiScaleDiscriminator {
      make.discriminator(name, .normal(gain: 0.02), pictures: [channels]) { scope in
        MultiScaleDiscriminator(
          scope, inputs: channels, width: options.discriminatorWidth, layers: options.discriminatorLayers,
          scales: options.scales, norm: options.discriminatorNorm, mode: options.discriminatorPadding,
          slope: options.discriminatorActivation.slope,
          isSpectral: options.spectralNorm.networks.hasDiscriminator)
      }
    }
    (a, b) = (discriminator("\(name)_a", channels.a), discriminator("\(name)_b", channels.b))
    noise = make.noise
    optimizer = make.optimizer(name, training.discriminator, over: a, b)
  }

  var leastSize: Int { a.leastSize }

  /// Steps taken so far.
  var steps: Int { optimizer.steps }

  /// One step of both.
  /// - Parameters:
  ///   - fakes: each is judged against the same real pictures; losses are their means. A gradient penalty takes the
  ///     first of them.
  ///   - weight: of the adversarial losses.
  func update(
    real: (a: Tensor, b: Tensor), fakes: [(a: Tensor, b: Tensor)], _ adversarial: AdversarialOptions, weight: Double
  ) throws -> Losses {
    let sides = [
      ("\(name)_a", a, real.a, fakes.map(\.a)), ("\(name)_b", b, real.b, fakes.map(\.b)),
    ]
    var sum = LossSum()
    for (name, d, real, fakes) in sides {
      let scores = together([[real]] + fakes.map { [$0] }, separately: adversarial.loss.isWasserstein) {
        d($0[0], Pass(.batch))
      }
      d.judgedReal(scores[0])
      let losses = scores.dropFirst().map { adversarial.discriminator(real: scores[0], fake: $0).total }
      let total = losses.dropFirst().reduce(losses[0], +)
      sum.add(name, losses.count == 1 ? total : total / Double(losses.count), weight: weight)
    }
    for (name, d, real, fakes) in sides {
      let penalty = try adversarial.penalty(real: real, fake: fakes[0], noise, "dis.\(name)", before: optimizer) {
        d($0, Pass(.batchWithoutUpdate))
      }
      if let penalty { sum.add("\(name)_gp", penalty) }
    }
    try adversarial.minimize(sum.total, with: optimizer)
    return sum.terms + ["\(name)_total": sum.total]
  }

  func update(
    real: (a: Tensor, b: Tensor), fake: (a: Tensor, b: Tensor), _ adversarial: AdversarialOptions, weight: Double
  ) throws -> Losses {
    try update(real: real, fakes: [fake], adversarial, weight: weight)
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
