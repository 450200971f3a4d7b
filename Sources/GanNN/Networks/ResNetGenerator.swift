import GanTensor

/// The generator of CycleGAN (Zhu et al. 2017, section 7.2; after Johnson et al. 2016): two halvings, residual
/// blocks, two doublings.
package final class ResNetGenerator: Network {
  private let stem: Conv2d, stemNorm: Norm
  private let downs: [(conv: Conv2d, norm: Norm)]
  private let blocks: [ResidualBlock]
  private let ups: [(conv: ConvTranspose2d, norm: Norm)]
  private let last: Conv2d
  package let sizeRule = SizeRule(multiple: 4, least: 8)
  package let tensors: TensorStore

  /// - Parameter width: channels of the first layer (ngf).
  package init(
    _ scope: Scope, inputs: Int, outputs: Int, width: Int, blocks count: Int, norm: NormKind, dropout: Bool
  ) {
    tensors = scope.tensors
    let list = scope["model"], hasBias = norm.wantsConvBias
    stem = Conv2d(list[1], inputs, width, kernel: 7, padding: 3, mode: .reflect, bias: hasBias)
    stemNorm = Norm(norm, list[2], width)
    downs = [(4, width), (7, 2 * width)].map { index, channels in
      (
        Conv2d(list[index], channels, 2 * channels, kernel: 3, stride: 2, padding: 1, bias: hasBias),
        Norm(norm, list[index + 1], 2 * channels)
      )
    }
    blocks = (0..<count).map { ResidualBlock(list[10 + $0]["conv_block"], 4 * width, norm: norm, dropout: dropout) }
    ups = [(10 + count, 4 * width), (13 + count, 2 * width)].map { index, channels in
      (
        ConvTranspose2d(
          list[index], channels, channels / 2, kernel: 3, stride: 2, padding: 1, outputPadding: 1, bias: hasBias),
        Norm(norm, list[index + 1], channels / 2)
      )
    }
    last = Conv2d(list[17 + count], width, outputs, kernel: 7, padding: 3, mode: .reflect)
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    var y = stemNorm(stem(x), pass, slope: 0)
    pass.record("stem", y)
    for (conv, norm) in downs { y = norm(conv(y), pass, slope: 0) }
    pass.record("down", y)
    for (index, block) in blocks.enumerated() {
      y = block(y, pass)
      pass.record("block\(index + 1)", y)
    }
    for (conv, norm) in ups { y = norm(conv(y), pass, slope: 0) }
    pass.record("up", y)
    return last(y).tanh()
  }
}

/// `x + norm(conv(dropout(relu(norm(conv(x))))))`, reflection padding, no activation after the sum.
package struct ResidualBlock {
  private let first: Conv2d, firstNorm: Norm
  private let dropout: Dropout?
  private let second: Conv2d, secondNorm: Norm

  /// - Parameter bias: of the convolutions; nil for what official networks do with that norm.
  package init(_ scope: Scope, _ channels: Int, norm: NormKind, dropout: Bool, bias: Bool? = nil) {
    func conv(_ index: Int) -> Conv2d {
      Conv2d(
        scope[index], channels, channels, kernel: 3, padding: 1, mode: .reflect, bias: bias ?? norm.wantsConvBias)
    }
    first = conv(1)
    firstNorm = Norm(norm, scope[2], channels)
    self.dropout = dropout ? Dropout(scope[4]) : nil
    let index = dropout ? 6 : 5
    second = conv(index)
    secondNorm = Norm(norm, scope[index + 1], channels)
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    var y = firstNorm(first(x), pass, slope: 0)
    if let dropout { y = dropout(y, pass) }
    return secondNorm(second(y), pass, residual: x)
  }
}
