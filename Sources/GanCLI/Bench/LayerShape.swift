import GanTensor

/// One convolution of a network, with all that decides its speed.
struct LayerShape: Hashable {
  /// Pictures, and the size of the maps that come in.
  var batch = 1
  var size: Int
  var inputs: Int
  var outputs: Int
  var kernel: Int
  var stride = 1
  var padding = 0
  var mode = PaddingMode.zero
  /// A transposed convolution, with an output padding of `outputPadding`.
  var isTransposed = false
  var outputPadding = 0

  /// Height and width of the maps that come out.
  var outputSize: Int {
    isTransposed
      ? (size - 1) * stride - 2 * padding + kernel + outputPadding : (size + 2 * padding - kernel) / stride + 1
  }

  /// Additions and multiplications of the plain algorithm; the same for both gradients.
  var operations: Double {
    let pixels = isTransposed ? size * size : outputSize * outputSize
    return 2 * Double(batch * pixels) * Double(inputs * outputs) * Double(kernel * kernel)
  }

  /// `[kh,kw,I,O]`; in a transposed convolution what comes in counts as `O`.
  var weightShape: Shape {
    isTransposed ? [kernel, kernel, outputs, inputs] : [kernel, kernel, inputs, outputs]
  }

  func applied(to x: Tensor, _ weight: Tensor) -> Tensor {
    isTransposed
      ? x.transposeConvolved(weight, stride: stride, padding: padding, outputPadding: outputPadding)
      : x.convolved(weight, stride: stride, padding: padding, mode: mode)
  }

  /// The algorithm that the engine takes for a pass with the precision in force, in few words.
  func algorithm(for pass: LayerBench.Pass) -> String {
    ConvChoice.current(for: problem(pass)).description
  }

  /// A transposed convolution is the data gradient of the convolution whose input it makes, and its own data gradient is
  /// that convolution.
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

  /// `16x128x128x8 -> 64, k7 s1 p3`; `T` for a transposed one, `r` for a mirrored border.
  var text: String {
    "\(batch)x\(size)x\(size)x\(inputs) -> \(outputs), \(isTransposed ? "T" : "")k\(kernel) s\(stride) p\(padding)"
      + (mode == .reflect ? "r" : "")
  }
}

/// A layer by its name in the model's paper or program.
struct NamedLayer {
  let model: String
  let name: String
  let shape: LayerShape
}
