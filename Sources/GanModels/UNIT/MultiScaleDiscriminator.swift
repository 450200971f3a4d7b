import GanNN
import GanTensor

/// Patch discriminators of one shape at several scales (Wang et al. 2018, section 3.2), each with weights of its
/// own: each scale sees the picture of the one before at half the size. Keys `cnns.<scale>`.
package final class MultiScaleDiscriminator: Module {
  /// The norm of all layers but the first.
  package enum NormKind: String, CaseIterable, Sendable {
    case none
    case instance = "in"
    case layer = "ln"
  }

  private let scales: [(layers: [ConvBlock], last: Convolution)]
  /// The least height and width.
  package let leastSize: Int
  package let tensors: TensorStore

  /// - Parameters:
  ///   - width: channels of the first layer, doubled by each further one.
  ///   - layers: convolutions of stride 2 at each scale.
  ///   - slope: of all activations.
  ///   - isSpectral: whether the weights of convolutions are spectrally normalised.
  package init(
    _ scope: Scope, inputs: Int, width: Int, layers: Int, scales count: Int, norm kind: NormKind, mode: PaddingMode,
    slope: Double, isSpectral: Bool = false
  ) {
    tensors = scope.tensors
    let norm: ConvBlock.Norm = kind == .none ? .none : kind == .instance ? .instance : .layer
    scales = (0..<count).map { scale -> (layers: [ConvBlock], last: Convolution) in
      let list = scope["cnns"][scale]
      var blocks: [ConvBlock] = []
      var channels = inputs
      for layer in 0..<layers {
        blocks.append(
          ConvBlock(
            list[layer], channels, width << layer, kernel: 4, stride: 2, padding: 1, mode: mode,
            norm: layer == 0 ? .none : norm, slope: slope, isSpectral: isSpectral))
        channels = width << layer
      }
      return (blocks, Convolution(list[layers], channels, 1, kernel: 1, isSpectral: isSpectral))
    }
    leastSize = 1 << (layers + count - 1)
  }

  /// What each scale sees of a picture.
  package func pyramid(_ x: Tensor) -> [Tensor] {
    var pictures = [x]
    for _ in scales.dropFirst() {
      pictures.append(pictures[pictures.count - 1].averagePooled(kernel: 3, stride: 2, padding: 1))
    }
    return pictures
  }

  /// A map of scores per scale.
  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> [Tensor] {
    zip(scales, pyramid(tensors.seen(x))).map { scale, picture in
      scale.last(scale.layers.reduce(picture) { $1($0, pass) }, pass)
    }
  }
}
