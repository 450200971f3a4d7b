import GanNN
import GanTensor

/// The brick of UNIT's and MUNIT's networks: padding, convolution with bias, norm, (leaky) ReLU; keys `conv.*`,
/// `norm.*`.
struct ConvBlock {
  /// What follows the convolution.
  enum Norm {
    case none, instance, layer
    /// Needs a style with every call.
    case adaptive
  }

  private enum Normalization {
    case none, instance
    case layer(MUNITLayerNorm)
    case adaptive(AdaptiveInstanceNorm)
  }

  private enum Kernel {
    case plain(Convolution)
    case doubling(Upsampling)
  }

  /// The place in the tree of keys, under which the result is recorded.
  let path: String
  private let conv: Kernel
  private let norm: Normalization
  private let slope: Double

  /// - Parameters:
  ///   - upsampling: how the convolution doubles the picture; nil if it does not.
  ///   - isSpectral: whether its weight is spectrally normalised.
  ///   - slope: of the leaky ReLU at the end; 1 for none, 0 for ReLU.
  init(
    _ scope: Scope, _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int, mode: PaddingMode,
    upsampling: UpsamplingKind? = nil, norm: Norm, slope: Double, isSpectral: Bool
  ) {
    path = scope.path
    if let upsampling {
      conv = .doubling(
        Upsampling(
          upsampling, scope["conv"], inputs, outputs, kernel: 4, taps: kernel, mode: mode, isSpectral: isSpectral))
    } else {
      conv = .plain(
        Convolution(
          scope["conv"], inputs, outputs, kernel: kernel, stride: stride, padding: padding, mode: mode,
          isSpectral: isSpectral))
    }
    switch norm {
    case .none: self.norm = .none
    case .instance: self.norm = .instance
    case .layer: self.norm = .layer(MUNITLayerNorm(scope["norm"], outputs))
    case .adaptive: self.norm = .adaptive(AdaptiveInstanceNorm(scope["norm"], outputs))
    }
    self.slope = slope
  }

  /// How many channels of style a call needs.
  var styleChannels: Int {
    if case .adaptive(let norm) = norm { return norm.channels }
    return 0
  }

  func callAsFunction(
    _ x: Tensor, _ pass: Pass, style: AdaptiveInstanceNorm.Style? = nil, residual: Tensor? = nil
  ) -> Tensor {
    let y = normalized(convolved(x, pass), style, residual)
    pass.record(path, y)
    return y
  }

  private func convolved(_ x: Tensor, _ pass: Pass) -> Tensor {
    switch conv {
    case .plain(let conv): return conv(x, pass)
    case .doubling(let conv): return conv(x, pass)
    }
  }

  private func normalized(_ x: Tensor, _ style: AdaptiveInstanceNorm.Style?, _ residual: Tensor?) -> Tensor {
    switch norm {
    case .none:
      let y = slope == 1 ? x : x.leakyReLU(slope: slope)
      return residual.map { y + $0 } ?? y
    case .instance: return x.instanceNormalized(slope: slope, residual: residual)
    case .layer(let norm): return norm(x, slope: slope, residual: residual)
    case .adaptive(let norm):
      guard let style else { preconditionFailure("\(path) was called without a style") }
      return norm(x, style, slope: slope, residual: residual)
    }
  }
}
