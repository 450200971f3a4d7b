import CKernels
import GanBase

/// Convolution of fp32 pictures of few channels (a generator's first layer): instead of patches, which would be many
/// times as large as the picture, it uses the kernel of fixed networks on rows that are copied together with their padding.
enum DirectConvolution {
  static func forward(picture: Tensor, weight: Tensor, bias: Tensor?, _ g: ConvGeometry) -> Tensor {
    let inputs = weight.shape[2], outputs = weight.shape[3]
    let blocks = ceilDiv(outputs, GK_OUTPUT_BLOCK)
    let packed = weight.packedForMaps(taps: g.taps * inputs, outputs: outputs)
    let shifts = Tensor.zeros([blocks * GK_OUTPUT_BLOCK], type: weight.type)
    if let bias, !DryRun.isOn { shifts.pointer.copyMemory(from: bias.pointer, byteCount: outputs * weight.type.size) }
    let result = Tensor(uninitialized: [picture.shape[0], g.outputHeight, g.outputWidth, outputs], picture.type)
    BorderedRows.forEachBlock(of: picture, g, productsOfPixel: 0) { block, _ in
      let (rows, line) = (block.rows, block.line)
      var map = gk_map_convolution()
      map.x = block.pixels
      (map.x_row, map.x_pixel) = (g.stride * line, g.stride * inputs)
      (map.kernel_rows, map.kernel_row_step, map.run) = (g.kernelHeight, line, g.kernelWidth * inputs)
      map.y = result.mutableFloats(at: (block.image * g.outputHeight + rows.lowerBound) * g.outputWidth * outputs)
      (map.y_row, map.y_pixel) = (g.outputWidth * outputs, outputs)
      (map.rows, map.columns, map.outputs) = (rows.count, g.outputWidth, outputs)
      (map.weights, map.bias) = (packed.floats(at: 0), shifts.floats(at: 0))
      for outputBlock in 0..<blocks { gk_convolve_map(&map, outputBlock, 0, rows.count * g.outputWidth) }
    }
    return result
  }

  /// For stride 1, where the data gradient is itself a convolution.
  static func dataGradient(gradient: Tensor, weight: Tensor, bias: Tensor?, _ g: ConvGeometry) -> Tensor {
    forward(picture: gradient, weight: weight.reversed(), bias: bias, g.reversed)
  }
}
