import GanTensor

/// A convolution that halves height and width of `[N,H,W,I]`, or one that keeps them and a blur that halves them, so
/// that details too fine for the smaller map are not aliased (Zhang 2019).
package struct Halving {
  private let conv: Convolution
  private let blur: SmoothDownsampling?

  /// - Parameters:
  ///   - kernel: of the convolution with stride 2 and padding 1; the other one has 3x3 taps.
  ///   - isSmooth: whether there is a blur; its key `filt` stands beside the convolution's.
  package init(
    _ scope: Scope, _ inputs: Int, _ outputs: Int, kernel: Int, bias: Bool, isSpectral: Bool, isSmooth: Bool
  ) {
    conv = Convolution(
      scope, inputs, outputs, kernel: isSmooth ? 3 : kernel, stride: isSmooth ? 1 : 2, padding: 1, bias: bias,
      isSpectral: isSpectral)
    blur = isSmooth ? SmoothDownsampling(scope, outputs) : nil
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    let y = conv(x, pass)
    return blur.map { $0(y) } ?? y
  }
}
