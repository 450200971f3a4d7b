import GanBase

/// The kernel distance (KID, Binkowski et al. 2018): an unbiased estimate of the squared maximum mean discrepancy of
/// two sets with the kernel (x.y/d + 1)^3. It may be negative, and its mean does not depend on the number of pictures.
package enum KernelDistance {
  private static let blockRows = 1024

  /// The default subset size: 1,000 as usual, or half of the smaller set if that is less, so that subsets differ.
  package static func usualSubsetSize(_ a: Int, _ b: Int) -> Int {
    let usual = 1000, least = min(a, b)
    return least >= usual ? usual : max(2, least / 2)
  }

  /// Mean and population standard deviation over subsets.
  package struct Result: Equatable, Sendable {
    package let mean: Double
    package let deviation: Double
    package let perSubset: [Double]
    package let subsetSize: Int
  }

  /// The distance of two whole sets.
  /// - Throws: `GanError` (input) for a set of fewer than two rows.
  package static func unbiased(_ a: FeatureMatrix, _ b: FeatureMatrix) throws -> Double {
    for set in [a, b] where set.rows < 2 { throw tooFew(set.rows, atLeast: 2, for: "KID") }
    let (m, n) = (Double(a.rows), Double(b.rows))
    let (within, among, between) = (sums(a, a), sums(b, b), sums(a, b))
    return (within.all - within.diagonal) / (m * (m - 1)) + (among.all - among.diagonal) / (n * (n - 1))
      - 2 * between.all / (m * n)
  }

  /// Mean and deviation over subsets given by their rows.
  package static func overSubsets(
    _ a: FeatureMatrix, _ b: FeatureMatrix, rows: [(a: [Int], b: [Int])], advanced: (Int) throws -> Void = { _ in }
  ) throws -> Result {
    var values: [Double] = []
    for (index, subset) in rows.enumerated() {
      values.append(try unbiased(a.picked(subset.a), b.picked(subset.b)))
      try advanced(index + 1)
    }
    let mean = values.reduce(0, +) / Double(max(values.count, 1))
    let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(values.count, 1))
    return Result(
      mean: mean, deviation: square.squareRoot(), perSubset: values, subsetSize: rows.first?.a.count ?? 0)
  }

  /// Mean and deviation over `count` random subsets of `size` rows of each set, drawn without replacement; determined
  /// by the seed.
  /// - Throws: `GanError` (input) if a set is smaller than `size`.
  package static func overRandomSubsets(
    _ a: FeatureMatrix, _ b: FeatureMatrix, count: Int, size: Int, seed: UInt64 = 0,
    advanced: (Int) throws -> Void = { _ in }
  ) throws -> Result {
    let least = min(a.rows, b.rows)
    guard size >= 2, size <= least else {
      throw GanError.input(
        "subsets of \(size) pictures cannot be drawn from \(least)", help: "use subsets of 2 to \(least) pictures")
    }
    var random = RandomStream(seed: seed)
    let rows = (0..<count).map { _ in
      (a: Array(random.permutation(a.rows).prefix(size)), b: Array(random.permutation(b.rows).prefix(size)))
    }
    return try overSubsets(a, b, rows: rows, advanced: advanced)
  }

  /// Sums of the kernel over all pairs of rows, and over pairs with equal indices.
  private static func sums(_ a: FeatureMatrix, _ b: FeatureMatrix) -> (all: Double, diagonal: Double) {
    var all = 0.0, diagonal = 0.0
    let scale = 1 / Double(a.columns)
    for rows in a.blocks(of: blockRows) {
      let block = a.block(rows)
      for columns in b.blocks(of: blockRows) {
        let products = block.matmul(b.block(columns), transposeOther: true)
        products.withBytes { bytes in
          let values = bytes.bindMemory(to: Double.self)
          for row in rows {
            var sum = 0.0
            let start = (row - rows.lowerBound) * columns.count
            for index in 0..<columns.count {
              let base = values[start + index] * scale + 1
              sum += base * base * base
            }
            all += sum
            if columns.contains(row) {
              let base = values[start + row - columns.lowerBound] * scale + 1
              diagonal += base * base * base
            }
          }
        }
      }
    }
    return (all, diagonal)
  }
}

extension FeatureMatrix {
  /// The rows with these indices.
  func picked(_ rows: [Int]) -> FeatureMatrix {
    var picked = FeatureMatrix(columns: columns)
    picked.reserve(rows: rows.count)
    for row in rows { picked.append(Array(values[row * columns..<(row + 1) * columns])) }
    return picked
  }
}
