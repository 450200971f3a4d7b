import Foundation

/// Values that threads finish in any order, handed on in the order of their numbers. A lock guards all of it.
final class InOrder<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var values: [Value?]
  /// Values that have been handed on.
  private var done = 0
  private var hasEnded = false

  init(_ count: Int) { values = Array(repeating: nil, count: count) }

  /// Whether to begin with another one. Once `condition` was false, or a last value came, it stays so.
  func goesOn(_ condition: () -> Bool) -> Bool {
    lock.withLock {
      if !hasEnded, !condition() { hasEnded = true }
      return !hasEnded
    }
  }

  /// Takes value number `index`, and hands on those whose turn has come.
  /// - Parameters:
  ///   - isLast: no further one is to be begun.
  ///   - handOn: gets the number of values handed on, and the value; never called by two threads at once.
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

  /// Values behind one that was never begun.
  var rest: [Value] { lock.withLock { values[done...].compactMap { $0 } } }
}
