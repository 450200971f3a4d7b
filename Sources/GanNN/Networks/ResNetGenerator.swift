import GanTensor

/// The generator of CycleGAN (Zhu et al. 2017, section 7.2; after Johnson et al. 2016): two halvings, residual
/// blocks, two doublings.
package final class ResNetGenerator: Network {
  private let stem: Convolution, stemNorm: Norm
  private let downs: [(conv: Convolution, norm: Norm, blur: SmoothDownsampling?)]
  private let blocks: [ResidualBlock]
  private let ups: [(conv: Upsampling, norm: Norm)]
  private let last: Convolution
  /// After the residual blocks, or after the first doubling.
  private let attention: LevelAttention
  package let sizeRule = SizeRule(multiple: 4, least: 8)
  package let tensors: TensorStore

  /// - Parameter width: channels of the first layer (ngf).
  package init(
    _ scope: Scope, inputs: Int, outputs: Int, width: Int, blocks count: Int, norm: NormKind, dropout: Bool,
    switches: NetworkSwitches = NetworkSwitches()
  ) {
    tensors = scope.tensors
    let list = scope["model"], hasBias = norm.wantsConvBias, isSpectral = switches.isSpectral
    stem = Convolution(
      list[1], inputs, width, kernel: 7, padding: 3, mode: .reflect, bias: hasBias, isSpectral: isSpectral)
    stemNorm = Norm(norm, list[2], width)
    // Places in the official list of modules; blurs have places of their own, as in CUT.
    let isSmooth = switches.smoothsHalving, halving = isSmooth ? 4 : 3
    downs = [width, 2 * width].enumerated().map { level, channels in
      let index = 4 + level * halving
      return (
        Convolution(
          list[index], channels, 2 * channels, kernel: 3, stride: isSmooth ? 1 : 2, padding: 1, bias: hasBias,
          isSpectral: isSpectral),
        Norm(norm, list[index + 1], 2 * channels),
        isSmooth ? SmoothDownsampling(list[index + 3], 2 * channels) : nil
      )
    }
    let firstBlock = 4 + 2 * halving, firstUp = firstBlock + count, doubling = switches.smoothsDoubling ? 4 : 3
    blocks = (0..<count).map {
      ResidualBlock(
        list[firstBlock + $0]["conv_block"], 4 * width, norm: norm, dropout: dropout, isSpectral: isSpectral)
    }
    ups = [4 * width, 2 * width].enumerated().map { level, channels in
      let end = firstUp + (level + 1) * doubling
      return (
        switches.doubling(list, end: end, channels, bias: hasBias), Norm(norm, list[end - 2], channels / 2)
      )
    }
    last = Convolution(
      list[firstUp + 2 * doubling + 1], width, outputs, kernel: 7, padding: 3, mode: .reflect, isSpectral: isSpectral)
    attention = LevelAttention(scope, switches) { width << $0 }
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    var y = stemNorm(stem(x, pass), pass, slope: 0)
    pass.record("stem", y)
    for (conv, norm, blur) in downs {
      y = norm(conv(y, pass), pass, slope: 0)
      if let blur { y = blur(y) }
    }
    pass.record("down", y)
    for (index, block) in blocks.enumerated() {
      y = block(y, pass)
      pass.record("block\(index + 1)", y)
    }
    for (index, up) in ups.enumerated() {
      y = up.norm(up.conv(attention(y, level: ups.count - index, pass), pass), pass, slope: 0)
    }
    pass.record("up", y)
    return last(y, pass).tanh()
  }
}

extension NetworkSwitches {
  /// To half the channels.
  /// - Parameter end: the place behind the doubling, its norm and its activation.
  fileprivate func doubling(_ list: Scope, end: Int, _ channels: Int, bias: Bool) -> Upsampling {
    smoothsDoubling
      ? Upsampling(
        blur: list[end - 4], list[end - 3], channels, channels / 2, bias: bias, isSpectral: isSpectral)
      : Upsampling(
        upsampling, list[end - 3], channels, channels / 2, kernel: 3, mode: .reflect, bias: bias,
        isSpectral: isSpectral)
  }
}

/// `x + norm(conv(dropout(relu(norm(conv(x))))))`, reflection padding, no activation after the sum.
package struct ResidualBlock {
  private let first: Convolution, firstNorm: Norm
  private let dropout: Dropout?
  private let second: Convolution, secondNorm: Norm

  /// - Parameters:
  ///   - bias: of the convolutions; nil for what official networks do with that norm.
  ///   - isSpectral: whether their weights are spectrally normalised.
  package init(
    _ scope: Scope, _ channels: Int, norm: NormKind, dropout: Bool, bias: Bool? = nil, isSpectral: Bool = false
  ) {
    func conv(_ index: Int) -> Convolution {
      Convolution(
        scope[index], channels, channels, kernel: 3, padding: 1, mode: .reflect, bias: bias ?? norm.wantsConvBias,
        isSpectral: isSpectral)
    }
    first = conv(1)
    firstNorm = Norm(norm, scope[2], channels)
    self.dropout = dropout ? Dropout(scope[4]) : nil
    let index = dropout ? 6 : 5
    second = conv(index)
    secondNorm = Norm(norm, scope[index + 1], channels)
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    var y = firstNorm(first(x, pass), pass, slope: 0)
    if let dropout { y = dropout(y, pass) }
    return secondNorm(second(y, pass), pass, residual: x)
  }
}
