/// Mean and covariance of a set's features, from which the Fréchet distance is computed.
package struct FeatureStatistics: Sendable {
  /// The number of pictures; nil if a file does not record it.
  package let count: Int?
  /// `[d]`
  package let mean: [Double]
  /// `[d, d]`, symmetric; divisor n - 1.
  package let covariance: [Double]

  package var dimension: Int { mean.count }

  /// The sum of the variances.
  package var trace: Double { (0..<dimension).reduce(0) { $0 + covariance[$1 * (dimension + 1)] } }

  /// - Precondition: the sizes match.
  package init(count: Int?, mean: [Double], covariance: [Double]) {
    precondition(covariance.count == mean.count * mean.count && !mean.isEmpty, "a covariance of another size")
    (self.count, self.mean, self.covariance) = (count, mean, covariance)
  }

  /// - Throws: `GanError` (input) for fewer than two rows.
  package init(_ features: FeatureMatrix) throws {
    var moments = FeatureMoments(dimension: features.columns)
    for block in features.blocks(of: FeatureMoments.blockRows) { moments.merge(features, rows: block) }
    self = try moments.statistics()
  }
}
