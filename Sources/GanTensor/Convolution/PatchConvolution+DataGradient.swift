import CKernels

extension PatchConvolution {
  /// Each input pixel gathers the outputs that saw it; for stride s the pixels fall into s*s phases,
  /// each an ordinary convolution with its part of the kernel.
  static func dataGradient(gradient: Tensor, weight: Tensor, _ g: ConvGeometry) -> Tensor {
    let (type, images) = (gradient.type, gradient.shape[0])
    let outputs = gradient.shape[3], inputs = weight.shape[2]
    let result = Tensor(uninitialized: [images, g.height, g.width, inputs], type)
    let phases = ConvPlan.of(g).phases
    let packed = phases.map { weight.transposedTaps($0.kernelRows, $0.kernelColumns) }
    struct Item {
      let phase: Int, image: Int
      let rows: Range<Int>
    }
    var items: [Item] = []
    for (index, phase) in phases.enumerated() {
      let k = phase.table.taps * outputs
      let rows = max(1, patchBytes / max(1, phase.table.columns * (k + inputs) * type.size))
      for image in 0..<images {
        for first in stride(from: 0, to: phase.table.rows, by: rows) {
          items.append(Item(phase: index, image: image, rows: first..<min(first + rows, phase.table.rows)))
        }
      }
    }
    let scratch = items.map { item in
      let table = phases[item.phase].table, pixels = item.rows.count * table.columns
      return [pixels * inputs * type.size, pixels * table.taps * outputs * type.size]
    }
    let largest = scratch.max { $0[0] + $0[1] < $1[0] + $1[1] } ?? []
    parallel(items.count, grain: 1, scratch: largest) { range in
      let item = items[range.lowerBound]
      let phase = phases[item.phase], columns = phase.table.columns
      let k = phase.table.taps * outputs, pixels = item.rows.count * columns
      let products = Storage(bytes: pixels * inputs * type.size)
      if k == 0 {
        products.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: pixels * inputs * type.size)
      } else {
        let patches = Storage(bytes: pixels * k * type.size)
        phase.table.gather(
          type, from: gradient.pointer(at: item.image * g.outputHeight * g.outputWidth * outputs), width: g.outputWidth,
          pixelStep: outputs, channels: outputs, range: item.rows.lowerBound * columns..<item.rows.upperBound * columns,
          to: patches.pointer)
        gemm(
          type, m: pixels, n: inputs, k: k, patches.pointer, k, packed[item.phase].pointer, inputs, products.pointer,
          inputs)
      }
      for row in item.rows {
        let y = phase.y + row * g.stride
        gk_copy_rows(
          type.rawValue, products.pointer + (row - item.rows.lowerBound) * columns * inputs * type.size, inputs,
          result.pointer(at: ((item.image * g.height + y) * g.width + phase.x) * inputs), g.stride * inputs, columns,
          inputs)
      }
    }
    return result
  }

  /// Reads the weights as they are stored: columns of all taps, then the adjoint of gathering. The
  /// threads share the input channels, so that no two add to one place.
  static func dataGradientOfFewPixels(gradient: Tensor, weight: Tensor, _ g: ConvGeometry) -> Tensor {
    let (type, images) = (gradient.type, gradient.shape[0])
    let outputs = gradient.shape[3], inputs = weight.shape[2], taps = g.taps
    let pixels = g.outputHeight * g.outputWidth, all = images * pixels
    let result = Tensor.zeros([images, g.height, g.width, inputs], type: type)
    let table = ConvPlan.of(g).forward
    let grain = channelGrain(inputs)
    parallel(inputs, grain: grain, scratch: [all * taps * min(grain, inputs) * type.size]) { range in
      let width = taps * range.count
      let columns = Storage(bytes: all * width * type.size)
      for tap in 0..<taps {
        gemm(
          type, transposeB: true, m: all, n: range.count, k: outputs, gradient.pointer, outputs,
          weight.pointer(at: (tap * inputs + range.lowerBound) * outputs), outputs,
          columns.pointer + tap * range.count * type.size, width)
      }
      for image in 0..<images {
        table.scatterAdd(
          type, columns.pointer + image * pixels * width * type.size, patchStep: width, range: 0..<pixels,
          to: result.pointer(at: image * g.height * g.width * inputs + range.lowerBound), width: g.width,
          pixelStep: inputs, channels: range.count)
      }
    }
    return result
  }

  /// The gradient of a picture from that of the bordered one: the border is added to the pixels it repeats.
  static func foldingBorder(of bordered: Tensor, _ g: ConvGeometry) -> Tensor {
    let (type, images) = (bordered.type, bordered.shape[0])
    let height = bordered.shape[1], width = bordered.shape[2], channels = bordered.shape[3]
    let result = Tensor.zeros([images, g.height, g.width, channels], type: type)
    var sources = [[Int]](repeating: [], count: g.height)
    for y in 0..<height {
      if let row = g.mode.source(y - g.padding, g.height) { sources[row].append(y) }
    }
    let table = ConvPlan.of(g).bordered
    parallel(images * g.height, grain: max(1, elementGrain / (width * channels))) { range in
      for item in range {
        let (image, row) = item.quotientAndRemainder(dividingBy: g.height)
        for y in sources[row] {
          table.scatterAdd(
            type, bordered.pointer(at: (image * height + y) * width * channels), patchStep: channels,
            range: 0..<width, to: result.pointer(at: item * g.width * channels), width: 0,
            pixelStep: channels, channels: channels)
        }
      }
    }
    return result
  }
}
