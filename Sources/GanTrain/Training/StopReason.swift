/// Why a run stopped.
package enum StopReason: Equatable, Sendable {
  /// All epochs are done.
  case epochs
  /// `train.steps` steps are done.
  case steps
  /// `train.minutes` are used up.
  case time
  /// `eval.patience` evaluations were no better than the best.
  case patience
  /// A signal with this number arrived.
  case signal(Int32)

  /// Whether the run is complete according to its configuration.
  package var isFinished: Bool {
    if case .signal = self { return false }
    return true
  }
}
