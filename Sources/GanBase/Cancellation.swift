import CProcess
import Dispatch
import Synchronization

/// Ends a computation early, however long its operations take: once it is cancelled, the thread pool skips all work, so
/// that the calling code runs to its end at once, with meaningless results.
///
/// A computation ends like this because somebody asked for it, or because memory ran out deep inside an operation that
/// cannot throw; see `OutOfMemory`.
package final class Cancellation {
  private let isRequested: () -> Bool
  private let happened = Atomic<Bool>(false)
  private let recordedFailure = Mutex<GanError?>(nil)
  private var canBeRequested = true

  init(_ isRequested: @escaping () -> Bool) { self.isRequested = isRequested }

  /// Computes `body` on this thread, and stops computing as soon as `isRequested` returns true.
  /// - Parameter isRequested: called on this thread, often: before each block of work.
  /// - Returns: nil if it was stopped: whatever `body` changed must not be used, and what it threw does not matter.
  /// - Throws: what `body` throws; `GanError` (environment) if memory ran out.
  package static func run<Result>(
    when isRequested: @escaping () -> Bool, _ body: (Cancellation) throws -> Result
  ) throws -> Result? {
    let cancellation = Cancellation(isRequested)
    let result = Swift.Result { try cancellation.perform(body) }
    if let error = cancellation.failure { throw error }
    return cancellation.isCancelled ? nil : try result.get()
  }

  /// Runs `body` on this thread as the computation that this object can cancel.
  func perform<Result>(_ body: (Cancellation) throws -> Result) rethrows -> Result {
    let outer = gp_cancellation()
    gp_set_cancellation(Unmanaged.passUnretained(self).toOpaque())
    defer { withExtendedLifetime(self) { gp_set_cancellation(outer) } }
    return try body(self)
  }

  /// Whether work is skipped.
  package var isCancelled: Bool { happened.load(ordering: .relaxed) }

  /// The error that ended the computation, if one did.
  var failure: GanError? { recordedFailure.withLock { $0 } }

  /// Makes the computation end with `error`; may be called on any thread that works for it, even after `commit`. The
  /// first error counts.
  func fail(_ error: GanError) {
    recordedFailure.withLock { $0 = $0 ?? error }
    happened.store(true, ordering: .relaxed)
  }

  /// Ignores all requests from now on: unless it has been stopped already, the computation runs to its end.
  /// - Returns: whether it continues.
  package func commit() -> Bool {
    if !check() { canBeRequested = false }
    return !isCancelled
  }

  /// Whether work is skipped from now on; only for the thread that computes.
  func check() -> Bool {
    if !isCancelled, canBeRequested, isRequested() { happened.store(true, ordering: .relaxed) }
    return isCancelled
  }

  /// Computes what is not divided into blocks on a separate thread, which is abandoned if the calling thread's
  /// computation is stopped in the meantime.
  /// - Returns: nil if it was stopped.
  package static func detached<Result: Sendable>(_ body: @escaping @Sendable () -> Result) -> Result? {
    guard let current else { return body() }
    if current.check() { return nil }
    let outcome = Outcome<Result>()
    guard BackgroundThread.start("ganctl-detached", { outcome.set(body()) }) == 0 else { return body() }
    while true {
      if let result = outcome.wait(milliseconds: 20) { return result }
      if current.check() { return nil }
    }
  }

  /// The innermost computation on the calling thread that can be cancelled.
  package static var current: Cancellation? {
    gp_cancellation().map { Unmanaged<Cancellation>.fromOpaque($0).takeUnretainedValue() }
  }
}

/// The result of another thread.
private final class Outcome<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)
  private let isSet = DispatchSemaphore(value: 0)

  func set(_ result: Value) {
    value.withLock { $0 = result }
    isSet.signal()
  }

  /// - Returns: nil if it has not been set by then.
  func wait(milliseconds: Int) -> Value? {
    isSet.wait(timeout: .now() + .milliseconds(milliseconds)) == .success ? value.withLock { $0 } : nil
  }
}
