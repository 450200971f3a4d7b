import GanTensor

// Spectral normalisation (Miyato et al. 2018): weights are divided by their largest singular value, which one power
// iteration per pass in training mode follows. Keys as in PyTorch: `weight_orig`, and the buffers `weight_u` (over
// outputs) and `weight_v` (over the rest, in the order I, kh, kw).

/// The singular vectors of a weight whose last axis is its outputs.
struct SpectralNorm {
  private let u: Tensor, v: Tensor

  /// - Parameter layout: of `v`, which has the weight's shape without the last axis.
  init(_ scope: Scope, weight shape: Shape, layout: WeightLayout) {
    u = scope.direction("weight_u", [shape[-1]])
    v = scope.direction("weight_v", Shape(shape.sizes.dropLast()), layout: layout)
  }

  func callAsFunction(_ weight: Tensor, _ pass: Pass) -> Tensor {
    guard pass.statistics == .batch else { return weight.divided(by: weight.singularTriple(u: u, v: v)) }
    let triple = weight.powerIteration(from: u)
    u.assign(triple.u)
    v.assign(triple.v.reshaped(to: v.shape))
    return weight.divided(by: triple)
  }
}

/// Convolution of `[N,H,W,I]` with a spectrally normalised weight.
package struct SpectralConv2d {
  /// As it is trained, before the division.
  package let original: Tensor
  private let bias: Tensor?
  private let norm: SpectralNorm
  private let stride: Int, padding: Int, mode: PaddingMode

  /// - Parameters:
  ///   - copies: how many outputs in a row start alike.
  ///   - key: of the weight as it is trained.
  package init(
    _ scope: Scope, _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    mode: PaddingMode = .zero, bias: Bool = true, copies: Int = 1, key: String = "weight_orig"
  ) {
    let shape: Shape = [kernel, kernel, inputs, outputs]
    self.bias =
      bias ? scope.parameter("bias", [outputs], .bias(fanIn: inputs * kernel * kernel), copies: copies) : nil
    original = scope.parameter(key, shape, .weight, layout: .convolution, copies: copies)
    norm = SpectralNorm(scope, weight: shape, layout: .convolutionRow(kernel: kernel))
    (self.stride, self.padding, self.mode) = (stride, padding, mode)
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    x.convolved(norm(original, pass), bias: bias, stride: stride, padding: padding, mode: mode)
  }

  /// Of `x` upsampled by 2 to the nearest pixel, which is never made; for stride 1 and results of the same size.
  package func callAsFunction(upsampling x: Tensor, _ pass: Pass) -> Tensor {
    precondition(stride == 1 && 2 * padding == original.shape[0] - 1, "convolution after upsampling")
    return x.upsampledConvolved(norm(original, pass), bias: bias, mode: mode)
  }
}

/// Transposed convolution of `[N,H,W,I]` with a spectrally normalised weight: as a matrix its columns are the outputs,
/// as PyTorch has it.
package struct SpectralConvTranspose2d {
  /// `[kh,kw,outputs,inputs]`, as it is trained, before the division.
  private let original: Tensor
  private let bias: Tensor?
  private let norm: SpectralNorm
  private let stride: Int, padding: Int, outputPadding: Int

  package init(
    _ scope: Scope, _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int, padding: Int, outputPadding: Int = 0,
    bias: Bool = true
  ) {
    self.bias = bias ? scope.parameter("bias", [outputs], .bias(fanIn: outputs * kernel * kernel)) : nil
    original = scope.parameter("weight_orig", [kernel, kernel, outputs, inputs], .weight, layout: .convolution)
    norm = SpectralNorm(
      scope, weight: [kernel, kernel, inputs, outputs], layout: .convolutionRow(kernel: kernel))
    (self.stride, self.padding, self.outputPadding) = (stride, padding, outputPadding)
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    let swapped = [0, 1, 3, 2]
    return x.transposeConvolved(
      norm(original.permuted(swapped), pass).permuted(swapped), bias: bias, stride: stride, padding: padding,
      outputPadding: outputPadding)
  }
}

/// A fully connected layer without bias from `[N,inputs]` to `[N,outputs]`, its weight spectrally normalised.
package struct SpectralLinear {
  /// `[outputs,inputs]`, as it is trained, before the division.
  package let original: Tensor
  private let norm: SpectralNorm

  package init(_ scope: Scope, _ inputs: Int, _ outputs: Int) {
    original = scope.parameter("weight_orig", [outputs, inputs], .weight)
    norm = SpectralNorm(scope, weight: [inputs, outputs], layout: .same)
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    x.matmul(norm(original.permuted([1, 0]), pass))
  }
}
