import Foundation

/// How learning rates change from epoch to epoch. `epoch` counts completed epochs: 0 during the first.
public enum LearningRatePolicy: String, CaseIterable, Sendable {
  /// Constant for `epochs`, then down to 0 over `decayEpochs`, which it never reaches.
  case linear
  /// Times `stepFactor` every `stepEpochs`.
  case step
  /// Half a cosine over all epochs.
  case cosine
  /// A fifth whenever the watched value has not improved for `patience` epochs.
  case plateau
  case constant
}

/// The factor on all learning rates, as state: a resumed run continues it.
public struct LearningRateSchedule: Codable, Equatable, Sendable {
  public private(set) var factor = 1.0
  // Of the plateau policy.
  private var best = Double.infinity
  private var badEpochs = 0

  /// Relative improvement that counts, and what a plateau multiplies rates with.
  private static let threshold = 0.01, plateauFactor = 0.2, least = 1e-4

  public init() {}

  public struct Plan: Sendable {
    public var policy: LearningRatePolicy
    public var epochs: Int
    public var decayEpochs: Int
    public var stepEpochs: Int
    public var stepFactor: Double
    public var patience: Int

    public init(
      policy: LearningRatePolicy, epochs: Int, decayEpochs: Int, stepEpochs: Int, stepFactor: Double = 0.1,
      patience: Int
    ) {
      (self.policy, self.epochs, self.decayEpochs) = (policy, epochs, decayEpochs)
      (self.stepEpochs, self.stepFactor, self.patience) = (stepEpochs, stepFactor, patience)
    }
  }

  /// Moves to the epoch after `completed` ones.
  /// - Parameter score: of the validation pictures, smaller is better; only `plateau` looks at it.
  public mutating func advance(completed: Int, _ plan: Plan, score: Double?) {
    switch plan.policy {
    case .constant: factor = 1
    case .linear: factor = 1 - Double(max(0, completed + 1 - plan.epochs)) / Double(plan.decayEpochs + 1)
    case .step: factor = pow(plan.stepFactor, Double(completed / plan.stepEpochs))
    case .cosine:
      factor = (1 + cos(.pi * Double(completed) / Double(plan.epochs + plan.decayEpochs))) / 2
    case .plateau: watch(score, patience: plan.patience)
    }
  }

  private mutating func watch(_ score: Double?, patience: Int) {
    guard let score else { return }
    // Relative to the size of the best, which may be negative where larger is better.
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
