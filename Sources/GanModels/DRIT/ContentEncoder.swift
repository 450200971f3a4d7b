import GanNN
import GanTensor

/// From a picture to its content: what stays when the domain changes (DRIT, DRIT++). A quarter of the height and width,
/// rounded up. The list of layers stands right under the scope.
package final class ContentEncoder: Module {
  private let first: Conv2d
  private let halvings: [NormConv]
  private let blocks: [PlainResidualBlock]
  package let tensors: TensorStore

  /// - Parameter width: channels of the first layer; the code has four times as many.
  package init(_ list: Scope, inputs: Int, width: Int, blocks count: Int) {
    tensors = list.tensors
    first = Conv2d(list[0]["model"][1], inputs, width, kernel: 7, padding: 3, mode: .reflect)
    halvings = (0..<2).map { level in
      NormConv(list[level + 1], width << level, width << (level + 1), kernel: 3, stride: 2, padding: 1)
    }
    blocks = (0..<count).map { PlainResidualBlock(list[$0 + 3], 4 * width) }
  }

  package func callAsFunction(_ x: Tensor) -> Tensor {
    let y = halvings.reduce(first(x).leakyReLU(slope: dritSlope)) { $1($0) }
    return blocks.reduce(y) { $1($0) }
  }
}

/// DRIT's content encoders of both domains, which end in a common block; keys `convA`, `convB`, `conv_share.0`.
package final class SharedContentEncoder: Module {
  private let ownA: ContentEncoder, ownB: ContentEncoder
  private let shared: PlainResidualBlock
  package let tensors: TensorStore

  package init(_ scope: Scope, channels: (a: Int, b: Int), width: Int) {
    tensors = scope.tensors
    ownA = ContentEncoder(scope["convA"], inputs: channels.a, width: width, blocks: 3)
    ownB = ContentEncoder(scope["convB"], inputs: channels.b, width: width, blocks: 3)
    shared = PlainResidualBlock(scope["conv_share"][0], 4 * width)
  }

  package func a(_ x: Tensor) -> Tensor { shared(ownA(x)) }
  package func b(_ x: Tensor) -> Tensor { shared(ownB(x)) }
}
