import GanNN
import GanTensor

/// A discriminator's losses, map of scores by map of scores.
package struct DiscriminatorLosses {
  let maps: [(real: Tensor, fake: Tensor)]

  /// Of real pictures, and of generated ones, summed over all maps.
  package var real: Tensor { maps.dropFirst().reduce(maps[0].real) { $0 + $1.real } }
  package var fake: Tensor { maps.dropFirst().reduce(maps[0].fake) { $0 + $1.fake } }
  /// Of both.
  package var total: Tensor { maps.dropFirst().reduce(maps[0].fake + maps[0].real) { $0 + ($1.fake + $1.real) } }
}

extension AdversarialOptions {
  /// The losses of a discriminator with several maps of scores, at least one.
  package func discriminator(real: [Tensor], fake: [Tensor]) -> DiscriminatorLosses {
    DiscriminatorLosses(
      maps: zip(real, fake).map { real, fake in
        guard isRelativistic else {
          return (
            loss.discriminator(real, isReal: true, label: 1 - labelSmoothing), loss.discriminator(fake, isReal: false)
          )
        }
        return (
          loss.relativistic(real, against: fake, isReal: true), loss.relativistic(fake, against: real, isReal: false)
        )
      })
  }

  package func discriminator(real: Tensor, fake: Tensor) -> DiscriminatorLosses {
    discriminator(real: [real], fake: [fake])
  }

  /// What a generator should make small, summed over maps of scores.
  /// - Parameters:
  ///   - fake: scores of its pictures.
  ///   - real: gives scores of real pictures; called, without recording, only by losses that compare with them.
  package func generator(_ fake: [Tensor], real: () -> [Tensor]) -> Tensor {
    let losses: [Tensor]
    if isRelativistic {
      losses = zip(fake, Tape.paused(real)).map { fake, real in
        // Halved, as in the author's program: so it weighs as much against other losses as one of one kind.
        (loss.relativistic(fake, against: real, isReal: true) + loss.relativistic(real, against: fake, isReal: false))
          * 0.5
      }
    } else {
      losses = fake.map { loss.generator($0) }
    }
    return losses.dropFirst().reduce(losses[0], +)
  }

  package func generator(_ fake: Tensor, real: () -> Tensor) -> Tensor { generator([fake], real: { [real()] }) }

  /// The gradient penalty with its weight; nil without one, and in steps between two of them.
  /// - Parameters:
  ///   - key: names the draw of places.
  ///   - optimizer: of the discriminator, before its step.
  ///   - critic: from pictures to maps of scores, which should not change its state.
  package func penalty(
    real: Tensor, fake: Tensor, _ noise: NoiseSource, _ key: String, before optimizer: Optimizer,
    critic: (Tensor) -> [Tensor]
  ) throws -> Tensor? {
    guard penaltyWeight > 0 else { return nil }
    return try unweightedPenalty(real: real, fake: fake, noise, key, before: optimizer, critic: critic)
      .map { $0 * appliedPenaltyWeight }
  }

  /// The same without its weight.
  func unweightedPenalty(
    real: Tensor, fake: Tensor, _ noise: NoiseSource, _ key: String, before optimizer: Optimizer,
    offset: Double = 1e-16, critic: (Tensor) -> [Tensor]
  ) throws -> Tensor? {
    guard optimizer.steps % penaltyInterval == 0 else { return nil }
    return try appliedPenalty(real: real, fake: fake, noise, key, offset: offset, critic: critic)
  }

  /// With `gp_interval` a penalty counts for the steps without one, too.
  var appliedPenaltyWeight: Double { penaltyWeight * Double(penaltyInterval) }

  /// One step of discriminators down `loss`, after which their weights are clipped if the loss needs it.
  package func minimize(_ loss: Tensor, with optimizer: Optimizer) throws {
    try optimizer.minimize(loss)
    guard let bound = appliedClip else { return }
    for slot in optimizer.slots { slot.entry.tensor.clamp(to: -bound...bound) }
  }

  /// Whether the generators are trained in the discriminators' step of that number, from 1.
  package func trainsGenerators(inStep number: Int) -> Bool { number % discriminatorSteps == 0 }

  /// Steps after which the kinds of steps repeat.
  package var cycleOfSteps: Int {
    func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }
    return discriminatorSteps / divisor(discriminatorSteps, penaltyInterval) * penaltyInterval
  }
}
