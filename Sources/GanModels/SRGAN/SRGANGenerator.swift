import GanNN
import GanTensor

/// The generator of SRGAN, alone SRResNet (Ledig et al. 2017, figure 4): residual blocks at the size of the small
/// picture, then stages that double it by a convolution to four times the channels, which become pixels (Shi et al.
/// 2016). It takes levels from 0 to 1, as in the paper, and makes pictures in [-1,1].
///
/// Keys: `first`, `first_act`, `blocks` (`conv1`, `bn1`, `act`, `conv2`, `bn2`), `trunk`, `trunk_bn`, `ups` (`conv`,
/// `act`), `last`.
package final class SRGANGenerator: Network {
  /// `x + norm(conv(prelu(norm(conv(x)))))`.
  private struct Block {
    let first: Conv2d, firstNorm: BatchNorm, activation: PReLU, second: Conv2d, secondNorm: BatchNorm

    init(_ scope: Scope, _ width: Int) {
      first = Conv2d(scope["conv1"], width, width, kernel: 3, padding: 1, bias: false)
      firstNorm = BatchNorm(scope["bn1"], width)
      activation = PReLU(scope["act"])
      second = Conv2d(scope["conv2"], width, width, kernel: 3, padding: 1, bias: false)
      secondNorm = BatchNorm(scope["bn2"], width)
    }

    func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
      let inner = activation(firstNorm(first(x), pass, slope: 1, residual: nil))
      return secondNorm(second(inner), pass, slope: 1, residual: x)
    }
  }

  private let first: Conv2d, firstActivation: PReLU
  private let blocks: [Block]
  private let trunk: Conv2d, trunkNorm: BatchNorm
  private let doublings: [(conv: Conv2d, activation: PReLU)]
  private let last: Conv2d
  package let sizeRule = SizeRule(least: 4)
  package let tensors: TensorStore

  /// - Parameters:
  ///   - width: channels.
  ///   - doublings: stages, each of which doubles height and width.
  package init(_ scope: Scope, width: Int, blocks count: Int, doublings stages: Int) {
    tensors = scope.tensors
    first = Conv2d(scope["first"], 3, width, kernel: 9, padding: 4)
    firstActivation = PReLU(scope["first_act"])
    blocks = (0..<count).map { Block(scope["blocks"][$0], width) }
    trunk = Conv2d(scope["trunk"], width, width, kernel: 3, padding: 1, bias: false)
    trunkNorm = BatchNorm(scope["trunk_bn"], width)
    doublings = (0..<stages).map { stage in
      let place = scope["ups"][stage]
      return (Conv2d(place["conv"], width, 4 * width, kernel: 3, padding: 1), PReLU(place["act"]))
    }
    last = Conv2d(scope["last"], width, 3, kernel: 9, padding: 4)
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    let shallow = firstActivation(first(x.scaled(by: 0.5, plus: 0.5)))
    pass.record("first_act", shallow)
    let deep = blocks.enumerated().reduce(shallow) { x, block in
      let y = block.element(x, pass)
      pass.record("blocks.\(block.offset)", y)
      return y
    }
    let map = trunkNorm(trunk(deep), pass, slope: 1, residual: shallow)
    pass.record("trunk_bn", map)
    return last(doublings.reduce(map) { x, stage in stage.activation(stage.conv(x).pixelShuffled(by: 2)) })
  }
}

/// The discriminator of SRGAN (figure 4): eight convolutions of 3x3 pixels, every second of which halves the picture,
/// then two dense layers, for which all pictures must be of one size. Keys `convs` (`conv`, `bn`), `dense1`, `dense2`.
package final class SRGANDiscriminator: Module {
  private let layers: [(conv: Conv2d, norm: BatchNorm?)]
  private let dense: Linear, last: Linear
  package let tensors: TensorStore

  /// - Parameters:
  ///   - size: height and width of all pictures.
  ///   - width: channels of the first layer.
  package init(_ scope: Scope, size: Int, width: Int) {
    tensors = scope.tensors
    layers = (0..<8).map { number in
      let place = scope["convs"][number], outputs = width << (number / 2)
      let inputs = number == 0 ? 3 : width << ((number - 1) / 2)
      let conv = Conv2d(
        place["conv"], inputs, outputs, kernel: 3, stride: number % 2 == 0 ? 1 : 2, padding: 1, bias: number == 0)
      return (conv, number == 0 ? nil : BatchNorm(place["bn"], outputs))
    }
    // Halves are rounded up.
    let side = (0..<4).reduce(size) { side, _ in (side + 1) / 2 }
    dense = Linear(scope["dense1"], (width << 3) * side * side, 16 * width)
    last = Linear(scope["dense2"], 16 * width, 1)
  }

  /// - Returns: logits `[N,1]`.
  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    let map = layers.reduce(tensors.seen(x)) { x, layer in
      let y = layer.conv(x)
      return layer.norm.map { $0(y, pass, slope: 0.2, residual: nil) } ?? y.leakyReLU(slope: 0.2)
    }
    // In PyTorch's order of the axes.
    let row = map.permuted([0, 3, 1, 2]).reshaped(to: [map.shape[0], map.count / map.shape[0]])
    return last(dense(row).leakyReLU(slope: 0.2))
  }
}
