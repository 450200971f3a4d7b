import Foundation
import GanBase

/// Reads batches ahead of the training step on separate threads. It continues beyond the end of an epoch, which
/// `Batch.endsEpoch` marks. The batches depend only on the data set and the start, never on threads or timing. For one
/// consumer.
package final class Loader {
  /// Seconds that `next()` had to wait for a batch.
  package private(set) var waited = 0.0
  /// Where the next batch begins: what a checkpoint keeps.
  package private(set) var position: DataPosition
  private let queue: BatchQueue
  package static let usualAhead = 3

  /// - Parameters:
  ///   - ahead: batches that may be ready or in the making.
  /// - Throws: `GanError` (input) when the data set has no such position, (environment) if the system gives no
  ///   thread.
  package init(_ data: DataSet, from start: DataPosition = DataPosition(), ahead: Int = usualAhead, threads: Int = 1)
    throws
  {
    position = try data.checked(start)
    queue = BatchQueue(data, from: position, ahead: max(ahead, 1))
    try queue.startWorker()
    // Further ones only make it faster.
    for _ in 1..<max(threads, 1) { try? queue.startWorker() }
  }

  deinit { queue.stop() }

  /// The next batch, at once when it is ready.
  /// - Throws: `GanError` (input) naming the picture that could not be read, at its place in the order and
  ///   from then on.
  package func next() throws -> Batch {
    let (batch, seconds) = queue.take()
    waited += seconds
    let result = try batch.get()
    position = result.following
    return result
  }
}

/// The state shared by the loader and its threads. The threads hold this and not the loader, which can thus be released.
private final class BatchQueue: @unchecked Sendable {
  private let data: DataSet
  private let ahead: Int
  private let condition = NSCondition()
  // All below are read and written under the condition's lock.
  private var toMake: (ticket: Int, position: DataPosition)
  private var toTake = 0
  private var ready: [Int: Result<Batch, Error>] = [:]
  private var order: (epoch: Int, items: [Int]) = (-1, [])
  private var workers = 0
  private var isStopped = false

  init(_ data: DataSet, from start: DataPosition, ahead: Int) {
    (self.data, self.ahead) = (data, ahead)
    toMake = (0, start)
  }

  /// - Throws: `GanError` (environment) if the system gives no thread.
  func startWorker() throws {
    condition.withLock { workers += 1 }
    let code = BackgroundThread.start("ganctl-loader") { self.work() }
    guard code != 0 else { return }
    condition.withLock { workers -= 1 }
    throw GanError.environment(
      "no thread can be started for reading pictures: \(String(cString: strerror(code)))",
      help: "raise the limits of memory and of processes (ulimit -v, ulimit -u)")
  }

  /// Returns when all threads have ended; one that is reading ends after its current picture.
  func stop() {
    condition.withLock {
      isStopped = true
      condition.broadcast()
      while workers > 0 { condition.wait() }
    }
  }

  /// The next batch in order, and the seconds spent waiting for it. After a failure it stays the next one.
  func take() -> (Result<Batch, Error>, Double) {
    condition.withLock {
      var seconds = 0.0
      if ready[toTake] == nil {
        let start = ContinuousClock.now
        while ready[toTake] == nil { condition.wait() }
        seconds = (ContinuousClock.now - start) / .seconds(1)
      }
      guard let result = ready[toTake] else { return (.failure(CancellationError()), seconds) }
      if case .success = result {
        ready[toTake] = nil
        toTake += 1
        condition.broadcast()
      }
      return (result, seconds)
    }
  }

  private func work() {
    while let task = claim() {
      let result = Result {
        try data.batch(
          items: task.items, at: task.position, following: data.following(task.position),
          unless: { self.condition.withLock { self.isStopped } })
      }
      condition.withLock {
        ready[task.ticket] = result
        condition.broadcast()
      }
    }
    condition.withLock {
      workers -= 1
      condition.broadcast()
    }
  }

  /// The next batch to make, when there is room for it; nil when it is time to end.
  private func claim() -> (ticket: Int, position: DataPosition, items: [Int])? {
    condition.withLock {
      while !isStopped && toMake.ticket - toTake >= ahead { condition.wait() }
      if isStopped { return nil }
      let (ticket, position) = toMake
      toMake = (ticket + 1, data.following(position))
      if order.epoch != position.epoch { order = (position.epoch, data.order(epoch: position.epoch)) }
      return (ticket, position, Array(order.items[data.range(at: position)]))
    }
  }
}
