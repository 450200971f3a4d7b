import Dispatch
import GanBase
import Synchronization

/// Computes on a thread of its own, one job after the other, for as many clients as there are places.
final class TranslationDesk: Sendable {
  /// A job waits, then computes, and may be cancelled at any time.
  private final class Job: Sendable {
    let isCancelled = Atomic<Bool>(false)
    let run: @Sendable (Job, StudioModels) -> Void
    /// Ends a job that never began.
    let drop: @Sendable () -> Void

    init(run: @escaping @Sendable (Job, StudioModels) -> Void, drop: @escaping @Sendable () -> Void) {
      (self.run, self.drop) = (run, drop)
    }
  }

  private struct State {
    var places = 0
    var waiting: [Job] = []
  }

  /// Those who compute, wait or still send their picture.
  static let mostPlaces = 5
  private let state = Mutex(State())
  private let arrived = DispatchSemaphore(value: 0)

  /// - Throws: `GanError` (environment) if the system gives no thread.
  init(_ models: @escaping @Sendable () -> StudioModels) throws {
    let code = BackgroundThread.start("ganctl-studio", stackSize: 16 << 20) { [self] in
      let models = models()
      while true {
        arrived.wait()
        // There are more signals than jobs if some were cancelled.
        guard let job = state.withLock({ $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }) else { continue }
        job.run(job, models)
      }
    }
    guard code == 0 else { throw GanError.environment("the system gives no more threads") }
  }

  /// Holds a place while `body` runs, which may send its client's picture and compute.
  /// - Throws: `Refusal` if all places are taken; what `body` throws.
  func withPlace<Result>(_ body: () async throws -> Result) async throws -> Result {
    let isFree = state.withLock { state in
      guard state.places < Self.mostPlaces else { return false }
      state.places += 1
      return true
    }
    guard isFree else {
      throw Refusal(
        status: .serviceUnavailable, message: "the server is busy with other pictures", help: "try again in a moment",
        retryAfter: 2)
    }
    defer { state.withLock { $0.places -= 1 } }
    return try await body()
  }

  /// What `work` makes of the models, when it is its turn; to be called in a place.
  /// - Parameter work: is told whether its result is no longer wanted.
  /// - Throws: what `work` throws; `CancellationError` if the task was cancelled.
  func compute<Result: Sendable>(
    _ work: @escaping @Sendable (StudioModels, _ isCancelled: @escaping () -> Bool) throws -> Result
  ) async throws -> Result {
    let current = Mutex<Job?>(nil)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let job = Job { job, models in
          let isCancelled = { job.isCancelled.load(ordering: .relaxed) }
          continuation.resume(with: Swift.Result { try work(models, isCancelled) })
        } drop: {
          continuation.resume(throwing: CancellationError())
        }
        current.withLock { $0 = job }
        state.withLock { $0.waiting.append(job) }
        arrived.signal()
        if Task.isCancelled { cancel(job) }
      }
    } onCancel: {
      if let job = current.withLock({ $0 }) { cancel(job) }
    }
  }

  private func cancel(_ job: Job) {
    job.isCancelled.store(true, ordering: .relaxed)
    let isWaiting = state.withLock { state in
      guard let index = state.waiting.firstIndex(where: { $0 === job }) else { return false }
      state.waiting.remove(at: index)
      return true
    }
    if isWaiting { job.drop() }
  }
}
