import GanTensor

/// The generator of CycleGAN (Zhu et al. 2017, section 7.2; after Johnson et al. 2016): two halvings, residual
/// blocks, two doublings.
package final class ResNetGenerator: Network {
  private let stem: Convolution, stemNorm: Norm
  private let downs: [(conv: Convolution, norm: Norm)]
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
    downs = [(4, width), (7, 2 * width)].map { index, channels in
      (
        Convolution(
          list[index], channels, 2 * channels, kernel: 3, stride: 2, padding: 1, bias: hasBias, isSpectral: isSpectral),
        Norm(norm, list[index + 1], 2 * channels)
      )
    }
    blocks = (0..<count).map {
      ResidualBlock(
        list[10 + $0]["conv_block"], 4 * width, norm: norm, dropout: dropout, isSpectral: isSpectral)
    }
    ups = [(10 + count, 4 * width), (13 + count, 2 * width)].map { index, channels in
      (
        Upsampling(
          switches.upsampling, list[index], channels, channels / 2, kernel: 3, mode: .reflect, bias: hasBias,
          isSpectral: isSpectral),
        Norm(norm, list[index + 1], channels / 2)
      )
    }
    last = Convolution(
      list[17 + count], width, outputs, kernel: 7, padding: 3, mode: .reflect, isSpectral: isSpectral)
    attention = LevelAttention(scope, switches) { width << $0 }
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    var y = stemNorm(stem(x, pass), pass, slope: 0)
    pass.record("stem", y)
    for (conv, norm) in downs { y = norm(conv(y, pass), pass, slope: 0) }
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
