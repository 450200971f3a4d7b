import GanBase
import GanTestSupport
import Testing

@testable import GanTensor

/// Against plain sums in Float64, for rows and columns that leave parts of vectors and of blocks over.
@Suite struct ProductOfFewRowsTests {
  init() throws { try Engine.start(threads: 2) }

  private func product(
    _ a: [Float], _ b: [Float], rows: Int, depth: Int, first: Int = 0, columns: Int, of width: Int, transposed: Bool
  ) throws -> [Float] {
    let left = Tensor(a, [rows, depth]), right = Tensor(b, transposed ? [width, depth] : [depth, width])
    let result = Tensor(repeating: 7, [rows, columns + 3])
    let products = ProductOfFewRows(.float32, rows: rows, depth: depth)
    products.compute(
      left.pointer, depth, right.pointer(at: first * (transposed ? depth : 1)), transposed ? depth : width,
      transposed: transposed, columns: columns, to: result.pointer, columns + 3,
      products.scratch.map { Storage(bytes: $0) })
    let values = result.floats
    for row in 0..<rows {
      #expect(values[(row * (columns + 3) + columns)..<((row + 1) * (columns + 3))].allSatisfy { $0 == 7 })
    }
    return (0..<rows).flatMap { row in values[(row * (columns + 3))..<(row * (columns + 3) + columns)] }
  }

  @Test(arguments: [1, 5, 6, 7, 14, 29], [1, 3, 127, 128, 129, 301])
  func matchesPlainSums(rows: Int, depth: Int) throws {
    var random = RandomStream(seed: UInt64(rows * 1000 + depth))
    for columns in [1, 6, 17, 31, 32] {
      let a = random.normals(rows * depth), b = random.normals(depth * columns)
      for transposed in [false, true] {
        let found = try product(
          a, b, rows: rows, depth: depth, columns: columns, of: columns, transposed: transposed)
        let expected = (0..<rows * columns).map { index -> Double in
          let (row, column) = index.quotientAndRemainder(dividingBy: columns)
          return (0..<depth).reduce(0.0) { sum, k in
            sum + Double(a[row * depth + k]) * Double(b[transposed ? column * depth + k : k * columns + column])
          }
        }
        expectClose(found.map(Double.init), expected, absolute: 2e-6 * Double(depth).squareRoot() + 1e-6)
      }
    }
  }

  /// The same bits in whatever group of columns, and among however many rows, a number is computed.
  @Test func divisionChangesNoBit() throws {
    var random = RandomStream(seed: 3)
    let (rows, depth, width) = (9, 333, 32)
    let a = random.normals(rows * depth), b = random.normals(depth * width)
    for transposed in [false, true] {
      let whole = try product(a, b, rows: rows, depth: depth, columns: width, of: width, transposed: transposed)
      let part = try product(
        Array(a[(2 * depth)..<(5 * depth)]), b, rows: 3, depth: depth, first: 8, columns: 11, of: width,
        transposed: transposed)
      let expected = (2..<5).flatMap { row in whole[(row * width + 8)..<(row * width + 19)] }
      #expect(part == expected)
    }
  }
}
