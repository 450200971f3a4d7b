extension ConvGeometry {
  /// Below so many pixels the time goes into reading the weights once, which fp32 does without packing them.
  private static let fewestPixels = 64
  /// Below so many products for a pixel the time goes into rounding the picture.
  private static let fewestProducts = 1024

  /// Whether tiles gain anything: the same answer for a convolution and both of its gradients.
  func suitsTiles(images: Int, inputs: Int, outputs: Int) -> Bool {
    images * outputHeight * outputWidth >= Self.fewestPixels && taps * inputs * outputs >= Self.fewestProducts
      && kernelHeight * (width + 2 * padding) * TilePicture.pixel(max(inputs, outputs)) < Int(Int32.max)
  }
}

extension Tensor {
  /// `convKernel` where the precision in force allows bf16 and the shape suits it, else nil.
  func tileForward(
    _ weight: Tensor, bias: Tensor?, _ g: ConvGeometry, _ arithmetic: ConvolutionArithmetic = .current
  ) -> Tensor? {
    guard type == .float32, g.suitsTiles(images: shape[0], inputs: shape[3], outputs: weight.shape[3]) else {
      return nil
    }
    switch arithmetic {
    case .single, .wideTiles: return nil
    case .rounded(let parts):
      let result = productsOfParts(weight, parts) { $0.convKernel($1, bias: nil, g) }
      if let bias { result.addToRows(bias) }
      return result
    case .tiles(let parts, let isEmulated):
      let result = Tensor(uninitialized: [shape[0], g.outputHeight, g.outputWidth, weight.shape[3]], type)
      let steps = TileSteps(
        kernelRows: Array(0..<g.kernelHeight), kernelColumns: Array(0..<g.kernelWidth), channels: shape[3])
      let convolution = TileConvolution(
        picture: TilePicture(self, g, parts: parts), row: 0, column: 0, stride: g.stride, steps: steps,
        weights: steps.packed(weight, parts: parts), bias: TileConvolution.padded(bias, weight.shape[3]),
        target: TileTarget(
          tensor: result, y: 0, x: 0, stride: 1, rows: g.outputHeight, columns: g.outputWidth))
      TileConvolution.run([convolution], isEmulated: isEmulated)
      return result
    }
  }
}
