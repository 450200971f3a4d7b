import GanBase

/// Improved precision and recall (Kynkaanniemi et al. 2019), and density and coverage (Naeem et al. 2020). Each point
/// of a set has a ball that extends to its k-th nearest neighbour in the set; the metrics count points of the other set
/// in these balls.
package struct PrecisionRecall: Equatable, Sendable {
  /// The fraction of generated pictures within a ball of a real one: quality.
  package let precision: Double
  /// The fraction of real pictures within a ball of a generated one: variety.
  package let recall: Double
  /// The same with balls that exclude their boundary, as in the density and coverage package.
  package let strictPrecision: Double
  package let strictRecall: Double
  /// The mean number of real balls that contain a generated picture, divided by k.
  package let density: Double
  /// The fraction of real balls that contain a generated picture.
  package let coverage: Double
  /// The number of neighbours k.
  package let neighbours: Int

  private static let blockRows = 1024
  /// Squared distances below this fraction of the squared lengths are rounding errors.
  private static let noise = 1e-13

  /// - Throws: `GanError` (input) for a set of at most `neighbours` pictures.
  package init(generated: FeatureMatrix, real: FeatureMatrix, neighbours: Int = 3) throws {
    for set in [generated, real] where set.rows <= neighbours {
      throw tooFew(set.rows, atLeast: neighbours + 1, for: "precision and recall with \(neighbours) neighbours")
    }
    // Centred on the mean of the real pictures, scalar products lose the least precision.
    let origin = real.means
    let realRadii = Self.squaredRadii(real, origin, neighbours)
    let generatedRadii = Self.squaredRadii(generated, origin, neighbours)
    var inReal = [Bool](repeating: false, count: generated.rows), strictlyInReal = inReal
    var inGenerated = [Bool](repeating: false, count: real.rows), strictlyInGenerated = inGenerated
    var covered = inGenerated
    var balls = 0
    Self.forEachDistance(generated, real, origin) { row, column, square in
      if square <= realRadii[column] { inReal[row] = true }
      if square < realRadii[column] {
        strictlyInReal[row] = true
        covered[column] = true
        balls += 1
      }
      if square <= generatedRadii[row] { inGenerated[column] = true }
      if square < generatedRadii[row] { strictlyInGenerated[column] = true }
    }
    (precision, recall) = (Self.share(inReal), Self.share(inGenerated))
    (strictPrecision, strictRecall) = (Self.share(strictlyInReal), Self.share(strictlyInGenerated))
    density = Double(balls) / (Double(neighbours) * Double(generated.rows))
    coverage = Self.share(covered)
    self.neighbours = neighbours
  }

  private static func share(_ flags: [Bool]) -> Double { Double(flags.count { $0 }) / Double(flags.count) }

  /// The squared distance of each point to its k-th nearest neighbour.
  private static func squaredRadii(_ set: FeatureMatrix, _ origin: [Double], _ neighbours: Int) -> [Double] {
    var nearest = [Double](repeating: .infinity, count: set.rows * neighbours)
    nearest.withUnsafeMutableBufferPointer { nearest in
      forEachDistance(set, set, origin) { row, column, square in
        guard row != column else { return }
        let first = row * neighbours
        var place = first + neighbours - 1
        guard square < nearest[place] else { return }
        while place > first, nearest[place - 1] > square {
          nearest[place] = nearest[place - 1]
          place -= 1
        }
        nearest[place] = square
      }
    }
    return (0..<set.rows).map { nearest[($0 + 1) * neighbours - 1] }
  }

  /// Calls the body with the squared distances of all pairs, computed in blocks.
  @inline(__always)
  private static func forEachDistance(
    _ a: FeatureMatrix, _ b: FeatureMatrix, _ origin: [Double], _ body: (Int, Int, Double) -> Void
  ) {
    for rows in a.blocks(of: blockRows) {
      let left = a.block(rows, origin: origin), leftSquares = left.squared().sum(over: [1]).doubles
      for columns in b.blocks(of: blockRows) {
        let right = b.block(columns, origin: origin), rightSquares = right.squared().sum(over: [1]).doubles
        left.matmul(right, transposeOther: true).withBytes { bytes in
          let products = bytes.bindMemory(to: Double.self)
          for i in 0..<rows.count {
            for j in 0..<columns.count {
              let lengths = leftSquares[i] + rightSquares[j]
              let square = lengths - 2 * products[i * columns.count + j]
              body(rows.lowerBound + i, columns.lowerBound + j, square > noise * lengths ? square : 0)
            }
          }
        }
      }
    }
  }
}
