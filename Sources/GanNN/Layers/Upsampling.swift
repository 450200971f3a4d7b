import GanTensor

/// How a layer doubles height and width.
package enum UpsamplingKind: String, CaseIterable, Sendable {
  /// A transposed convolution, as most papers have it. Where its kernel overlaps unevenly, it leaves checkerboards.
  case transposed
  /// Each pixel four times, then a convolution (Odena et al. 2016).
  case nearest
  /// Pixels between pixels by interpolation, then a convolution (Odena et al. 2016).
  case bilinear
  /// A convolution to four times the channels, which then become pixels (Shi et al. 2016).
  case pixelShuffle = "pixel_shuffle"
}

/// A convolution that doubles height and width of `[N,H,W,I]`; its keys stand where the paper's transposed convolution
/// has them.
package enum Upsampling {
  case transposed(ConvTranspose2d)
  case spectralTransposed(SpectralConvTranspose2d)
  case nearest(Convolution)
  case bilinear(Convolution)
  case pixelShuffle(Convolution)
  /// Bilinear too, with the kernel among the tensors.
  case smooth(SmoothUpsampling, Convolution)

  /// - Parameters:
  ///   - kernel: of the transposed convolution, 3 or 4: its padding is 1, and a third row takes an output padding of 1.
  ///   - taps: height and width of the kernel that the other kinds convolve with.
  ///   - mode: what these see beyond the border.
  ///   - isSpectral: whether the weight is spectrally normalised.
  ///   - startsSmooth: whether the four pixels that a shuffled one becomes start alike; otherwise there is a
  ///     checkerboard from the start (Aitken et al. 2017).
  package init(
    _ kind: UpsamplingKind, _ scope: Scope, _ inputs: Int, _ outputs: Int, kernel: Int, taps: Int = 3,
    mode: PaddingMode, bias: Bool = true, isSpectral: Bool, startsSmooth: Bool = true
  ) {
    func convolution(_ outputs: Int, copies: Int = 1) -> Convolution {
      Convolution(
        scope, inputs, outputs, kernel: taps, padding: taps / 2, mode: mode, bias: bias, isSpectral: isSpectral,
        copies: copies)
    }
    precondition(kernel == 3 || kernel == 4, "doubling with a kernel of \(kernel)")
    switch kind {
    case .transposed where isSpectral:
      self = .spectralTransposed(
        SpectralConvTranspose2d(
          scope, inputs, outputs, kernel: kernel, stride: 2, padding: 1, outputPadding: 4 - kernel, bias: bias))
    case .transposed:
      self = .transposed(
        ConvTranspose2d(
          scope, inputs, outputs, kernel: kernel, stride: 2, padding: 1, outputPadding: 4 - kernel, bias: bias))
    case .nearest: self = .nearest(convolution(outputs))
    case .bilinear: self = .bilinear(convolution(outputs))
    case .pixelShuffle: self = .pixelShuffle(convolution(4 * outputs, copies: startsSmooth ? 4 : 1))
    }
  }

  /// As in CUT: bilinear upsampling, whose kernel is the key `filt` under `blur` (Zhang 2019), then a convolution with
  /// 3x3 taps and zero padding.
  package init(
    blur: Scope, _ scope: Scope, _ inputs: Int, _ outputs: Int, bias: Bool, isSpectral: Bool
  ) {
    self = .smooth(
      SmoothUpsampling(blur, inputs),
      Convolution(scope, inputs, outputs, kernel: 3, padding: 1, bias: bias, isSpectral: isSpectral))
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    switch self {
    case .transposed(let conv): return conv(x)
    case .spectralTransposed(let conv): return conv(x, pass)
    case .nearest(let conv): return conv(upsampling: x, pass)
    case .smooth(let blur, let conv): return conv(blur(x), pass)
    case .bilinear(let conv): return conv(x.bilinearlyDoubled(), pass)
    case .pixelShuffle(let conv): return conv(x, pass).pixelShuffled(by: 2)
    }
  }
}
