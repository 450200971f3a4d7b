extension Tensor {
  /// Channels become pixels (Shi et al. 2016): `[N,H,W,C*r*r]` to `[N,H*r,W*r,C]`. Channel `(c*r + i)*r + j` is the pixel
  /// in row `i` and column `j` of its block, as in PyTorch.
  public func pixelShuffled(by r: Int) -> Tensor {
    let (n, h, w, c) = (shape[0], shape[1], shape[2], shape[3] / (r * r))
    precondition(shape[3] == c * r * r, "shuffling \(shape) by \(r)")
    return reshaped(to: [n, h, w, c, r, r]).permuted([0, 1, 4, 2, 5, 3]).reshaped(to: [n, h * r, w * r, c])
  }
}
