import GanTensor

/// Convolution of `[N,H,W,I]`; keys `weight`, `bias`.
package struct Conv2d {
  package let weight: Tensor
  package let bias: Tensor?
  let stride: Int, padding: Int, mode: PaddingMode

  /// - Parameter copies: how many outputs in a row start alike.
  package init(
    _ scope: Scope, _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    mode: PaddingMode = .zero, bias: Bool = true, copies: Int = 1
  ) {
    weight = scope.parameter(
      "weight", [kernel, kernel, inputs, outputs], .weight, layout: .convolution, copies: copies)
    self.bias =
      bias ? scope.parameter("bias", [outputs], .bias(fanIn: inputs * kernel * kernel), copies: copies) : nil
    (self.stride, self.padding, self.mode) = (stride, padding, mode)
  }

  package func callAsFunction(_ x: Tensor) -> Tensor {
    x.convolved(weight, bias: bias, stride: stride, padding: padding, mode: mode)
  }

  /// Of `x` upsampled by 2 to the nearest pixel, which is never made; for stride 1 and results of the same size.
  package func callAsFunction(upsampling x: Tensor) -> Tensor {
    precondition(stride == 1 && 2 * padding == weight.shape[0] - 1, "convolution after upsampling")
    return x.upsampledConvolved(weight, bias: bias, mode: mode)
  }
}

/// Transposed convolution of `[N,H,W,I]`; keys `weight` (`[in,out,kh,kw]` in PyTorch), `bias`.
package struct ConvTranspose2d {
  package let weight: Tensor
  package let bias: Tensor?
  let stride: Int, padding: Int, outputPadding: Int

  package init(
    _ scope: Scope, _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int, padding: Int, outputPadding: Int = 0,
    bias: Bool = true
  ) {
    weight = scope.parameter("weight", [kernel, kernel, outputs, inputs], .weight, layout: .convolution)
    // PyTorch takes the second axis of the weight as the fan-in here as well.
    self.bias = bias ? scope.parameter("bias", [outputs], .bias(fanIn: outputs * kernel * kernel)) : nil
    (self.stride, self.padding, self.outputPadding) = (stride, padding, outputPadding)
  }

  package func callAsFunction(_ x: Tensor) -> Tensor {
    x.transposeConvolved(weight, bias: bias, stride: stride, padding: padding, outputPadding: outputPadding)
  }
}
