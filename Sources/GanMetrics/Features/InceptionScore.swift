import Foundation

/// The Inception Score (Salimans et al. 2016): high if the class of each picture is certain and the classes of all
/// pictures are varied. Meaningful only for sets with many ImageNet classes.
package struct InceptionScore: Equatable, Sendable {
  /// Mean and population standard deviation over the splits.
  package let mean: Double
  package let deviation: Double
  package let perSplit: [Double]

  /// - Parameters:
  ///   - logits: one row per picture.
  ///   - splits: the number of equal parts in the order of the rows, each of which gets a score.
  ///   - order: a permutation of the rows, as the original program shuffles them.
  /// - Throws: `GanError` (input) if there are fewer rows than splits.
  package init(_ logits: FeatureMatrix, splits: Int = 10, order: [Int]? = nil) throws {
    let rows = order ?? Array(0..<logits.rows)
    guard splits >= 1, rows.count >= splits else {
      throw tooFew(rows.count, atLeast: splits, for: "an Inception Score of \(splits) parts")
    }
    let scores = (0..<splits).map { split in
      Self.score(logits, rows[split * rows.count / splits..<(split + 1) * rows.count / splits])
    }
    perSplit = scores
    let mean = scores.reduce(0, +) / Double(splits)
    self.mean = mean
    deviation = (scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(splits)).squareRoot()
  }

  /// exp of the mean divergence of p(class | picture) from p(class).
  private static func score(_ logits: FeatureMatrix, _ rows: ArraySlice<Int>) -> Double {
    var marginal = [Double](repeating: 0, count: logits.columns)
    var negativeEntropy = 0.0
    for row in rows {
      let values = logits.values[row * logits.columns..<(row + 1) * logits.columns].map(Double.init)
      let greatest = values.max() ?? 0
      let exponentials = values.map { exp($0 - greatest) }
      let sum = exponentials.reduce(0, +), logSum = log(sum)
      for (column, exponential) in exponentials.enumerated() {
        let probability = exponential / sum
        marginal[column] += probability
        negativeEntropy += probability * (values[column] - greatest - logSum)
      }
    }
    let count = Double(rows.count)
    // A class with probability 0 contributes nothing.
    let crossEntropy = marginal.reduce(0) { $0 + ($1 > 0 ? $1 * log($1 / count) : 0) }
    return exp((negativeEntropy - crossEntropy) / count)
  }
}
