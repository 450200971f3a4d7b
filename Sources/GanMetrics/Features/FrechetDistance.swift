import GanBase

/// The Fréchet distance of two normal distributions (Dowson and Landau 1982), which for features of the Inception
/// network is the FID (Heusel et al. 2017): |mean1 - mean2|^2 + tr S1 + tr S2 - 2 tr (S1 S2)^(1/2).
///
/// The last term is computed as the sum of the singular values of A1^T A2 for any factors S = A A^T. This avoids square
/// roots of rounding errors and complex numbers, and is exact for singular covariances (fewer pictures than features).
package struct FrechetDistance: Equatable, Sendable {
  /// The distance, clamped to 0 for rounding errors.
  package var value: Double { max(0, meanTerm + traceA + traceB - 2 * traceOfRoot) }
  package let meanTerm: Double
  package let traceA: Double
  package let traceB: Double
  package let traceOfRoot: Double

  /// The largest number of elements in the Gram matrix of small sets.
  private static let mostProducts = 1 << 24

  /// - Throws: `GanError` (input) for a set of fewer than two rows. Both sets must have the same kind of features.
  package init(_ a: FeatureMatrix, _ b: FeatureMatrix) throws {
    precondition(a.columns == b.columns, "features of two kinds")
    let isSmall = min(a.rows, b.rows) < a.columns && a.rows * b.rows <= Self.mostProducts
    if isSmall { try self.init(rowsOf: a, b) } else { try self.init(FeatureStatistics(a), FeatureStatistics(b)) }
  }

  /// Approximate peak memory in bytes for two sets of `rows` rows.
  package static func bytes(rows: Int, columns: Int) -> Int {
    let isSmall = rows < columns && rows * rows <= mostProducts
    return 8 * (isSmall ? 4 * rows * columns + 3 * rows * rows : 8 * columns * columns)
  }

  /// Uses the centred rows themselves as factors.
  private init(rowsOf a: FeatureMatrix, _ b: FeatureMatrix) throws {
    for set in [a, b] where set.rows < 2 { throw tooFew(set.rows, atLeast: 2, for: "a Fréchet distance") }
    let (meanA, meanB) = (a.means, b.means)
    let (factorA, factorB) = (a.block(0..<a.rows, origin: meanA), b.block(0..<b.rows, origin: meanB))
    let products = factorA.matmul(factorB, transposeOther: true)
    meanTerm = squaredDistance(meanA, meanB)
    traceA = factorA.squared().sum().item / Double(a.rows - 1)
    traceB = factorB.squared().sum().item / Double(b.rows - 1)
    traceOfRoot =
      try LinearAlgebra.nuclearNorm(products) / (Double(a.rows - 1) * Double(b.rows - 1)).squareRoot()
  }

  package init(_ a: FeatureStatistics, _ b: FeatureStatistics) throws {
    precondition(a.dimension == b.dimension, "features of two kinds")
    meanTerm = squaredDistance(a.mean, b.mean)
    (traceA, traceB) = (a.trace, b.trace)
    let factors = (
      try LinearAlgebra.factor(a.covariance, dimension: a.dimension),
      try LinearAlgebra.factor(b.covariance, dimension: b.dimension)
    )
    let isZero = factors.0.count == 0 || factors.1.count == 0
    traceOfRoot = isZero ? 0 : try LinearAlgebra.nuclearNorm(factors.0.matmul(factors.1, transposeSelf: true))
  }
}

private func squaredDistance(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
}
