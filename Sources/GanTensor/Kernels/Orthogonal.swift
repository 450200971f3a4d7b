import COpenBLAS

/// See `Tensor.orthogonal`.
func orthogonalMatrix(rows: Int, columns: Int, normal: [Float]) -> [Float] {
  precondition(normal.count == rows * columns)
  // Column-major with at least as many rows as columns: as given when rows < columns (then it is the
  // transpose), else transposed here.
  let tall = max(rows, columns), thin = min(rows, columns), isWide = rows < columns
  var matrix = [Float](repeating: 0, count: tall * thin)
  for row in 0..<tall {
    for column in 0..<thin {
      matrix[column * tall + row] = isWide ? normal[column * columns + row] : normal[row * columns + column]
    }
  }
  var reflectors = [Float](repeating: 0, count: thin)
  let size = Int32(tall), width = Int32(thin)
  LAPACKE_sgeqrf(LAPACK_COL_MAJOR, size, width, &matrix, size, &reflectors)
  let signs = (0..<thin).map { matrix[$0 * tall + $0] < 0 ? Float(-1) : 1 }
  LAPACKE_sorgqr(LAPACK_COL_MAJOR, size, width, width, &matrix, size, &reflectors)
  var result = [Float](repeating: 0, count: rows * columns)
  for row in 0..<tall {
    for column in 0..<thin {
      result[isWide ? column * columns + row : row * columns + column] = matrix[column * tall + row] * signs[column]
    }
  }
  return result
}
