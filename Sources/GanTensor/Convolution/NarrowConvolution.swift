import CKernels
import GanBase

/// Convolution of fp32 pictures to few channels (a generator's last layer). A matrix product with three columns would
/// be inefficient: instead each row of the padded picture is multiplied once with the kernel's columns side by side, and
/// as many shifted results are added as the kernel has columns.
enum NarrowConvolution {
  static func forward(picture: Tensor, weight: Tensor, _ g: ConvGeometry) -> Tensor {
    let type = picture.type, inputs = weight.shape[2], outputs = weight.shape[3]
    let n = g.kernelWidth * outputs, columns = g.width + 2 * g.padding
    let result = Tensor(uninitialized: [picture.shape[0], g.outputHeight, g.outputWidth, outputs], type)
    let blocks = ceilDiv(n, GK_OUTPUT_BLOCK)
    let weights = weight.narrowPacked().packedForMaps(taps: g.kernelHeight * inputs, outputs: n)
    let shifts = Tensor.zeros([blocks * GK_OUTPUT_BLOCK], type: type)
    BorderedRows.forEachBlock(of: picture, g, productsOfPixel: n) { block, products in
      let (rows, line) = (block.rows, block.line)
      var map = gk_map_convolution()
      map.x = block.pixels
      (map.x_row, map.x_pixel) = (line, inputs)
      (map.kernel_rows, map.kernel_row_step, map.run) = (g.kernelHeight, line, inputs)
      map.y = products
      (map.y_row, map.y_pixel) = (columns * n, n)
      (map.rows, map.columns, map.outputs) = (rows.count, columns, n)
      (map.weights, map.bias) = (weights.floats(at: 0), shifts.floats(at: 0))
      for outputBlock in 0..<blocks { gk_convolve_map(&map, outputBlock, 0, rows.count * columns) }
      for row in rows {
        gk_shifted_sum(
          type.rawValue, products + (row - rows.lowerBound) * columns * n, g.outputWidth, g.kernelWidth,
          outputs, result.pointer(at: (block.image * g.outputHeight + row) * g.outputWidth * outputs))
      }
    }
    return result
  }

  /// For stride 1, where the data gradient is itself a convolution.
  static func dataGradient(gradient: Tensor, weight: Tensor, _ g: ConvGeometry) -> Tensor {
    forward(picture: gradient, weight: weight.reversed(), g.reversed)
  }

  /// For kernels with even sides and stride 2: the four phases of the input's pixels are additional channels of a
  /// convolution with a quarter of the kernel.
  static func dataGradientByPhases(gradient: Tensor, weight: Tensor, _ g: ConvGeometry) -> Tensor {
    let (type, images) = (gradient.type, gradient.shape[0])
    let inputs = weight.shape[2], outputs = weight.shape[3], side = g.kernelHeight / 2
    let phased = ConvGeometry(
      height: g.outputHeight, width: g.outputWidth, kernelHeight: side, kernelWidth: side, stride: 1,
      padding: side - 1, mode: .zero)
    func taps(_ phase: Int) -> [Int] { (0..<side).map { phase + 2 * (side - 1 - $0) } }
    let parts = (0..<4).map {
      weight.transposedTaps(taps($0 / 2), taps($0 % 2)).reshaped(to: [side, side, outputs, inputs])
    }
    let quads = forward(picture: gradient, weight: Tensor.concatenated(parts, axis: 3), phased)
    let result = Tensor.zeros([images, g.height, g.width, inputs], type: type)
    parallel(images * g.height, grain: 4) { range in
      for item in range {
        let (image, y) = item.quotientAndRemainder(dividingBy: g.height)
        let (row, phase) = (y + g.padding).quotientAndRemainder(dividingBy: 2)
        guard row < phased.outputHeight else { continue }
        for x in 0..<2 {
          let column = (x + g.padding) / 2, place = 2 * phase + (x + g.padding) % 2
          gk_copy_rows(
            type.rawValue,
            quads.pointer(at: ((image * phased.outputHeight + row) * phased.outputWidth + column) * 4 * inputs)
              + place * inputs * type.size, 4 * inputs,
            result.pointer(at: (item * g.width + x) * inputs), 2 * inputs,
            min((g.width - x + 1) / 2, phased.outputWidth - column), inputs)
        }
      }
    }
    return result
  }

  /// The same rows of the bordered picture, times the output's gradients side by side. In Float64 as well.
  static func weightGradient(picture: Tensor, gradient: Tensor, _ g: ConvGeometry) -> Tensor {
    let (type, images) = (picture.type, picture.shape[0])
    let inputs = picture.shape[3], outputs = gradient.shape[3]
    let m = g.kernelHeight * inputs, n = g.kernelWidth * outputs
    let plan = ConvPlan.of(g)
    let (pictures, seen) = (plan.borderedColumns, plan.outputsOfColumn)
    let columns = pictures.columns, rows = max(1, patchBytes / (columns * (m + n) * type.size))
    let chunk = ceilDiv(g.outputHeight, max(1, min(8, g.outputHeight / rows)))
    let chunks = ceilDiv(g.outputHeight, chunk)
    let sums = (0..<images * chunks).map { _ in Tensor(uninitialized: [m, n], type) }
    let scratch = [m, n].map { rows * columns * $0 * type.size }
    parallel(images * chunks, grain: 1, scratch: scratch) { item, scratch in
      let (image, index) = item.lowerBound.quotientAndRemainder(dividingBy: chunks)
      let last = min((index + 1) * chunk, g.outputHeight)
      let (left, right) = (scratch[0], scratch[1])
      for first in stride(from: index * chunk, to: last, by: rows) {
        let range = first * columns..<min(first + rows, last) * columns
        pictures.gather(
          type, from: picture.pointer(at: image * g.height * g.width * inputs), width: g.width, pixelStep: inputs,
          channels: inputs, range: range, to: left.pointer)
        seen.gather(
          type, from: gradient.pointer(at: image * g.outputHeight * g.outputWidth * outputs), width: g.outputWidth,
          pixelStep: outputs, channels: outputs, range: range, to: right.pointer)
        gemm(
          type, transposeA: true, m: m, n: n, k: range.count, left.pointer, m, right.pointer, n,
          beta: first == index * chunk ? 0 : 1, sums[item.lowerBound].pointer, n)
      }
    }
    for other in sums.dropFirst() { sums[0].accumulate(other) }
    return Tape.paused {
      sums[0].reshaped(to: [g.kernelHeight, inputs, g.kernelWidth, outputs]).permuted([0, 2, 1, 3])
    }
  }
}

extension Tensor {
  /// `[kh,kw,I,O]` as `[kh,I,kw,O]`.
  fileprivate func narrowPacked() -> Tensor { Tape.paused { permuted([0, 2, 1, 3]) } }
}
