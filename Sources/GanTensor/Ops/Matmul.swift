import GanBase

extension Tensor {
  /// Matrix product of `[m,k]` and `[k,n]`, either of which may be transposed.
  package func matmul(_ other: Tensor, transposeSelf: Bool = false, transposeOther: Bool = false) -> Tensor {
    let mark = OpClock.begin(.matrix)
    defer { OpClock.end(mark) }
    let m = shape[transposeSelf ? 1 : 0], k = shape[transposeSelf ? 0 : 1]
    let n = other.shape[transposeOther ? 0 : 1]
    precondition(other.shape[transposeOther ? 1 : 0] == k, "matmul of \(shape) and \(other.shape)")
    let result = Tensor(uninitialized: [m, n], type)
    // Columns are divided among threads, not the inner sum.
    parallel(n, grain: max(64, ceilDiv(n, 8))) { range in
      let start = transposeOther ? range.lowerBound * k : range.lowerBound
      gemm(
        type, transposeA: transposeSelf, transposeB: transposeOther, m: m, n: range.count, k: k, pointer,
        shape[1], other.pointer(at: start), other.shape[1], result.pointer(at: range.lowerBound), n)
    }
    return result.recorded(
      "matmul", as: .matmul(transposeA: transposeSelf, transposeB: transposeOther), from: [self, other],
      saving: [self, other]
    ) { backward in
      let (a, b, g) = (backward.saved[0], backward.saved[1], backward.gradient)
      let da = { () -> Tensor in
        transposeSelf
          ? b.matmul(g, transposeSelf: transposeOther, transposeOther: true)
          : g.matmul(b, transposeOther: !transposeOther)
      }
      let db = { () -> Tensor in
        transposeOther
          ? g.matmul(a, transposeSelf: true, transposeOther: transposeSelf)
          : a.matmul(g, transposeSelf: !transposeSelf)
      }
      return [backward.needs[0] ? da() : nil, backward.needs[1] ? db() : nil]
    }
  }
}
