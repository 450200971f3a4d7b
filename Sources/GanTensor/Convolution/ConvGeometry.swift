/// What a convolution sees beyond the picture's border.
package enum PaddingMode: String, CaseIterable, Sendable {
  case zero
  /// Mirrored, without repeating the border pixel.
  case reflect
  /// The border pixel repeated.
  case replicate

  /// The pixel at `index` of an axis of `size`, or nil for a zero.
  package func source(_ index: Int, _ size: Int) -> Int? {
    if index >= 0 && index < size { return index }
    switch self {
    case .zero: return nil
    case .reflect: return index < 0 ? -index : 2 * (size - 1) - index
    case .replicate: return index < 0 ? 0 : size - 1
    }
  }
}

/// The sizes of one convolution. A transposed convolution is the data gradient of the convolution
/// whose *input* has its output's size.
package struct ConvGeometry: Hashable, Sendable {
  package let height: Int, width: Int
  package let kernelHeight: Int, kernelWidth: Int
  package let stride: Int, padding: Int
  package let mode: PaddingMode

  package init(
    height: Int, width: Int, kernelHeight: Int, kernelWidth: Int, stride: Int, padding: Int, mode: PaddingMode
  ) {
    (self.height, self.width, self.kernelHeight, self.kernelWidth) = (height, width, kernelHeight, kernelWidth)
    (self.stride, self.padding, self.mode) = (stride, padding, padding == 0 ? .zero : mode)
    precondition(stride >= 1 && padding >= 0 && outputHeight >= 1 && outputWidth >= 1, "no output: \(self)")
    precondition(mode != .reflect || (padding < height && padding < width), "reflection wider than the picture")
  }

  /// The geometry of `x [N,H,W,I]` under `weight [kh,kw,I,O]`.
  package init(input: Shape, weight: Shape, stride: Int, padding: Int, mode: PaddingMode = .zero) {
    precondition(input.rank == 4 && weight.rank == 4 && input[3] == weight[2], "convolving \(input) with \(weight)")
    self.init(
      height: input[1], width: input[2], kernelHeight: weight[0], kernelWidth: weight[1], stride: stride,
      padding: padding, mode: mode)
  }

  package var outputHeight: Int { (height + 2 * padding - kernelHeight) / stride + 1 }
  package var outputWidth: Int { (width + 2 * padding - kernelWidth) / stride + 1 }
  var taps: Int { kernelHeight * kernelWidth }

  /// The same convolution of a picture that is already padded.
  var unpadded: ConvGeometry {
    ConvGeometry(
      height: height + 2 * padding, width: width + 2 * padding, kernelHeight: kernelHeight, kernelWidth: kernelWidth,
      stride: stride, padding: 0, mode: .zero)
  }

  /// Whether the input's gradient is a convolution of the output's gradient with stride 1, `reversed`.
  var isReversible: Bool { stride == 1 && kernelHeight == kernelWidth && padding < kernelHeight }

  /// The convolution from the output's gradient to the input's, with the kernel turned by 180 degrees.
  var reversed: ConvGeometry {
    precondition(isReversible && mode == .zero, "no convolution: the data gradient of \(self)")
    return ConvGeometry(
      height: outputHeight, width: outputWidth, kernelHeight: kernelHeight, kernelWidth: kernelWidth, stride: 1,
      padding: kernelHeight - 1 - padding, mode: .zero)
  }
}
