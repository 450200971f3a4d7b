import COpenBLAS
import GanBase
import GanTensor

/// Factorisations in fp64, using LAPACK.
enum LinearAlgebra {
  /// The sum of the singular values of a matrix `[m,n]`, which is overwritten.
  /// - Throws: `GanError` (bug) if LAPACK fails, which it does for numbers that are not finite.
  static func nuclearNorm(_ matrix: Tensor) throws -> Double {
    let (rows, columns) = (matrix.shape[0], matrix.shape[1])
    guard rows > 0, columns > 0 else { return 0 }
    let elements = matrix.doubles
    // In column-major order the matrix is its transpose, which has the same singular values.
    let found = Cancellation.detached {
      var work = elements
      var values = [Double](repeating: 0, count: min(rows, columns))
      let status = LAPACKE_dgesdd(
        LAPACK_COL_MAJOR, CChar(UInt8(ascii: "N")), Int32(columns), Int32(rows), &work, Int32(columns), &values, nil, 1,
        nil, 1)
      return (status, values)
    }
    guard let (status, values) = found else { return 0 }
    try checkMemory(status, dimension: max(rows, columns))
    guard status == 0 else { throw GanError(.bug, "the singular values were not found (LAPACK says \(status))") }
    return values.reduce(0, +)
  }

  /// A factor `f`, `[d, rank]`, of a positive semidefinite matrix, with `f f^T` equal to it: pivoted Cholesky, which
  /// stops when only rounding errors remain (Higham 2002, section 10.3).
  static func factor(_ covariance: [Double], dimension: Int) throws -> Tensor {
    let size = Int32(dimension)
    // A negative tolerance means d * epsilon * the largest variance.
    let found = Cancellation.detached {
      var work = covariance
      var pivots = [Int32](repeating: 0, count: dimension)
      var rank: Int32 = 0
      let status = LAPACKE_dpstrf(
        LAPACK_COL_MAJOR, CChar(UInt8(ascii: "L")), size, &work, size, &pivots, &rank, -1)
      return (status, work, pivots, rank)
    }
    guard let (status, work, pivots, rank) = found else { return Tensor.zeros([dimension, 0], type: .float64) }
    try checkMemory(status, dimension: dimension)
    guard status >= 0 else { throw GanError(.bug, "a covariance was not factorised (LAPACK says \(status))") }
    let columns = covariance.contains { $0 != 0 } ? Int(rank) : 0
    var factor = [Double](repeating: 0, count: dimension * columns)
    for row in 0..<dimension {
      let place = (Int(pivots[row]) - 1) * columns
      for column in 0..<min(row + 1, columns) { factor[place + column] = work[column * dimension + row] }
    }
    return Tensor(factor, [dimension, columns])
  }

  /// Checks for the two status codes with which LAPACKE reports a failed allocation.
  private static func checkMemory(_ status: Int32, dimension: Int) throws {
    guard status == -1010 || status == -1011 else { return }
    throw GanError.environment("out of memory: a matrix of \(dimension)x\(dimension) numbers has no room")
  }
}
