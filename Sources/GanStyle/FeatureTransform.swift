import COpenBLAS
import Foundation
import GanBase
import GanTensor

/// The whitening and colouring transform of PhotoWCT (Li et al. 2018, equations 2 and 3): features of one picture with
/// the mean and the covariance of another one's. Covariances and their roots are computed in Float64.
enum FeatureTransform {
  /// Directions in which features vary less are left out.
  private static let leastVariance = 1e-5
  /// Rows that are converted to Float64 at once.
  private static let rowsAtOnce = 4096

  /// - Parameters:
  ///   - content: a row of features for each pixel, `[P,C]`, at least two rows.
  ///   - style: `[Q,C]`, at least two rows.
  /// - Throws: `GanError` (checkpoint) for features that are not finite.
  static func apply(_ content: Tensor, _ style: Tensor) throws -> Tensor {
    let (mean, covariance) = try moments(content), (styleMean, styleCovariance) = try moments(style)
    // As in the authors' program, the identity is added to the covariance of the content.
    let whitening = try power(-0.5, of: covariance + identity(covariance.shape[0]))
    let transform = whitening.matmul(try power(0.5, of: styleCovariance))
    let centred = content - mean.converted(to: content.type)
    return centred.matmul(transform.converted(to: content.type)) + styleMean.converted(to: content.type)
  }

  /// The mean `[1,C]` and the covariance `[C,C]` of rows.
  private static func moments(_ rows: Tensor) throws -> (mean: Tensor, covariance: Tensor) {
    let (count, channels) = (rows.shape[0], rows.shape[1])
    guard rows.isFinite else {
      throw GanError.checkpoint("the features of a picture are not finite: these weights do not fit the encoders")
    }
    let blocks = stride(from: 0, to: count, by: rowsAtOnce).map { start in
      { rows.sliced(start..<min(start + rowsAtOnce, count), axis: 0).converted(to: .float64) }
    }
    let sum = blocks.reduce(Tensor.zeros([1, channels], type: .float64)) {
      $0 + $1().sum(over: [0]).reshaped(to: [1, channels])
    }
    let mean = sum.scaled(by: 1 / Double(count))
    let scatter = blocks.reduce(Tensor.zeros([channels, channels], type: .float64)) { sum, block in
      let centred = block() - mean
      return sum + centred.matmul(centred, transposeSelf: true)
    }
    return (mean, scatter.scaled(by: 1 / Double(count - 1)))
  }

  private static func identity(_ size: Int) -> Tensor {
    Tensor((0..<size * size).map { $0 % (size + 1) == 0 ? 1.0 : 0 }, [size, size])
  }

  /// A power of a symmetric positive semidefinite matrix, without the directions of its small eigenvalues.
  private static func power(_ exponent: Double, of matrix: Tensor) throws -> Tensor {
    let size = matrix.shape[0]
    guard !DryRun.isOn else { return Tensor.zeros([size, size], type: .float64) }
    // Singular values and vectors of such a matrix are its eigenvalues and eigenvectors.
    var work = matrix.doubles, values = [Double](repeating: 0, count: size)
    var vectors = [Double](repeating: 0, count: size * size), others = vectors
    // In column-major order vectors are columns, so as rows of a matrix here.
    let status = LAPACKE_dgesdd(
      LAPACK_COL_MAJOR, CChar(UInt8(ascii: "A")), Int32(size), Int32(size), &work, Int32(size), &values, &vectors,
      Int32(size), &others, Int32(size))
    guard status != -1010, status != -1011 else {
      throw GanError.environment("out of memory: a matrix of \(size)x\(size) numbers has no room")
    }
    guard status == 0 else { throw GanError(.bug, "the eigenvalues were not found (LAPACK says \(status))") }
    let factors = values.map { $0 >= leastVariance ? pow($0, exponent) : 0 }
    let rows = Tensor(vectors, [size, size])
    return rows.matmul(rows * Tensor(factors, [size, 1]), transposeSelf: true)
  }
}
