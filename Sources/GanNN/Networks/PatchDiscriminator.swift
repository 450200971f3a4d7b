import GanTensor

/// PatchGAN (Isola et al. 2017, section 2.2.2): a map of logits, each judging one patch. Three layers of stride 2
/// (the default) see 70x70 pixels.
package final class PatchDiscriminator: Discriminator {
  /// One convolution, a norm (none in the first layer), and a leaky ReLU.
  private struct Layer {
    let conv: Convolution, norm: Norm
    /// Halves the map if the convolution does not.
    let down: SmoothDownsampling?
    /// The place of the leaky ReLU in the official list of modules.
    let index: Int
  }

  private let layers: [Layer]
  private let last: Convolution
  private let attention: LevelAttention
  /// Whether another network decides what it sees.
  private let isPart: Bool
  package let sizeRule: SizeRule
  package let tensors: TensorStore

  /// - Parameters:
  ///   - width: channels of the first layer (ndf).
  ///   - layers: layers that halve the map (n_layers).
  ///   - antialias: whether they smooth it first, as in CUT, instead of convolving with a stride of 2.
  package init(
    _ scope: Scope, inputs: Int, width: Int, layers count: Int, norm: NormKind, antialias: Bool = false,
    switches: NetworkSwitches = NetworkSwitches()
  ) {
    tensors = scope.tensors
    isPart = !scope.isRoot
    // What leaves a map, with room for statistics where instance norm needs them.
    sizeRule = SizeRule(least: 1 << (count + 2))
    let list = scope["model"]
    var layers: [Layer] = [], index = 0, channels = inputs
    for number in 0...count {
      let halves = number < count, hasNorm = number > 0, outputs = width * min(1 << number, 8)
      let conv = Convolution(
        list[index], channels, outputs, kernel: 4, stride: halves && !antialias ? 2 : 1, padding: 1,
        bias: !hasNorm || norm.wantsConvBias, isSpectral: switches.isSpectral)
      index += hasNorm ? 2 : 1
      let layerNorm = hasNorm ? Norm(norm, list[index - 1], outputs) : .none
      let down = halves && antialias ? SmoothDownsampling(list[index + 1], outputs) : nil
      layers.append(Layer(conv: conv, norm: layerNorm, down: down, index: index))
      index += down == nil ? 1 : 2
      channels = outputs
    }
    self.layers = layers
    last = Convolution(list[index], channels, 1, kernel: 4, padding: 1, isSpectral: switches.isSpectral)
    attention = LevelAttention(scope, switches) { width * min(1 << ($0 - 1), 8) }
  }

  package func judge(_ x: Tensor, _ pass: Pass) -> [ScoreMap] {
    var y = isPart ? x : tensors.seen(x), features: [Tensor] = []
    for (number, layer) in layers.enumerated() {
      y = layer.norm(layer.conv(attention(y, level: number, pass), pass), pass, slope: 0.2)
      features.append(y)
      pass.record("model.\(layer.index)", y)
      guard let down = layer.down else { continue }
      y = down(y)
      pass.record("model.\(layer.index + 1)", y)
    }
    return [ScoreMap(scores: last(y, pass), features: features)]
  }
}

/// A discriminator that judges each pixel by itself (Isola et al. 2017, "PixelGAN").
package final class PixelDiscriminator: Discriminator {
  private let first: Convolution, second: Convolution, norm: Norm, last: Convolution
  package let sizeRule = SizeRule(least: 1)
  private let isPart: Bool
  package let tensors: TensorStore

  package init(
    _ scope: Scope, inputs: Int, width: Int, norm kind: NormKind, switches: NetworkSwitches = NetworkSwitches()
  ) {
    tensors = scope.tensors
    isPart = !scope.isRoot
    func conv(_ index: Int, _ inputs: Int, _ outputs: Int, bias: Bool) -> Convolution {
      Convolution(
        scope["net"][index], inputs, outputs, kernel: 1, bias: bias, isSpectral: switches.isSpectral)
    }
    first = conv(0, inputs, width, bias: true)
    second = conv(2, width, 2 * width, bias: kind.wantsConvBias)
    norm = Norm(kind, scope["net"][3], 2 * width)
    last = conv(5, 2 * width, 1, bias: kind.wantsConvBias)
  }

  package func judge(_ x: Tensor, _ pass: Pass) -> [ScoreMap] {
    let seen = isPart ? x : tensors.seen(x)
    let shallow = first(seen, pass).leakyReLU(slope: 0.2), deep = norm(second(shallow, pass), pass, slope: 0.2)
    return [ScoreMap(scores: last(deep, pass), features: [shallow, deep])]
  }
}
