import Foundation
import Synchronization

/// Measures the time of a computation by kind of kernel, for benchmarks. If nothing is timed, it costs one comparison per
/// operation.
package enum OpClock {
  /// The kind of work of an operation. A transposed convolution runs the kernel of the data gradient, and its
  /// gradient that of the forward convolution.
  package enum Kind: String, CaseIterable, Sendable {
    case convolutionForward = "convolution_forward"
    case convolutionDataGradient = "convolution_data_gradient"
    case convolutionWeightGradient = "convolution_weight_gradient"
    case normalization
    case elementwise
    case reduction
    /// Concatenating, slicing, permuting, pooling.
    case rearranging
    /// Matrix products and power iterations.
    case matrix
    case optimizer
  }

  /// Operations of one kind.
  package struct Share: Equatable, Sendable {
    package var seconds = 0.0
    package var operations = 0
    /// Additions and multiplications of the direct algorithm; only for convolutions.
    package var arithmetic = 0.0
  }

  /// Runs `body` and returns the time of this thread's operations. An operation within another counts as part of it.
  /// Not to be nested.
  package static func timing(_ body: () throws -> Void) rethrows -> [Kind: Share] {
    try turn.withLock { () throws -> [Kind: Share] in
      shares = [:]
      owner.store(thisThread, ordering: .relaxed)
      defer { owner.store(0, ordering: .relaxed) }
      try body()
      return shares
    }
  }

  /// An operation that is being timed.
  struct Mark {
    fileprivate let kind: Kind
    fileprivate let arithmetic: Double
    fileprivate let start: ContinuousClock.Instant
  }

  /// To be called at the start of an operation, followed by `defer { OpClock.end(mark) }`.
  @inline(__always) static func begin(_ kind: Kind, arithmetic: @autoclosure () -> Int = 0) -> Mark? {
    owner.load(ordering: .relaxed) == 0 ? nil : start(kind, arithmetic: Double(arithmetic()))
  }

  @inline(__always) static func end(_ mark: Mark?) {
    if let mark { stop(mark) }
  }

  // The timed thread, or 0. Everything below belongs to that thread.
  private static let owner = Atomic<UInt>(0)
  nonisolated(unsafe) private static var shares: [Kind: Share] = [:]
  nonisolated(unsafe) private static var isInside = false
  private static let turn = NSLock()

  private static var thisThread: UInt { UInt(pthread_self()) }

  private static func start(_ kind: Kind, arithmetic: Double) -> Mark? {
    guard owner.load(ordering: .relaxed) == thisThread, !isInside else { return nil }
    isInside = true
    return Mark(kind: kind, arithmetic: arithmetic, start: .now)
  }

  private static func stop(_ mark: Mark) {
    let seconds = (ContinuousClock.now - mark.start) / .seconds(1)
    var share = shares[mark.kind] ?? Share()
    share.seconds += seconds
    share.operations += 1
    share.arithmetic += mark.arithmetic
    shares[mark.kind] = share
    isInside = false
  }
}
