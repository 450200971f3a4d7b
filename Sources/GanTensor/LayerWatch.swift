import Foundation
import Synchronization

/// Tells how far a computation is by the convolutions that it has done, for a line of progress while a large picture
/// goes through a network. While nobody watches, it costs a convolution one comparison.
package enum LayerWatch {
  /// Runs `body`; `done` is called on this thread after each convolution with the number of those that it has done.
  /// One thread at a time watches; others just run.
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

  // The thread that watches; 0 for none. All below it is that thread's.
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
