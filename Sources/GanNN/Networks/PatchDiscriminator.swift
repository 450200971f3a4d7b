import GanTensor

/// PatchGAN (Isola et al. 2017, section 2.2.2): a map of logits, each judging one patch. Three layers of stride 2
/// (the default) see 70x70 pixels.
package final class PatchDiscriminator: Network {
  private let first: Conv2d
  private let middle: [(conv: Conv2d, norm: Norm)]
  private let last: Conv2d
  private let layers: Int
  package let tensors: TensorStore

  /// - Parameters:
  ///   - width: channels of the first layer (ndf).
  ///   - layers: convolutions of stride 2 (n_layers).
  package init(_ scope: Scope, inputs: Int, width: Int, layers: Int, norm: NormKind) {
    tensors = scope.tensors
    let list = scope["model"]
    self.layers = layers
    func channels(_ layer: Int) -> Int { width * min(1 << layer, 8) }
    first = Conv2d(list[0], inputs, width, kernel: 4, stride: 2, padding: 1)
    middle = (1...layers).map { layer in
      let index = 3 * layer - 1
      return (
        Conv2d(
          list[index], channels(layer - 1), channels(layer), kernel: 4, stride: layer < layers ? 2 : 1, padding: 1,
          bias: norm.wantsConvBias),
        Norm(norm, list[index + 1], channels(layer))
      )
    }
    last = Conv2d(list[3 * layers + 2], channels(layers), 1, kernel: 4, padding: 1)
  }

  /// What leaves a map, with room for statistics where instance norm needs them.
  package var sizeRule: SizeRule { SizeRule(least: 1 << (layers + 2)) }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    var y = first(x).leakyReLU(slope: 0.2)
    for (conv, norm) in middle { y = norm(conv(y), pass, slope: 0.2) }
    return last(y)
  }
}

/// A discriminator that judges each pixel by itself (Isola et al. 2017, "PixelGAN").
package final class PixelDiscriminator: Network {
  private let first: Conv2d, second: Conv2d, norm: Norm, last: Conv2d
  package let sizeRule = SizeRule(least: 1)
  package let tensors: TensorStore

  package init(_ scope: Scope, inputs: Int, width: Int, norm kind: NormKind) {
    tensors = scope.tensors
    let list = scope["net"]
    first = Conv2d(list[0], inputs, width, kernel: 1)
    second = Conv2d(list[2], width, 2 * width, kernel: 1, bias: kind.wantsConvBias)
    norm = Norm(kind, list[3], 2 * width)
    last = Conv2d(list[5], 2 * width, 1, kernel: 1, bias: kind.wantsConvBias)
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    last(norm(second(first(x).leakyReLU(slope: 0.2)), pass, slope: 0.2))
  }
}
