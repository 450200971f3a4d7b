import CKernels

extension PatchConvolution {
  /// Each input pixel gathers the outputs that saw it; for stride s the pixels fall into s*s phases,
  /// each an ordinary convolution with its part of the kernel.
  static func dataGradient(gradient: Tensor, weight: Tensor, _ g: ConvGeometry) -> Tensor {
    let result = Tensor(uninitialized: [gradient.shape[0], g.height, g.width, weight.shape[2]], gradient.type)
    let work = PhasedDataGradient(gradient: gradient, weight: weight, g, result: result)
    parallel(work.items.count, grain: 1, scratch: work.scratch) { range, scratch in
      work.compute(work.items[range.lowerBound], products: scratch[0], patches: scratch[1])
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
    let products = ProductOfFewRows(type, rows: all, depth: outputs)
    let grain = min(ProductOfFewRows.columns, inputs), bytes = all * taps * grain * type.size
    parallel(inputs, grain: grain, scratch: products.scratch + [bytes]) { range, scratch in
      let width = taps * range.count, columns = scratch[scratch.count - 1]
      for tap in 0..<taps {
        products.compute(
          gradient.pointer, outputs, weight.pointer(at: (tap * inputs + range.lowerBound) * outputs), outputs,
          transposed: true, columns: range.count, to: columns.pointer + tap * range.count * type.size, width, scratch)
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
    let result = Tensor(uninitialized: [images, g.height, g.width, channels], type)
    var sources = [[Int]](repeating: [], count: g.height)
    for y in 0..<height {
      if let row = g.mode.source(y - g.padding, g.height) { sources[row].append(y) }
    }
    let table = ConvPlan.of(g).bordered
    parallelRows(images * g.height, of: width * channels) { range in
      for item in range {
        let (image, row) = item.quotientAndRemainder(dividingBy: g.height)
        let target = result.pointer(at: item * g.width * channels)
        target.initializeMemory(as: UInt8.self, repeating: 0, count: g.width * channels * type.size)
        for y in sources[row] {
          table.scatterAdd(
            type, bordered.pointer(at: (image * height + y) * width * channels), patchStep: channels,
            range: 0..<width, to: target, width: 0,
            pixelStep: channels, channels: channels)
        }
      }
    }
    return result
  }
}

/// The gradient of a convolution's input, phase by phase and some rows at a time.
private struct PhasedDataGradient {
  struct Item {
    let phase: Int, image: Int
    let rows: Range<Int>
  }

  let g: ConvGeometry
  let gradient: Tensor, result: Tensor
  let items: [Item]
  private let phases: [ConvPlan.Phase]
  /// The weights of each phase.
  private let packed: [Tensor]
  private let inputs: Int, outputs: Int

  init(gradient: Tensor, weight: Tensor, _ g: ConvGeometry, result: Tensor) {
    (self.g, self.gradient, self.result) = (g, gradient, result)
    let (inputs, outputs) = (weight.shape[2], gradient.shape[3])
    (self.inputs, self.outputs) = (inputs, outputs)
    phases = ConvPlan.of(g).phases
    packed = phases.map { weight.transposedTaps($0.kernelRows, $0.kernelColumns) }
    items = phases.enumerated().flatMap { index, phase in
      let bytesOfRow = phase.table.columns * (phase.table.taps * outputs + inputs) * gradient.type.size
      let rows = max(1, patchBytes / max(1, bytesOfRow))
      return (0..<gradient.shape[0]).flatMap { image in
        stride(from: 0, to: phase.table.rows, by: rows).map {
          Item(phase: index, image: image, rows: $0..<min($0 + rows, phase.table.rows))
        }
      }
    }
  }

  /// Bytes of the products and of the patches, each of the largest item.
  var scratch: [Int] {
    let pixels = items.map { ($0.rows.count * phases[$0.phase].table.columns, phases[$0.phase].table.taps) }
    return [
      pixels.map { $0.0 * inputs }.max() ?? 0, pixels.map { $0.0 * $0.1 * outputs }.max() ?? 0,
    ].map { $0 * gradient.type.size }
  }

  func compute(_ item: Item, products: Storage, patches: Storage) {
    let type = gradient.type, table = phases[item.phase].table
    let k = table.taps * outputs, pixels = item.rows.count * table.columns
    if k == 0 {
      products.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: pixels * inputs * type.size)
    } else {
      table.gather(
        type, from: gradient.pointer(at: item.image * g.outputHeight * g.outputWidth * outputs), width: g.outputWidth,
        pixelStep: outputs, channels: outputs,
        range: item.rows.lowerBound * table.columns..<item.rows.upperBound * table.columns, to: patches.pointer)
      gemm(
        type, m: pixels, n: inputs, k: k, patches.pointer, k, packed[item.phase].pointer, inputs, products.pointer,
        inputs)
    }
    copy(products, of: item)
  }

  /// Copies the pixels of a phase to their places among those of the other phases.
  private func copy(_ products: Storage, of item: Item) {
    let type = gradient.type, phase = phases[item.phase], columns = phase.table.columns
    for row in item.rows {
      let y = phase.y + row * g.stride
      gk_copy_rows(
        type.rawValue, products.pointer + (row - item.rows.lowerBound) * columns * inputs * type.size, inputs,
        result.pointer(at: ((item.image * g.height + y) * g.width + phase.x) * inputs), g.stride * inputs, columns,
        inputs)
    }
  }
}
