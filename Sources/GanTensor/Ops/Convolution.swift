// Convolution, its data gradient (the transposed convolution) and its weight gradient are closed under
// differentiation: the derivatives of each one are the other two.

extension Tensor {
  /// Convolution of this `[N,H,W,I]` with `weight [kh,kw,I,O]`, plus `bias [O]`: `[N,Ho,Wo,O]`.
  package func convolved(
    _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, mode: PaddingMode = .zero
  ) -> Tensor {
    convolved(
      weight, bias: bias,
      ConvGeometry(input: shape, weight: weight.shape, stride: stride, padding: padding, mode: mode))
  }

  /// Transposed convolution of this `[N,H,W,O]` with `weight [kh,kw,I,O]`, plus `bias [I]`:
  /// `[N,(H-1)*stride-2*padding+kh+outputPadding, ...,I]`. The weight is that of the convolution whose
  /// data gradient this is, so `O` is the number of input channels.
  package func transposeConvolved(
    _ weight: Tensor, bias: Tensor? = nil, stride: Int, padding: Int, outputPadding: Int = 0
  ) -> Tensor {
    let geometry = ConvGeometry(
      height: (shape[1] - 1) * stride - 2 * padding + weight.shape[0] + outputPadding,
      width: (shape[2] - 1) * stride - 2 * padding + weight.shape[1] + outputPadding,
      kernelHeight: weight.shape[0], kernelWidth: weight.shape[1], stride: stride, padding: padding, mode: .zero)
    precondition(geometry.outputHeight == shape[1] && geometry.outputWidth == shape[2], "output padding too large")
    let operation = GraphOperation.transposedConvolution(stride: stride, padding: padding, outputPadding: outputPadding)
    return GraphTrace.whole(operation, from: [self, weight] + (bias.map { [$0] } ?? [])) {
      convDataGradient(weight, bias: bias, geometry)
    }
  }

  func convolved(_ weight: Tensor, bias: Tensor?, _ g: ConvGeometry) -> Tensor {
    let mark = OpClock.begin(
      .convolutionForward, arithmetic: g.arithmetic(shape[0], inputs: shape[3], outputs: weight.shape[3]))
    defer {
      OpClock.end(mark)
      LayerWatch.advance()
    }
    return ConvKernels.forward(picture: self, weight: weight, bias: bias, g).recorded(
      "convolution", as: .convolution(stride: g.stride, padding: g.padding, mode: g.mode),
      from: [self, weight] + (bias.map { [$0] } ?? []), saving: [self, weight]
    ) { backward in
      let (x, weight, dy) = (backward.saved[0], backward.saved[1], backward.gradient)
      return [
        backward.needs[0] ? dy.convDataGradient(weight, bias: nil, g) : nil,
        backward.needs[1] ? x.convWeightGradient(dy, g) : nil,
        backward.needs.count > 2 && backward.needs[2] ? dy.sum(over: [0, 1, 2]).reshaped(to: [dy.shape[3]]) : nil,
      ]
    }
  }

  func convDataGradient(_ weight: Tensor, bias: Tensor?, _ g: ConvGeometry) -> Tensor {
    let mark = OpClock.begin(
      .convolutionDataGradient, arithmetic: g.arithmetic(shape[0], inputs: weight.shape[2], outputs: shape[3]))
    defer {
      OpClock.end(mark)
      LayerWatch.advance()
    }
    return ConvKernels.dataGradient(gradient: self, weight: weight, bias: bias, g).recorded(
      "transposed convolution", from: [self, weight] + (bias.map { [$0] } ?? []), saving: [self, weight]
    ) { backward in
      let (dy, weight, dx) = (backward.saved[0], backward.saved[1], backward.gradient)
      return [
        backward.needs[0] ? dx.convolved(weight, bias: nil, g) : nil,
        backward.needs[1] ? dx.convWeightGradient(dy, g) : nil,
        backward.needs.count > 2 && backward.needs[2] ? dx.sum(over: [0, 1, 2]).reshaped(to: [dx.shape[3]]) : nil,
      ]
    }
  }

  func convWeightGradient(_ gradient: Tensor, _ g: ConvGeometry) -> Tensor {
    let mark = OpClock.begin(
      .convolutionWeightGradient, arithmetic: g.arithmetic(shape[0], inputs: shape[3], outputs: gradient.shape[3]))
    defer { OpClock.end(mark) }
    return ConvKernels.weightGradient(picture: self, gradient: gradient, g).recorded(
      "convolution weight gradient", from: [self, gradient], saving: [self, gradient]
    ) { backward in
      let (x, dy, dw) = (backward.saved[0], backward.saved[1], backward.gradient)
      return [
        backward.needs[0] ? dy.convDataGradient(dw, bias: nil, g) : nil,
        backward.needs[1] ? x.convolved(dw, bias: nil, g) : nil,
      ]
    }
  }
}

extension ConvGeometry {
  /// Additions and multiplications of the convolution or one of its gradients, for pictures of some channels.
  fileprivate func arithmetic(_ pictures: Int, inputs: Int, outputs: Int) -> Int {
    2 * pictures * outputHeight * outputWidth * taps * inputs * outputs
  }
}
