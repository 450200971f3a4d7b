extension TileConvolution {
  static func forward(
    picture: Tensor, weight: Tensor, bias: Tensor?, _ g: ConvGeometry, parts: Int, isEmulated: Bool
  ) -> Tensor {
    let outputs = weight.shape[3]
    let result = Tensor(uninitialized: [picture.shape[0], g.outputHeight, g.outputWidth, outputs], picture.type)
    let steps = TileSteps(
      kernelRows: Array(0..<g.kernelHeight), kernelColumns: Array(0..<g.kernelWidth), channels: picture.shape[3])
    let convolution = TileConvolution(
      picture: TilePicture(picture, g, parts: parts), row: 0, column: 0, stride: g.stride, steps: steps,
      weights: steps.packed(weight, parts: parts), bias: padded(bias, outputs),
      target: TileTarget(
        tensor: result, y: 0, x: 0, stride: 1, rows: g.outputHeight, columns: g.outputWidth))
    run([convolution], isEmulated: isEmulated)
    return result
  }
}
