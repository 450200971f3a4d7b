import GanTensor

/// A convolution of `[N,H,W,I]` whose weight is used as it is, or spectrally normalised (Miyato et al. 2018).
package enum Convolution {
  case plain(Conv2d)
  case spectral(SpectralConv2d)

  /// - Parameter copies: how many outputs in a row start alike.
  package init(
    _ scope: Scope, _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    mode: PaddingMode = .zero, bias: Bool = true, isSpectral: Bool, copies: Int = 1
  ) {
    if isSpectral {
      self = .spectral(
        SpectralConv2d(
          scope, inputs, outputs, kernel: kernel, stride: stride, padding: padding, mode: mode, bias: bias,
          copies: copies))
    } else {
      self = .plain(
        Conv2d(
          scope, inputs, outputs, kernel: kernel, stride: stride, padding: padding, mode: mode, bias: bias,
          copies: copies))
    }
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    switch self {
    case .plain(let conv): return conv(x)
    case .spectral(let conv): return conv(x, pass)
    }
  }

  /// Of `x` upsampled by 2 to the nearest pixel, which is never made; for stride 1 and results of the same size.
  package func callAsFunction(upsampling x: Tensor, _ pass: Pass) -> Tensor {
    switch self {
    case .plain(let conv): return conv(upsampling: x)
    case .spectral(let conv): return conv(upsampling: x, pass)
    }
  }
}
