import GanTensor

/// The shape of one convolution of a network.
struct LayerShape: Hashable {
  /// Batch size, and height and width of the input.
  var batch = 1
  var size: Int
  var inputs: Int
  var outputs: Int
  var kernel: Int
  var stride = 1
  var padding = 0
  var mode = PaddingMode.zero
  /// Whether it is a transposed convolution, with output padding `outputPadding`.
  var isTransposed = false
  var outputPadding = 0

  /// Height and width of the output.
  var outputSize: Int {
    isTransposed
      ? (size - 1) * stride - 2 * padding + kernel + outputPadding : (size + 2 * padding - kernel) / stride + 1
  }

  /// Additions and multiplications of the plain algorithm; the same for both gradients.
  var operations: Double {
    let pixels = isTransposed ? size * size : outputSize * outputSize
    return 2 * Double(batch * pixels) * Double(inputs * outputs) * Double(kernel * kernel)
  }

  /// `[kh,kw,I,O]`; in a transposed convolution `O` is the number of input channels.
  var weightShape: Shape {
    isTransposed ? [kernel, kernel, outputs, inputs] : [kernel, kernel, inputs, outputs]
  }

  func applied(to x: Tensor, _ weight: Tensor) -> Tensor {
    isTransposed
      ? x.transposeConvolved(weight, stride: stride, padding: padding, outputPadding: outputPadding)
      : x.convolved(weight, stride: stride, padding: padding, mode: mode)
  }

  /// A short name of the algorithm that the engine chooses for a pass in the current precision.
  func algorithm(for pass: LayerBench.Pass) -> String {
    ConvChoice.current(for: problem(pass)).description
  }

  /// The convolution problem of a pass. A transposed convolution is the data gradient of a convolution, which is in
  /// turn its data gradient.
  private func problem(_ pass: LayerBench.Pass) -> ConvProblem {
    let side = isTransposed ? outputSize : size
    let geometry = ConvGeometry(
      height: side, width: side, kernelHeight: kernel, kernelWidth: kernel, stride: stride, padding: padding,
      mode: mode)
    let enginePass: ConvPass =
      switch pass {
      case .forward: isTransposed ? .dataGradient : .forward
      case .dataGradient: isTransposed ? .forward : .dataGradient
      case .weightGradient: .weightGradient
      }
    return ConvProblem(
      enginePass, geometry, images: batch, inputs: isTransposed ? outputs : inputs,
      outputs: isTransposed ? inputs : outputs)
  }

  /// For instance `16x128x128x8 -> 64, k7 s1 p3`; `T` for a transposed convolution, `r` for reflection padding.
  var text: String {
    "\(batch)x\(size)x\(size)x\(inputs) -> \(outputs), \(isTransposed ? "T" : "")k\(kernel) s\(stride) p\(padding)"
      + (mode == .reflect ? "r" : "")
  }
}

/// A layer with its name in the model's paper or program.
struct NamedLayer {
  let model: String
  let name: String
  let shape: LayerShape
}
