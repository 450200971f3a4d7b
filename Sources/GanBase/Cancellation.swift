import CProcess
import Dispatch
import Synchronization

/// Ends a computation early, however long its operations take: from a moment on the thread pool leaves out all work, so
/// that the code above runs to its end at once, with results that mean nothing.
package final class Cancellation {
  private let isRequested: () -> Bool
  private let happened = Atomic<Bool>(false)
  private var canHappen = true

  private init(_ isRequested: @escaping () -> Bool) { self.isRequested = isRequested }

  /// Computes `body` on this thread, and stops computing once `isRequested` says so.
  /// - Parameter isRequested: asked on this thread, often: before each block of work.
  /// - Returns: nil where it was stopped: what `body` changed is not to be used, and what it threw does not matter.
  package static func run<Result>(
    when isRequested: @escaping () -> Bool, _ body: (Cancellation) throws -> Result
  ) rethrows -> Result? {
    let cancellation = Cancellation(isRequested), outer = gp_cancellation()
    gp_set_cancellation(Unmanaged.passUnretained(cancellation).toOpaque())
    defer { withExtendedLifetime(cancellation) { gp_set_cancellation(outer) } }
    do {
      let result = try body(cancellation)
      return cancellation.isCancelled ? nil : result
    } catch {
      if cancellation.isCancelled { return nil }
      throw error
    }
  }

  /// Whether work is left out.
  package var isCancelled: Bool { happened.load(ordering: .relaxed) }

  /// From here on there is no way back: the computation is done to its end, unless it was stopped before.
  /// - Returns: whether it goes on.
  package func commit() -> Bool {
    if !check() { canHappen = false }
    return !isCancelled
  }

  /// Whether work is left out from now on; for the thread that computes.
  func check() -> Bool {
    if !isCancelled, canHappen, isRequested() { happened.store(true, ordering: .relaxed) }
    return isCancelled
  }

  /// Computes what is not divided into blocks on a thread of its own, which is abandoned if the calling thread's
  /// computation is stopped meanwhile.
  /// - Returns: nil where that is so.
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

  /// What can stop the calling thread's computation.
  static var current: Cancellation? {
    gp_cancellation().map { Unmanaged<Cancellation>.fromOpaque($0).takeUnretainedValue() }
  }
}

/// What another thread computes.
private final class Outcome<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)
  private let isSet = DispatchSemaphore(value: 0)

  func set(_ result: Value) {
    value.withLock { $0 = result }
    isSet.signal()
  }

  /// - Returns: nil where it is not there by then.
  func wait(milliseconds: Int) -> Value? {
    isSet.wait(timeout: .now() + .milliseconds(milliseconds)) == .success ? value.withLock { $0 } : nil
  }
}
