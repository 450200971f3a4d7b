import Foundation

/// How learning rates change from epoch to epoch. `epoch` counts completed epochs: 0 during the first.
package enum LearningRatePolicy: String, CaseIterable, Sendable {
  /// Constant for `epochs`, then down to 0 over `decayEpochs`, which it never reaches.
  case linear
  /// Multiplied by `stepFactor` every `stepEpochs`.
  case step
  /// Half a cosine over all epochs.
  case cosine
  /// Multiplied by 0.2 whenever the watched value has not improved for `patience` epochs.
  case plateau
  case constant
}

/// The factor on all learning rates. It follows from the plan and the epoch alone, except under `plateau`, which depends
/// on the scores seen so far; a resumed run continues with these.
package struct LearningRateSchedule: Equatable, Sendable {
  /// The current factor.
  package private(set) var factor = 1.0
  // Of the plateau policy.
  package private(set) var best = Double.infinity
  package private(set) var badEpochs = 0

  /// The least relative improvement that counts, and the factor after a plateau.
  private static let threshold = 0.01, least = 1e-4
  package static let plateauFactor = 0.2

  package init() {}

  /// Restores a stored one.
  package init(factor: Double, best: Double, badEpochs: Int) {
    (self.factor, self.best, self.badEpochs) = (factor, best, badEpochs)
  }

  /// Moves to the epoch after `completed` ones.
  /// - Parameter score: of the validation pictures, smaller is better; only `plateau` looks at it.
  package mutating func advance(completed: Int, _ plan: Plan, score: Double?) {
    if let planned = plan.factor(completed: completed) {
      factor = planned
    } else {
      watch(score, patience: plan.patience)
    }
  }

  /// Goes on with a plan after `completed` epochs, of which some may have followed another plan.
  /// - Parameter before: the policy until now.
  package mutating func resume(completed: Int, _ plan: Plan, after before: LearningRatePolicy) {
    if let planned = plan.factor(completed: completed) {
      self = LearningRateSchedule()
      factor = planned
    } else if before != .plateau {
      self = LearningRateSchedule()
    }
  }

  private mutating func watch(_ score: Double?, patience: Int) {
    guard let score else { return }
    // Relative to the magnitude of the best, which is negative for scores that should be large.
    if !best.isFinite || score < best - abs(best) * Self.threshold {
      (best, badEpochs) = (score, 0)
      return
    }
    badEpochs += 1
    if badEpochs > patience, factor > Self.least {
      factor *= Self.plateauFactor
      badEpochs = 0
    }
  }
}

extension LearningRateSchedule {
  /// The parameters of a schedule.
  package struct Plan: Equatable, Sendable {
    package var policy: LearningRatePolicy
    package var epochs: Int
    package var decayEpochs: Int
    package var stepEpochs: Int
    package var stepFactor: Double
    package var patience: Int

    package init(
      policy: LearningRatePolicy, epochs: Int, decayEpochs: Int, stepEpochs: Int, stepFactor: Double = 0.1,
      patience: Int
    ) {
      (self.policy, self.epochs, self.decayEpochs) = (policy, epochs, decayEpochs)
      (self.stepEpochs, self.stepFactor, self.patience) = (stepEpochs, stepFactor, patience)
    }

    /// The factor in the epoch after `completed` ones; nil if it depends on more than the epoch.
    package func factor(completed: Int) -> Double? {
      // Every plan starts at the full rate.
      if completed == 0, policy != .plateau { return 1 }
      switch policy {
      case .constant: return 1
      case .linear: return max(0, 1 - Double(max(0, completed + 1 - epochs)) / Double(decayEpochs + 1))
      case .step: return pow(stepFactor, Double(completed / stepEpochs))
      case .cosine:
        return (1 + cos(.pi * Double(min(completed, epochs + decayEpochs)) / Double(epochs + decayEpochs))) / 2
      case .plateau: return nil
      }
    }

    /// The most that a time limit leaves of the rate when `share` of it (0 to 1) is spent: what falls with the epochs
    /// falls with the time too, in the same proportion, for the last epochs may never come.
    package func most(atShareOfTime share: Double) -> Double {
      let share = min(max(share, 0), 1)
      switch policy {
      case .linear:
        let full = Double(epochs) / Double(max(epochs + decayEpochs, 1))
        return share <= full ? 1 : (1 - share) / (1 - full)
      case .cosine: return (1 + cos(.pi * share)) / 2
      case .constant, .step, .plateau: return 1
      }
    }
  }
}
