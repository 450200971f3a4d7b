import CKernels

/// Products of a matrix of few rows with some columns of a large one, which is read once: by a kernel of our own in
/// Float32, whose results do not depend on how the columns are divided, and by BLAS in Float64.
struct ProductOfFewRows {
  /// Of the large matrix, computed at a time.
  static let columns = 32

  private let type: ElementType
  private let rows: Int, depth: Int

  init(_ type: ElementType, rows: Int, depth: Int) { (self.type, self.rows, self.depth) = (type, rows, depth) }

  /// Bytes of each `Storage` that `compute` needs.
  var scratch: [Int] { type == .float32 ? [gk_few_rows_scratch(rows) * type.size] : [] }

  /// `to[rows,columns] = left[rows,depth] * right[depth,columns]`.
  /// - Parameters:
  ///   - transposed: whether `right` is `[columns,depth]`.
  ///   - leftStep, rightStep, step: elements from one row of a matrix to the next.
  ///   - columns: at most 32.
  func compute(
    _ left: UnsafeMutableRawPointer, _ leftStep: Int, _ right: UnsafeMutableRawPointer, _ rightStep: Int,
    transposed: Bool = false, columns: Int, to result: UnsafeMutableRawPointer, _ step: Int, _ scratch: [Storage]
  ) {
    guard type == .float32 else {
      return gemm(
        type, transposeB: transposed, m: rows, n: columns, k: depth, left, leftStep, right, rightStep, result, step)
    }
    func floats(_ pointer: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Float> {
      pointer.assumingMemoryBound(to: Float.self)
    }
    gk_product_of_few_rows(
      floats(left), leftStep, rows, floats(right), rightStep, transposed ? 1 : 0, depth, columns, floats(result), step,
      floats(scratch[0].pointer))
  }
}
