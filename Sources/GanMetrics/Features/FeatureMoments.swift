import GanBase
import GanTensor

/// Running mean and sum of squared deviations of rows, which are not kept. Blocks are centred on their own means before
/// they are merged (Chan, Golub and LeVeque 1983), so a large common mean costs no precision.
package struct FeatureMoments {
  /// Rows per block: enough to make merging cheap.
  static let blockRows = 1024

  package private(set) var count = 0
  private var mean: [Double]
  /// Sum of outer products of deviations, `[d, d]`.
  private var scatter: Tensor
  private var waiting: FeatureMatrix

  package init(dimension: Int) {
    mean = [Double](repeating: 0, count: dimension)
    scatter = .zeros([dimension, dimension], type: .float64)
    waiting = FeatureMatrix(columns: dimension)
  }

  /// Adds any number of rows.
  package mutating func add(_ values: [Float]) {
    waiting.append(values)
    if waiting.rows >= Self.blockRows { flush() }
  }

  /// - Throws: `GanError` (input) for fewer than two rows.
  package mutating func statistics() throws -> FeatureStatistics {
    flush()
    guard count >= 2 else { throw tooFew(count, atLeast: 2, for: "a covariance") }
    return FeatureStatistics(
      count: count, mean: mean, covariance: scatter.doubles.map { $0 / Double(count - 1) })
  }

  private mutating func flush() {
    guard waiting.rows > 0 else { return }
    merge(waiting, rows: 0..<waiting.rows)
    waiting = FeatureMatrix(columns: waiting.columns)
  }

  mutating func merge(_ features: FeatureMatrix, rows: Range<Int>) {
    let block = FeatureMatrix(
      Array(features.values[rows.lowerBound * features.columns..<rows.upperBound * features.columns]),
      columns: features.columns)
    let blockMean = block.means
    let centred = block.block(0..<block.rows, origin: blockMean)
    let added = Double(block.rows), all = added + Double(count)
    let difference = zip(blockMean, mean).map { $0 - $1 }
    let apart = Tensor(difference, [1, difference.count])
    scatter = scatter + centred.matmul(centred, transposeSelf: true)
    if count > 0 { scatter = scatter + apart.matmul(apart, transposeSelf: true) * (added * Double(count) / all) }
    mean = zip(mean, difference).map { $0 + $1 * (added / all) }
    count += block.rows
  }
}

/// The error for a set that is too small to be measured.
func tooFew(_ found: Int, atLeast least: Int, for what: String) -> GanError {
  .input(
    "\(what) needs at least \(least) pictures, found \(found)", help: "add pictures, or leave this measure out")
}
