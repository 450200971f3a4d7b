import CKernels

extension Tensor {
  /// Channels become pixels (Shi et al. 2016): `[N,H,W,C*r*r]` to `[N,H*r,W*r,C]`. Channel `(c*r + i)*r + j` is the
  /// pixel in row `i` and column `j` of its block, as in PyTorch.
  package func pixelShuffled(by r: Int) -> Tensor {
    precondition(shape[3] % (r * r) == 0, "shuffling \(shape) by \(r)")
    return shuffleKernel(
      to: [shape[0], shape[1] * r, shape[2] * r, shape[3] / (r * r)], width: shape[2], by: r, back: false
    ).recorded("pixel shuffle", as: .pixelShuffle(r), from: [self]) { [$0.gradient.pixelUnshuffled(by: r)] }
  }

  /// The inverse: blocks of pixels become channels.
  func pixelUnshuffled(by r: Int) -> Tensor {
    shuffleKernel(
      to: [shape[0], shape[1] / r, shape[2] / r, shape[3] * r * r], width: shape[2] / r, by: r, back: true
    ).recorded("pixel unshuffle", from: [self]) { [$0.gradient.pixelShuffled(by: r)] }
  }

  /// - Parameter width: pixels in a row of the side with the many channels.
  private func shuffleKernel(to target: Shape, width: Int, by r: Int, back: Bool) -> Tensor {
    let mark = OpClock.begin(.rearranging)
    defer { OpClock.end(mark) }
    let result = Tensor(uninitialized: target, type)
    let deepChannels = back ? target[3] : shape[3]
    let rowCount = width * deepChannels
    parallelRows(count / rowCount, of: rowCount) { range in
      for row in range {
        gk_shuffle_row(
          type.rawValue, pointer(at: row * rowCount), width, deepChannels / (r * r), r, back ? 1 : 0,
          result.pointer(at: row * rowCount))
      }
    }
    return result
  }
}
