import Foundation
import Synchronization

/// Reports the progress of a computation by the number of its convolutions, while a large picture goes through a network.
/// If nobody watches, it costs one comparison per convolution.
package enum LayerWatch {
  /// Runs `body`; `done` is called on this thread after each convolution with the number of convolutions so far.
  /// Only one thread at a time can be watched; `body` runs on others without reports.
  package static func watching(_ done: @escaping (Int) -> Void, _ body: () throws -> Void) rethrows {
    guard owner.compareExchange(expected: 0, desired: thisThread, ordering: .acquiringAndReleasing).exchanged else {
      return try body()
    }
    (count, watcher) = (0, done)
    defer {
      watcher = nil
      owner.store(0, ordering: .releasing)
    }
    try body()
  }

  /// The convolutions that `body` does on this thread.
  package static func count(in body: () throws -> Void) rethrows -> Int {
    var all = 0
    try watching({ all = $0 }, body)
    return all
  }

  /// To be called after a convolution.
  @inline(__always) static func advance() {
    if owner.load(ordering: .relaxed) != 0 { tell() }
  }

  // The watched thread, or 0. Everything below belongs to that thread.
  private static let owner = Atomic<UInt>(0)
  nonisolated(unsafe) private static var count = 0
  nonisolated(unsafe) private static var watcher: ((Int) -> Void)?

  private static var thisThread: UInt { UInt(pthread_self()) }

  private static func tell() {
    guard owner.load(ordering: .relaxed) == thisThread else { return }
    count += 1
    watcher?(count)
  }
}
