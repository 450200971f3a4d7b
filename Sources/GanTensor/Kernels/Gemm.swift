import COpenBLAS

/// C = alpha * op(A) * op(B) + beta * C on one thread; row-major, `m` x `n`, inner size `k`.
/// Leading dimensions are in elements.
@inline(__always)
func gemm(
  _ type: ElementType, transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int,
  _ a: UnsafeRawPointer, _ lda: Int, _ b: UnsafeRawPointer, _ ldb: Int, beta: Double = 0,
  _ c: UnsafeMutableRawPointer, _ ldc: Int
) {
  let ta = transposeA ? CblasTrans : CblasNoTrans, tb = transposeB ? CblasTrans : CblasNoTrans
  if type == .float32 {
    cblas_sgemm(
      CblasRowMajor, ta, tb, blasint(m), blasint(n), blasint(k), 1, a.assumingMemoryBound(to: Float.self), blasint(lda),
      b.assumingMemoryBound(to: Float.self), blasint(ldb), Float(beta), c.assumingMemoryBound(to: Float.self),
      blasint(ldc))
  } else {
    cblas_dgemm(
      CblasRowMajor, ta, tb, blasint(m), blasint(n), blasint(k), 1, a.assumingMemoryBound(to: Double.self),
      blasint(lda),
      b.assumingMemoryBound(to: Double.self), blasint(ldb), beta, c.assumingMemoryBound(to: Double.self), blasint(ldc))
  }
}

/// The BLAS library behind the convolutions.
package enum BLAS {
  /// The right kernels, and one thread per call: the program's own threads share the work. To be called before anything
  /// else.
  package static func configure() {
    _ = BLASCore.current
    openblas_set_num_threads(1)
  }

  /// The CPU kernels that OpenBLAS uses, for example `SkylakeX`. Bits of results depend on it.
  package static var core: String { BLASCore.current.name }
}
