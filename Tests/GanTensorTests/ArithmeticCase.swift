import CRuntime
import Testing

@testable import GanTensor

/// A precision as one kind of CPU computes it: what is tested does not depend on the CPU that runs the tests.
struct ArithmeticCase: CustomTestStringConvertible, Sendable {
  let precision: Precision
  /// Of `gk_tiles`.
  let tiles: Int

  /// All that this CPU can compute: everything but AMX itself, and that where it has it.
  static let all: [ArithmeticCase] =
    [ArithmeticCase(precision: .highest, tiles: GK_TILES_ABSENT)]
    + [Precision.high, .medium].flatMap { precision in
      ([GK_TILES_ABSENT, GK_TILES_EMULATED, GK_TILES_ROUNDED] + (hasTiles ? [GK_TILES_AMX] : [])).map {
        ArithmeticCase(precision: precision, tiles: $0)
      }
    }

  /// Whether this process can use AMX.
  static let hasTiles = Int(gk_tiles()) == GK_TILES_AMX

  var arithmetic: ConvolutionArithmetic { ConvolutionArithmetic(precision, tiles: tiles) }

  var testDescription: String { "\(precision) as \(arithmetic)" }

  func callAsFunction<Result>(_ body: () throws -> Result) rethrows -> Result {
    try ConvolutionArithmetic.withTiles(tiles) { try Precision.with(precision, body) }
  }

  /// How far a result may be off: so much of the largest result, and of the sum of its products' sizes, |a| |b|.
  ///
  /// In fp32 Winograd's transforms mix neighbours, so that an error is one of the largest result: found are up to 1e-6
  /// for the tiles of `highest`, 3e-6 for wide ones.
  ///
  /// On tiles every product is off by a share of itself. With u = 2^-8, bf16 rounds a factor to within u of itself. One
  /// part: (1 + u)^2 - 1 = 2u + u^2. Two parts: a factor is high + low + rest with |low| <= u and |rest| <= u^2 of it,
  /// and what is left out, low * low and either rest times the other factor, is at most 3u^2 (and u^4) of the product.
  /// Errors of one sign add up, so the bound grows as the sum of sizes does; that is certain for every CPU and
  /// order of sums, and those of random sign, which grow as its root, stay far below. Sums in fp32 add 2^-19 at most
  /// for these sizes. Shapes that do not suit tiles are computed as in `highest`, whose share is added.
  var bound: (ofLargest: Double, ofSize: Double) {
    switch arithmetic {
    case .single: (2e-6, 0)
    case .wideTiles: (5e-6, 0)
    case .tiles(let parts, _), .rounded(let parts):
      (2e-6, (parts == 1 ? 0x1p-7 + 0x1p-16 : 3 * 0x1p-16 + 0x1p-32) + 0x1p-19)
    }
  }
}
