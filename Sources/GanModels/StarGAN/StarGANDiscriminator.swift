import GanNN
import GanTensor

/// The discriminator of StarGAN (Choi et al. 2018, table 5): convolutions of stride 2 without norms, then a map of
/// scores, each for one patch, and logits of the label. Keys `main`, `conv1` (scores), `conv2` (logits).
package final class StarGANDiscriminator: Module {
  private let convolutions: [(path: String, conv: Convolution)]
  private let attention: LevelAttention
  private let scores: Convolution, logits: Convolution
  package let tensors: TensorStore

  /// - Parameters:
  ///   - size: height and width of all pictures, at least `2^layers`.
  ///   - labels: numbers of a label.
  ///   - width: channels of the first layer; each further one has twice as many.
  ///   - layers: convolutions of stride 2.
  package init(
    _ scope: Scope, channels: Int, size: Int, labels: Int, width: Int, layers: Int,
    switches: NetworkSwitches = NetworkSwitches()
  ) {
    tensors = scope.tensors
    let list = scope["main"], isSpectral = switches.isSpectral
    convolutions = (0..<layers).map { layer in
      let inputs = layer == 0 ? channels : width << (layer - 1)
      let conv = Convolution(
        list[2 * layer], inputs, width << layer, kernel: 4, stride: 2, padding: 1, isSpectral: isSpectral)
      // Activations have places in the list.
      return (list[2 * layer + 1].path, conv)
    }
    let outputs = width << (layers - 1)
    scores = Convolution(
      scope["conv1"], outputs, 1, kernel: 3, padding: 1, bias: false, isSpectral: isSpectral)
    logits = Convolution(
      scope["conv2"], outputs, labels, kernel: size >> layers, bias: false, isSpectral: isSpectral)
    attention = LevelAttention(scope, switches) { width << ($0 - 1) }
  }

  /// - Returns: scores `[N,h,w,1]`, logits `[N,D]`.
  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> (scores: Tensor, logits: Tensor) {
    let map = features(x, pass), logits = logits(map, pass)
    return (scores(map, pass), logits.reshaped(to: [logits.shape[0], logits.shape[3]]))
  }

  /// The scores alone.
  package func scores(_ x: Tensor, _ pass: Pass) -> Tensor { scores(features(x, pass), pass) }

  private func features(_ x: Tensor, _ pass: Pass) -> Tensor {
    convolutions.enumerated().reduce(tensors.seen(x)) { x, layer in
      let y = layer.element.conv(x, pass).leakyReLU(slope: 0.01)
      pass.record(layer.element.path, y)
      return attention(y, level: layer.offset + 1, pass)
    }
  }
}
