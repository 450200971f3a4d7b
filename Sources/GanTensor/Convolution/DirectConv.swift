import CKernels
import GanBase

// Few channels on one side (a generator's first and last layer): no patches, which would be many times as large as the
// picture, but the kernel of fixed networks, on rows that are copied into a border.

/// Bytes of bordered rows that one thread works on.
private let bordered = 512 << 10

func isNarrow(outputs: Int, inputs: Int, _ g: ConvGeometry) -> Bool {
  outputs <= 8 && g.stride == 1 && g.kernelWidth >= 3 && g.outputWidth >= 16 && g.kernelHeight * inputs >= 64
}

extension Tensor {
  /// The convolution of fp32 pictures of few channels; nil for others.
  func directForward(_ weight: Tensor, bias: Tensor?, _ g: ConvGeometry) -> Tensor? {
    let inputs = shape[3], outputs = weight.shape[3]
    guard type == .float32, inputs <= 8, outputs >= 16, g.kernelWidth * inputs >= 16 else { return nil }
    let blocks = ceilDiv(outputs, GK_OUTPUT_BLOCK)
    let packed = weight.packedForMaps(taps: g.taps * inputs, outputs: outputs)
    let shifts = Tensor.zeros([blocks * GK_OUTPUT_BLOCK], type: type)
    if let bias, !DryRun.isOn { shifts.pointer.copyMemory(from: bias.pointer, byteCount: outputs * type.size) }
    let result = Tensor(uninitialized: [shape[0], g.outputHeight, g.outputWidth, outputs], type)
    forEachBlockOfBorderedRows(g, productsOfPixel: 0) { image, rows, picture, line in
      var map = gk_map_convolution()
      map.x = UnsafePointer(picture)
      (map.x_row, map.x_pixel) = (g.stride * line, g.stride * inputs)
      (map.kernel_rows, map.kernel_row_step, map.run) = (g.kernelHeight, line, g.kernelWidth * inputs)
      map.y = result.floats(at: (image * g.outputHeight + rows.lowerBound) * g.outputWidth * outputs)
      (map.y_row, map.y_pixel) = (g.outputWidth * outputs, outputs)
      (map.rows, map.columns, map.outputs) = (rows.count, g.outputWidth, outputs)
      (map.weights, map.bias) = (UnsafePointer(packed.floats(at: 0)), UnsafePointer(shifts.floats(at: 0)))
      for block in 0..<blocks { gk_convolve_map(&map, block, 0, rows.count * g.outputWidth) }
    }
    return result
  }

  /// `[kh,kw,I,O]` as `[kh,I,kw,O]`.
  func narrowPacked() -> Tensor { Tape.paused { permuted([0, 2, 1, 3]) } }

  /// The convolution of fp32 pictures to few channels (see `isNarrow`), into `result`. Three columns waste a matrix
  /// product: each row of the bordered picture is multiplied once with the kernel's columns side by side, and as many
  /// shifted results are added as the kernel has columns.
  /// - Parameter packed: `[kh,I,kw,O]`
  func narrowForward(_ packed: Tensor, outputs: Int, _ g: ConvGeometry, _ result: Tensor) {
    let inputs = shape[3], n = g.kernelWidth * outputs, columns = g.width + 2 * g.padding
    let blocks = ceilDiv(n, GK_OUTPUT_BLOCK)
    let weights = packed.packedForMaps(taps: g.kernelHeight * inputs, outputs: n)
    let shifts = Tensor.zeros([blocks * GK_OUTPUT_BLOCK], type: type)
    forEachBlockOfBorderedRows(g, productsOfPixel: n) { image, rows, picture, line in
      let products = Tensor(uninitialized: [rows.count, columns, n], type)
      var map = gk_map_convolution()
      map.x = UnsafePointer(picture)
      (map.x_row, map.x_pixel) = (line, inputs)
      (map.kernel_rows, map.kernel_row_step, map.run) = (g.kernelHeight, line, inputs)
      map.y = products.floats(at: 0)
      (map.y_row, map.y_pixel) = (columns * n, n)
      (map.rows, map.columns, map.outputs) = (rows.count, columns, n)
      (map.weights, map.bias) = (UnsafePointer(weights.floats(at: 0)), UnsafePointer(shifts.floats(at: 0)))
      for block in 0..<blocks { gk_convolve_map(&map, block, 0, rows.count * columns) }
      for row in rows {
        gk_shifted_sum(
          type.rawValue, products.pointer(at: (row - rows.lowerBound) * columns * n), g.outputWidth, g.kernelWidth,
          outputs, result.pointer(at: (image * g.outputHeight + row) * g.outputWidth * outputs))
      }
    }
  }

