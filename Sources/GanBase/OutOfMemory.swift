import Synchronization

/// How code that cannot throw, deep inside an operation, reports that the system refuses memory.
///
/// The computation around it is cancelled: it continues without doing any work, and then `guarding` (or
/// `Cancellation.run`) throws the error.
package enum OutOfMemory {
  /// Computes `body` on this thread.
  /// - Throws: what `body` throws; `GanError` (environment) if memory ran out, and then whatever `body` computed must
  ///   not be used.
  package static func guarding<Result>(_ body: () throws -> Result) throws -> Result {
    let outer = Cancellation.current
    // Whoever cancels the computation around it discards its result as well.
    let cancellation = Cancellation { outer?.check() ?? false }
    let result = Swift.Result { try cancellation.perform { _ in try body() } }
    if let error = cancellation.failure { throw error }
    return try result.get()
  }

  /// Ends `computation` with `error`; without a computation that can be ended, the process.
  package static func report(_ error: GanError, to computation: Cancellation? = .current) {
    guard let computation else { lastResort.withLock { $0 }(error) }
    computation.fail(error)
  }

  /// - Throws: the error that was reported to the calling thread's computation, if there is one.
  static func check() throws { if let error = Cancellation.current?.failure { throw error } }

  /// Sets what ends the process if memory runs out outside any guarded computation.
  package static func setLastResort(_ end: @escaping @Sendable (GanError) -> Never) {
    lastResort.withLock { $0 = end }
  }

  private static let lastResort = Mutex<@Sendable (GanError) -> Never>({ preconditionFailure("\($0)") })
}
