import Foundation

/// Passes on values in the order of their indices, while threads finish them in any order. Protected by a lock.
final class InOrder<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var values: [Value?]
  /// The number of values passed on so far.
  private var done = 0
  private var hasEnded = false

  init(_ count: Int) { values = Array(repeating: nil, count: count) }

  /// Whether to begin another value: false for good once `condition` was false or a last value was finished.
  func goesOn(_ condition: () -> Bool) -> Bool {
    lock.withLock {
      if !hasEnded, !condition() { hasEnded = true }
      return !hasEnded
    }
  }

  /// Stores value number `index`, and passes on all values whose predecessors are done.
  /// - Parameters:
  ///   - isLast: whether no further value may begin.
  ///   - handOn: called with the number of values passed on and the value, by one thread at a time.
  func finish(_ index: Int, _ value: Value, isLast: Bool, _ handOn: (Int, Value) -> Void) {
    lock.withLock {
      values[index] = value
      if isLast { hasEnded = true }
      while done < values.count, let value = values[done] {
        done += 1
        handOn(done, value)
      }
    }
  }

  var all: [Value] { lock.withLock { values.compactMap { $0 } } }

  /// Finished values after one that was never begun.
  var rest: [Value] { lock.withLock { values[done...].compactMap { $0 } } }
}
