/// Convolutions and their gradients, by the algorithms that `ConvChoice` selects. Kernels only compute: none selects an
/// algorithm.
enum ConvKernels {
  /// Convolution of `picture [N,H,W,I]` with `weight [kh,kw,I,O]`, plus `bias [O]`: `[N,Ho,Wo,O]`.
  static func forward(
    picture: Tensor, weight: Tensor, bias: Tensor? = nil, _ g: ConvGeometry,
    _ arithmetic: ConvolutionArithmetic = .current
  ) -> Tensor {
    let problem = ConvProblem(
      .forward, g, images: picture.shape[0], inputs: weight.shape[2], outputs: weight.shape[3], type: picture.type)
    return forward(
      by: ConvChoice.algorithm(for: problem, arithmetic), picture: picture, weight: weight, bias: bias, g)
  }

  /// The gradient of a convolution's input, `[N,H,W,I]`, from that of its output, `gradient [N,Ho,Wo,O]`. It is also the
  /// transposed convolution, with `bias [I]`.
  static func dataGradient(
    gradient: Tensor, weight: Tensor, bias: Tensor? = nil, _ g: ConvGeometry,
    _ arithmetic: ConvolutionArithmetic = .current
  ) -> Tensor {
    let problem = ConvProblem(
      .dataGradient, g, images: gradient.shape[0], inputs: weight.shape[2], outputs: weight.shape[3],
      type: gradient.type)
    return dataGradient(
      by: ConvChoice.algorithm(for: problem, arithmetic), gradient: gradient, weight: weight, bias: bias, g)
  }

  /// The gradient of a convolution's weight, `[kh,kw,I,O]`, from its `picture [N,H,W,I]` and the output's
  /// `gradient [N,Ho,Wo,O]`.
  static func weightGradient(
    picture: Tensor, gradient: Tensor, _ g: ConvGeometry, _ arithmetic: ConvolutionArithmetic = .current
  ) -> Tensor {
    let problem = ConvProblem(
      .weightGradient, g, images: picture.shape[0], inputs: picture.shape[3], outputs: gradient.shape[3],
      type: picture.type)
    return weightGradient(
      by: ConvChoice.algorithm(for: problem, arithmetic), picture: picture, gradient: gradient, g)
  }

  private static func forward(
    by algorithm: ConvAlgorithm, picture: Tensor, weight: Tensor, bias: Tensor?, _ g: ConvGeometry
  ) -> Tensor {
    let result: Tensor
    switch algorithm {
    case .tiles(let parts, let isEmulated):
      return TileConvolution.forward(
        picture: picture, weight: weight, bias: bias, g, parts: parts, isEmulated: isEmulated)
    case .winograd(let size):
      return WinogradConvolution.forward(picture: picture, weight: weight, bias: bias, g, size)
    case .direct:
      return DirectConvolution.forward(picture: picture, weight: weight, bias: bias, g)
    case .rounded(let parts, let algorithm):
      result = RoundedProducts.sum(picture, weight, parts: parts) {
        forward(by: algorithm, picture: $0, weight: $1, bias: nil, g)
      }
    case .narrow: result = NarrowConvolution.forward(picture: picture, weight: weight, g)
    case .fewPixels: result = PatchConvolution.forwardOfFewPixels(picture: picture, weight: weight, g)
    case .patches: result = PatchConvolution.forward(picture: picture, weight: weight, g)
    case .foldedBorder, .narrowByPhases: preconditionFailure("a convolution by \(algorithm)")
    }
    if let bias { result.addToRows(bias) }
    return result
  }

  private static func dataGradient(
    by algorithm: ConvAlgorithm, gradient: Tensor, weight: Tensor, bias: Tensor?, _ g: ConvGeometry
  ) -> Tensor {
    let result: Tensor
    switch algorithm {
    case .tiles(let parts, let isEmulated):
      return TileConvolution.dataGradient(
        gradient: gradient, weight: weight, bias: bias, g, parts: parts, isEmulated: isEmulated)
    case .winograd(let size):
      return WinogradConvolution.dataGradient(gradient: gradient, weight: weight, bias: bias, g, size)
    case .direct:
      return DirectConvolution.dataGradient(gradient: gradient, weight: weight, bias: bias, g)
    case .foldedBorder(let algorithm):
      let bordered = dataGradient(by: algorithm, gradient: gradient, weight: weight, bias: nil, g.unpadded)
      result = PatchConvolution.foldingBorder(of: bordered, g)
    case .rounded(let parts, let algorithm):
      result = RoundedProducts.sum(gradient, weight, parts: parts) {
        dataGradient(by: algorithm, gradient: $0, weight: $1, bias: nil, g)
      }
    case .narrow: result = NarrowConvolution.dataGradient(gradient: gradient, weight: weight, g)
    case .narrowByPhases: result = NarrowConvolution.dataGradientByPhases(gradient: gradient, weight: weight, g)
    case .fewPixels: result = PatchConvolution.dataGradientOfFewPixels(gradient: gradient, weight: weight, g)
    case .patches: result = PatchConvolution.dataGradient(gradient: gradient, weight: weight, g)
    }
    if let bias { result.addToRows(bias) }
    return result
  }

  private static func weightGradient(
    by algorithm: ConvAlgorithm, picture: Tensor, gradient: Tensor, _ g: ConvGeometry
  ) -> Tensor {
    switch algorithm {
    case .tiles(let parts, let isEmulated):
      return TileConvolution.weightGradient(
        picture: picture, gradient: gradient, g, parts: parts, isEmulated: isEmulated)
    case .rounded(let parts, let algorithm):
      return RoundedProducts.sum(picture, gradient, parts: parts) {
        weightGradient(by: algorithm, picture: $0, gradient: $1, g)
      }
    case .winograd(let size):
      return WinogradConvolution.weightGradient(picture: picture, gradient: gradient, g, size)
    case .narrow: return NarrowConvolution.weightGradient(picture: picture, gradient: gradient, g)
    case .patches: return PatchConvolution.weightGradient(picture: picture, gradient: gradient, g)
    case .foldedBorder, .direct, .narrowByPhases, .fewPixels:
      preconditionFailure("a weight gradient by \(algorithm)")
    }
  }
}