  /// From the output's gradient, this, to the input's, of few channels, where the kernel's sides are even and the stride
  /// is 2: the four phases of the input's pixels are further channels of a convolution with a quarter of the kernel.
  func narrowDataGradientByPhases(_ weight: Tensor, _ g: ConvGeometry) -> Tensor? {
    let inputs = weight.shape[2], outputs = weight.shape[3], side = g.kernelHeight / 2
    guard type == .float32, inputs <= 8, g.stride == 2, g.mode == .zero, g.kernelWidth == g.kernelHeight,
      g.kernelHeight % 2 == 0, side * outputs >= 64, g.outputWidth >= 16
    else { return nil }
    let phased = ConvGeometry(
      height: g.outputHeight, width: g.outputWidth, kernelHeight: side, kernelWidth: side, stride: 1,
      padding: side - 1, mode: .zero)
    func taps(_ phase: Int) -> [Int] { (0..<side).map { phase + 2 * (side - 1 - $0) } }
    let parts = (0..<4).map {
      weight.transposedTaps(taps($0 / 2), taps($0 % 2)).reshaped(to: [side, side, outputs, inputs])
    }
    let quads = Tensor(uninitialized: [shape[0], phased.outputHeight, phased.outputWidth, 4 * inputs], type)
    narrowForward(Tensor.concatenated(parts, axis: 3).narrowPacked(), outputs: 4 * inputs, phased, quads)
    let result = Tensor.zeros([shape[0], g.height, g.width, inputs], type: type)
    parallel(shape[0] * g.height, grain: 4) { range in
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

  /// Hands out blocks of output rows, with the bordered rows of this picture that they see, `line` elements each.
  /// - Parameter productsOfPixel: elements that `body` makes for each pixel of those rows.
  private func forEachBlockOfBorderedRows(
    _ g: ConvGeometry, productsOfPixel: Int,
    _ body: (_ image: Int, _ rows: Range<Int>, UnsafeMutablePointer<Float>, _ line: Int) -> Void
  ) {
    let channels = shape[3], columns = g.width + 2 * g.padding, line = columns * channels
    // As many rows as may stay in the cache, but enough blocks for some threads.
    let most = Swift.max(4, bordered / (line * type.size * g.stride) - g.kernelHeight)
    let size = Swift.min(most, Swift.max(4, g.outputHeight / 8)), blocks = ceilDiv(g.outputHeight, size)
    let table = ConvPlan.of(g).bordered
    let scratch = [(size - 1) * g.stride + g.kernelHeight, size * columns * productsOfPixel / line]
      .map { $0 * line * type.size }
    parallel(shape[0] * blocks, grain: 1, scratch: scratch) { item in
      let (image, block) = item.lowerBound.quotientAndRemainder(dividingBy: blocks)
      let rows = block * size..<Swift.min((block + 1) * size, g.outputHeight)
      let picture = pointer(at: image * g.height * g.width * channels)
      let seen = (rows.count - 1) * g.stride + g.kernelHeight
      let copy = Tensor(uninitialized: [seen, line], type)
      for index in 0..<seen {
        let target = copy.pointer(at: index * line)
        if let row = g.mode.source(rows.lowerBound * g.stride - g.padding + index, g.height) {
          table.gather(
            type, from: picture, width: g.width, pixelStep: channels, channels: channels,
            range: row * columns..<(row + 1) * columns, to: target)
        } else {
          target.initializeMemory(as: UInt8.self, repeating: 0, count: line * type.size)
        }
      }
      body(image, rows, copy.floats(at: 0), line)
    }
  }

  private func packedForMaps(taps: Int, outputs: Int) -> Tensor {
    let blocks = ceilDiv(outputs, GK_OUTPUT_BLOCK)
    let packed = Tensor(uninitialized: [blocks, taps, GK_OUTPUT_BLOCK], type)
    if !DryRun.isOn { gk_pack_map_weights(floats(at: 0), taps, outputs, packed.floats(at: 0)) }
    return packed
  }

  private func floats(at index: Int) -> UnsafeMutablePointer<Float> {
    pointer(at: index).assumingMemoryBound(to: Float.self)
  }
}
