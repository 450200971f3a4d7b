import GanNN
import GanTensor

/// Spectrally normalised 4x4 convolutions with reflection padding of 1, each followed by leaky ReLU of 0.2, as
/// the discriminators of U-GAT-IT and NICE-GAN consist of.
struct SpectralStack {
  private let layers: [SpectralConv2d]

  /// - Parameters:
  ///   - first: index of the first convolution in the official list, where padding and activation take a place each.
  ///   - outputs: channels of each layer.
  init(_ list: Scope, from first: Int, inputs: Int, outputs: [Int], stride: Int) {
    layers = zip([inputs] + outputs, outputs).enumerated().map { index, channels in
      SpectralConv2d(
        list[first + 3 * index], channels.0, channels.1, kernel: 4, stride: stride, padding: 1, mode: .reflect)
    }
  }

  /// The layer that ends in a map of logits.
  static func logits(_ scope: Scope, _ inputs: Int) -> SpectralConv2d {
    SpectralConv2d(scope, inputs, 1, kernel: 4, padding: 1, mode: .reflect, bias: false)
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    layers.reduce(x) { $1($0, pass).leakyReLU(slope: 0.2) }
  }
}
