import CRuntime
import Synchronization

/// The accuracy of the products in convolutions, named as in PyTorch's `set_float32_matmul_precision`. Values,
/// weights and sums are fp32 in all of them, and everything but convolutions is computed in fp32.
package enum Precision: String, CaseIterable, Sendable {
  /// Factors in fp32.
  case highest
  /// Each factor as a sum of two bf16 numbers, and of the four products the three that count.
  case high
  /// Factors rounded to bf16.
  case medium
}

extension Precision {
  private static let chosen = Atomic<Int>(0)

  /// The precision of convolutions that the calling thread starts.
  package static var current: Precision {
    let scoped = Int(gk_scoped_precision())
    return allCases[scoped >= 0 ? scoped : chosen.load(ordering: .relaxed)]
  }

  /// Sets the precision for all threads.
  package static func use(_ precision: Precision) { chosen.store(precision.index, ordering: .relaxed) }

  /// Sets the precision for the calling thread while `body` runs. A backward pass uses the precision that is set when it runs.
  package static func with<Result>(_ precision: Precision, _ body: () throws -> Result) rethrows -> Result {
    let before = gk_scoped_precision()
    gk_set_scoped_precision(Int32(precision.index))
    defer { gk_set_scoped_precision(before) }
    return try body()
  }

  private var index: Int {
    switch self {
    case .highest: 0
    case .high: 1
    case .medium: 2
    }
  }
}
