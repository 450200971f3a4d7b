import GanTensor

/// PatchGAN (Isola et al. 2017, section 2.2.2): a map of logits, each judging one patch. Three layers of stride 2
/// (the default) see 70x70 pixels.
package final class PatchDiscriminator: Network {
  /// One convolution, a norm (none in the first layer), and a leaky ReLU.
  private struct Layer {
    let conv: Conv2d, norm: Norm
    /// Halves the map if the convolution does not.
    let down: SmoothDownsampling?
    /// The place of the leaky ReLU in the official list of modules.
    let index: Int
  }

  private let layers: [Layer]
  private let last: Conv2d
  package let sizeRule: SizeRule
  package let tensors: TensorStore

  /// - Parameters:
  ///   - width: channels of the first layer (ndf).
  ///   - layers: layers that halve the map (n_layers).
  ///   - antialias: whether they smooth it first, as in CUT, instead of convolving with a stride of 2.
  package init(
    _ scope: Scope, inputs: Int, width: Int, layers count: Int, norm: NormKind, antialias: Bool = false
  ) {
    tensors = scope.tensors
    // What leaves a map, with room for statistics where instance norm needs them.
    sizeRule = SizeRule(least: 1 << (count + 2))
    let list = scope["model"]
    var layers: [Layer] = [], index = 0, channels = inputs
    for number in 0...count {
      let halves = number < count, hasNorm = number > 0, outputs = width * min(1 << number, 8)
      let conv = Conv2d(
        list[index], channels, outputs, kernel: 4, stride: halves && !antialias ? 2 : 1, padding: 1,
        bias: !hasNorm || norm.wantsConvBias)
      index += hasNorm ? 2 : 1
      let layerNorm = hasNorm ? Norm(norm, list[index - 1], outputs) : .none
      let down = halves && antialias ? SmoothDownsampling(list[index + 1], outputs) : nil
      layers.append(Layer(conv: conv, norm: layerNorm, down: down, index: index))
      index += down == nil ? 1 : 2
      channels = outputs
    }
    self.layers = layers
    last = Conv2d(list[index], channels, 1, kernel: 4, padding: 1)
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    var y = x
    for layer in layers {
      y = layer.norm(layer.conv(y), pass, slope: 0.2)
      pass.record("model.\(layer.index)", y)
      guard let down = layer.down else { continue }
      y = down(y)
      pass.record("model.\(layer.index + 1)", y)
    }
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
