extension Tensor {
  /// The softmax of each row of this matrix `[m,n]`: positive numbers whose sum is 1.
  package func softmax() -> Tensor {
    GraphTrace.whole(.softmax, from: [self]) { softmaxOfRows() }
  }

  private func softmaxOfRows() -> Tensor {
    let result = Tape.paused {
      // The largest element of a row is taken away from all, which changes nothing but keeps exp finite.
      let powers = (self - reshaped(to: [shape[0], shape[1], 1, 1]).globalMaximum()).exp()
      return powers / powers.sum(over: [1])
    }
    return result.recorded("softmax", from: [self], savesResult: true) { backward in
      let y = backward.savedResult, dy = backward.gradient
      return [y * (dy - (dy * y).sum(over: [1]))]
    }
  }

  /// Attention (Zhang et al. 2018, equation 2): for each query the mean of all values, weighted by the softmax of the
  /// products of the query with their keys.
  /// - Parameters:
  ///   - self: the queries, `[N,H,W,C]`.
  ///   - keys: `[N,H,W,C]`.
  ///   - values: `[N,H,W,D]`.
  /// - Returns: `[N,H,W,D]`.
  package func attending(keys: Tensor, values: Tensor) -> Tensor {
    GraphTrace.whole(.attention, from: [self, keys, values]) { attendingInBlocks(keys: keys, values: values) }
  }

  private func attendingInBlocks(keys: Tensor, values: Tensor) -> Tensor {
    let pixels = shape[1] * shape[2]
    func rows(_ x: Tensor, _ sample: Int, _ range: Range<Int>) -> Tensor {
      x.sliced(sample..<sample + 1, axis: 0).reshaped(to: [pixels, x.shape[3]]).sliced(range, axis: 0)
    }
    // Block by block, so that the weights of a whole large picture never stand in memory at once without a tape.
    let blocks = stride(from: 0, to: pixels, by: queriesAtOnce).map { $0..<Swift.min($0 + queriesAtOnce, pixels) }
    let samples = (0..<shape[0]).flatMap { sample in
      let keys = rows(keys, sample, 0..<pixels), values = rows(values, sample, 0..<pixels)
      return blocks.map { rows(self, sample, $0).matmul(keys, transposeOther: true).softmax().matmul(values) }
    }
    return Tensor.concatenated(samples, axis: 0).reshaped(to: [shape[0], shape[1], shape[2], values.shape[3]])
  }
}

/// Whose attention is computed together.
private let queriesAtOnce = 1024
