import GanNN
import GanTensor

/// A convolution with or without spectral norm.
private enum JudgingConv {
  case plain(Conv2d)
  case spectral(CachedSpectralConv2d)

  /// - Parameter isLast: the official initialisation of convolutions does not reach the last one with spectral norm.
  init(
    _ scope: Scope, _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int, padding: Int, isSpectral: Bool,
    isLast: Bool = false
  ) {
    if isSpectral {
      let bound = 1 / Float(inputs * kernel * kernel).squareRoot()
      self = .spectral(
        CachedSpectralConv2d(
          scope, inputs, outputs, kernel: kernel, stride: stride, padding: padding, mode: .reflect,
          role: isLast ? .uniform(-bound, bound) : .weight))
    } else {
      self = .plain(
        Conv2d(scope, inputs, outputs, kernel: kernel, stride: stride, padding: padding, mode: .reflect))
    }
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    switch self {
    case .plain(let conv): return conv(x)
    case .spectral(let conv): return conv(x, pass)
    }
  }
}

/// Convolutions of stride 2, each followed by a leaky ReLU; keys `<index>.model.1`.
package final class JudgingStack {
  private let layers: [JudgingConv]
  package let outputs: Int

  /// - Parameter outputs: channels of each layer.
  package init(_ list: Scope, inputs: Int, outputs: [Int], kernel: Int, isSpectral: Bool) {
    layers = zip([inputs] + outputs, outputs).enumerated().map { index, channels in
      JudgingConv(
        list[index]["model"][1], channels.0, channels.1, kernel: kernel, stride: 2, padding: 1,
        isSpectral: isSpectral)
    }
    self.outputs = outputs.last ?? inputs
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    layers.reduce(x) { $1($0, pass).leakyReLU(slope: dritSlope) }
  }
}

/// DRIT's discriminator of pictures: at several scales (keys `Diss.<scale>`), each with weights of its own, or, with
/// more layers of smaller kernels, at one (key `model`).
package final class DRITDiscriminator: Module {
  private let scales: [(stack: JudgingStack, last: JudgingConv)]
  package let tensors: TensorStore

  /// - Parameters:
  ///   - width: channels of the first layer, doubled by each further one.
  ///   - layers: convolutions of stride 2 at each scale.
  package init(_ scope: Scope, inputs: Int, width: Int, layers: Int, scales count: Int, isSpectral: Bool) {
    tensors = scope.tensors
    scales = (0..<max(1, count)).map { scale in
      let list = count > 1 ? scope["Diss"][scale] : scope["model"]
      let stack = JudgingStack(
        list, inputs: inputs, outputs: (0..<layers).map { width << $0 }, kernel: count > 1 ? 4 : 3,
        isSpectral: isSpectral)
      let last = JudgingConv(
        list[layers], stack.outputs, 1, kernel: 1, stride: 1, padding: 0, isSpectral: isSpectral, isLast: true)
      return (stack, last)
    }
  }

  /// The least height and width that can be judged: the last convolution needs 2 pixels at the smallest scale.
  package static func leastSize(layers: Int, scales: Int) -> Int {
    scales > 1 ? ((1 << layers) - 1) << (scales - 1) + 1 : 1 << (layers - 1) + 1
  }

  /// A map of scores per scale.
  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> [Tensor] {
    var picture = tensors.seen(x)
    return scales.enumerated().map { index, scale in
      if index > 0 { picture = picture.averagePooled(kernel: 3, stride: 2, padding: 1) }
      return scale.last(scale.stack(picture, pass), pass)
    }
  }
}

/// The discriminator that tells from a content which domain it comes from; key `model`.
package final class ContentDiscriminator: Module {
  private let convolutions: [Conv2d]
  private let last: Conv2d
  package let tensors: TensorStore

  /// - Parameters:
  ///   - halvings: convolutions with kernel 7 and stride 2.
  ///   - outputs: scores; 1 for two domains.
  package init(_ scope: Scope, channels: Int, halvings: Int, outputs: Int = 1) {
    tensors = scope.tensors
    let list = scope["model"]
    convolutions = (0...halvings).map { index in
      let isLast = index == halvings
      return Conv2d(
        list[index]["model"][1], channels, channels, kernel: isLast ? 4 : 7, stride: isLast ? 1 : 2,
        padding: isLast ? 0 : 1, mode: .reflect)
    }
    last = Conv2d(list[halvings + 1], channels, outputs, kernel: 1)
  }

  /// The least height and width of a content.
  package static func leastSize(halvings: Int) -> Int { (0..<halvings).reduce(4) { size, _ in 2 * size + 3 } }

  /// Scores `[N,h,w,outputs]`.
  package func callAsFunction(_ content: Tensor) -> Tensor {
    last(convolutions.reduce(content) { $1($0).leakyReLU(slope: dritSlope) })
  }
}
