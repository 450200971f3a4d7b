import GanBase
import GanTensor

/// The features of a set of pictures in fp32, one row per picture.
package struct FeatureMatrix: Sendable {
  /// Features per picture.
  package let columns: Int
  /// `rows * columns` numbers, row by row.
  package private(set) var values: [Float] = []

  package var rows: Int { values.count / columns }

  /// An empty set.
  package init(columns: Int) {
    precondition(columns > 0)
    self.columns = columns
  }

  /// - Precondition: the number of values is a multiple of `columns`.
  package init(_ values: [Float], columns: Int) {
    self.init(columns: columns)
    append(values)
  }

  /// Appends rows.
  package mutating func append(_ values: [Float]) {
    precondition(values.count % columns == 0, "features do not fill their rows")
    self.values += values
  }

  package mutating func reserve(rows: Int) { values.reserveCapacity(rows * columns) }

  /// Whether no feature is an infinity or NaN.
  package var isFinite: Bool { values.allSatisfy(\.isFinite) }

  /// Rows in fp64, `[count, columns]`, minus `origin` (one value per column).
  func block(_ indices: some RandomAccessCollection<Int>, origin: [Double]? = nil) -> Tensor {
    let numbers = [Double](unsafeUninitializedCapacity: indices.count * columns) { out, filled in
      values.withUnsafeBufferPointer { source in
        var target = 0
        for row in indices {
          let start = row * columns
          for column in 0..<columns { out[target + column] = Double(source[start + column]) }
          target += columns
        }
      }
      if let origin {
        for start in stride(from: 0, to: indices.count * columns, by: columns) {
          for column in 0..<columns { out[start + column] -= origin[column] }
        }
      }
      filled = indices.count * columns
    }
    return Tensor(numbers, [indices.count, columns])
  }

  /// Row indices in blocks of `size`.
  func blocks(of size: Int) -> [Range<Int>] {
    stride(from: 0, to: rows, by: size).map { $0..<min($0 + size, rows) }
  }

  /// The mean of each column.
  var means: [Double] {
    var sums = [Double](repeating: 0, count: columns)
    values.withUnsafeBufferPointer { source in
      for row in 0..<rows {
        for column in 0..<columns { sums[column] += Double(source[row * columns + column]) }
      }
    }
    return sums.map { $0 / Double(max(rows, 1)) }
  }
}
