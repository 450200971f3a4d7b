import GanTensor

/// The U-Net of pix2pix (Isola et al. 2017, section 6.1.1): `levels` halvings, skips between mirrored levels.
/// Level 1 is the outermost, `levels` the innermost.
package final class UNetGenerator: Network {
  /// One level: down, the levels below, up.
  private struct Level {
    let number: Int
    let down: Halving, downNorm: Norm
    let up: Upsampling, upNorm: Norm
    let dropout: Dropout?
  }

  private let levels: [Level]
  /// In the decoder, on what comes up from the levels below.
  private let attention: LevelAttention
  package let sizeRule: SizeRule
  package let tensors: TensorStore

  /// - Parameters:
  ///   - width: channels of the outermost level (ngf).
  ///   - levels: at least 5; height and width must be multiples of 2^levels.
  package init(
    _ scope: Scope, inputs: Int, outputs: Int, width: Int, levels count: Int, norm: NormKind, dropout: Bool,
    switches: NetworkSwitches = NetworkSwitches()
  ) {
    tensors = scope.tensors
    precondition(count >= 5)
    sizeRule = SizeRule(multiple: 1 << count, least: 1 << count)
    func channels(_ level: Int) -> Int { level == 0 ? inputs : width << min(level - 1, 3) }
    let hasBias = norm.wantsConvBias, root = scope
    var levels: [Level] = []
    var scope = scope["model"]
    for number in 1...count {
      let isOuter = number == 1, isInner = number == count
      // Index of the down convolution, of what is below, and of the up convolution in the official list.
      let (down, below, up) = isOuter ? (0, 1, 3) : isInner ? (1, 0, 3) : (1, 3, 5)
      let list = scope["model"]
      let upOutputs = isOuter ? outputs : channels(number - 1)
      let upInputs = channels(number) * (isInner ? 1 : 2)
      let hasDropout = dropout && number >= 5 && !isInner
      let downConv = Halving(
        list[down], channels(number - 1), channels(number), kernel: 4, bias: hasBias, isSpectral: switches.isSpectral,
        isSmooth: switches.smoothsHalving)
      let downNorm = isOuter || isInner ? Norm.none : Norm(norm, list[down + 1], channels(number))
      levels.append(
        Level(
          number: number, down: downConv, downNorm: downNorm,
          up: switches.doubling(list[up], upInputs, upOutputs, bias: isOuter || hasBias),
          upNorm: isOuter ? .none : Norm(norm, list[up + 1], upOutputs),
          dropout: hasDropout ? Dropout(list[up + 2]) : nil))
      scope = list[below]
    }
    self.levels = levels
    attention = LevelAttention(root, switches, channels: channels)
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    // Each level's input after its leaky ReLU: that is also the skip.
    var skips: [Tensor] = []
    var current = x
    for level in levels {
      if level.number > 1 {
        current = current.leakyReLU(slope: 0.2)
        skips.append(current)
      }
      current = level.downNorm(level.down(current, pass), pass)
      pass.record("down\(level.number)", current)
    }
    var above = current.relu()
    for level in levels.dropFirst().reversed() {
      // A ReLU follows the concatenation; it is taken before it, on both parts.
      var result = pass.normalize(level.upNorm, level.up(above, pass), slope: 0, as: "up\(level.number)")
      if let dropout = level.dropout { result = dropout(result, pass) }
      result = attention(result, level: level.number - 1, pass)
      above = Tensor.concatenated([skips.removeLast().relu(), result], axis: 3)
    }
    let last = levels[0].up(above, pass)
    pass.record("up1", last)
    return last.tanh()
  }
}

extension NetworkSwitches {
  /// From one level of a U-Net to the next.
  fileprivate func doubling(_ scope: Scope, _ inputs: Int, _ outputs: Int, bias: Bool) -> Upsampling {
    smoothsDoubling
      ? Upsampling(blur: scope, scope, inputs, outputs, bias: bias, isSpectral: isSpectral)
      : Upsampling(upsampling, scope, inputs, outputs, kernel: 4, mode: .zero, bias: bias, isSpectral: isSpectral)
  }
}
