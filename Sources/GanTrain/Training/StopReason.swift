/// Why a run stopped.
package enum StopReason: Equatable, Sendable {
  /// All epochs are done.
  case epochs
  /// `train.steps` steps are done.
  case steps
  /// `train.minutes` are over.
  case time
  /// A signal asked for it; its number.
  case signal(Int32)

  /// Whether the run did all that its configuration asks for.
  package var isFinished: Bool {
    if case .signal = self { return false }
    return true
  }
}
