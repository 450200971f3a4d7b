import CKernels
import GanBase

// A convolution of an upsampled picture sees each small pixel four times. Multiplying it once with sums of taps is a
// transposed convolution of the small picture with stride 2 and a kernel one wider: 3x3 taps need 4 products
// instead of 9, 5x5 taps 9 instead of 25, and the large picture is never computed.

extension Tensor {
  /// `upsampledTwice().convolved(weight, bias: bias, padding: k / 2, mode: mode)` for an odd kernel of k x k taps:
  /// `[N,2H,2W,O]`, equal up to rounding.
  package func upsampledConvolved(_ weight: Tensor, bias: Tensor? = nil, mode: PaddingMode) -> Tensor {
    GraphTrace.whole(.upsampledConvolution(mode: mode), from: [self, weight] + (bias.map { [$0] } ?? [])) {
      convolvedAsUpsampled(weight, bias: bias, mode: mode)
    }
  }

  private func convolvedAsUpsampled(_ weight: Tensor, bias: Tensor?, mode: PaddingMode) -> Tensor {
    let kernel = weight.shape[0], padding = kernel / 2
    // Wider kernels would look further beyond the border than one small pixel.
    guard weight.shape[1] == kernel, kernel == 3 || kernel == 5 else {
      return upsampledTwice().convolved(weight, bias: bias, padding: padding, mode: mode)
    }
    let wide = weight.upsamplingTaps()
    if mode == .zero { return transposeConvolved(wide, bias: bias, stride: 2, padding: padding) }
    let (height, width) = (shape[1], shape[2])
    let bordered = picked(rows: repeated(height), columns: repeated(width))
    let result = bordered.transposeConvolved(wide, bias: bias, stride: 2, padding: padding + 2)
    guard mode == .reflect, kernel == 5 else { return result }
    // Here a border that repeats pixels differs from a mirrored one in its outermost row and column of the large
    // picture, which only the first row and column of taps see, from the first row and column of outputs (and the
    // last from the last).
    let rows = mirrored(height), columns = mirrored(width)
    let top = beyond(0, 1, axis: 1).picked(rows: [0], columns: columns)
    let bottom = beyond(height - 1, height - 2, axis: 1).picked(rows: [0], columns: columns)
    let repeatedRows = rows.indices.map { Swift.min(Swift.max(($0 - 2) / 2, 0), height - 1) }
    let left = beyond(0, 1, axis: 2).picked(rows: repeatedRows, columns: [0])
    let right = beyond(width - 1, width - 2, axis: 2).picked(rows: repeatedRows, columns: [0])
    return result.addingEdges(
      top: top.convolved(weight.sliced(0..<1, axis: 0)), bottom: bottom.convolved(weight.sliced(4..<5, axis: 0)),
      left: left.convolved(weight.sliced(0..<1, axis: 1)), right: right.convolved(weight.sliced(4..<5, axis: 1)))
  }
}

/// Small pixels `-1...size`, those beyond the border replaced by the outermost.
private func repeated(_ size: Int) -> [Int] { (-1...size).map { Swift.min(Swift.max($0, 0), size - 1) } }

/// The small pixels under the large ones of an axis of `2 * size`, with two more at each end, mirrored.
private func mirrored(_ size: Int) -> [Int] {
  precondition(size >= 2, "reflection wider than the picture")
  return (-2..<2 * size + 2).map { PaddingMode.reflect.source($0, 2 * size)! / 2 }
}

extension Tensor {
  /// How a mirrored border differs from a repeated one: one row (`axis` 1) or column (2) minus another.
  private func beyond(_ edge: Int, _ mirrored: Int, axis: Int) -> Tensor {
    sliced(mirrored..<mirrored + 1, axis: axis) - sliced(edge..<edge + 1, axis: axis)
  }

  /// The kernel `[k+1,k+1,O,I]` of the transposed convolution that does the work of this kernel `[k,k,I,O]` on an
  /// upsampled picture.
  private func upsamplingTaps() -> Tensor {
    let kernel = shape[0]
    // Place t of the transposed kernel is seen through taps k-1-t and k-t.
    func sources(_ place: Int) -> [Int] { [kernel - place, kernel - 1 - place].filter { (0..<kernel).contains($0) } }
    let places = 0...kernel
    let groups = places.flatMap { y in
      places.map { x in sources(y).flatMap { row in sources(x).map { row * kernel + $0 } } }
    }
    return tapSums(groups, size: kernel + 1)
  }

  /// Sums of taps, inputs and outputs swapped: from `[k,k,I,O]` to `[size,size,O,I]`.
  /// - Parameter groups: for each tap of the result the taps that it is the sum of.
  private func tapSums(_ groups: [[Int]], size: Int) -> Tensor {
    let (kernel, inputs, outputs) = (shape[0], shape[2], shape[3])
    let sums = Tensor(uninitialized: [size, size, inputs, outputs], type)
    let blocks = ceilDiv(inputs * outputs, elementGrain)
    parallel(groups.count * blocks, grain: 1) { item in
      let (tap, block) = item.lowerBound.quotientAndRemainder(dividingBy: blocks)
      let first = block * elementGrain, count = Swift.min(elementGrain, inputs * outputs - first)
      let sum = sums.pointer(at: tap * inputs * outputs + first)
      for (index, source) in groups[tap].enumerated() {
        let term = pointer(at: source * inputs * outputs + first)
        if index == 0 {
          sum.copyMemory(from: term, byteCount: count * type.size)
        } else {
          gk_binary(type.rawValue, Int32(GK_ADD), sum, 1, term, 1, sum, count, 0)
        }
      }
    }
    let result = sums.transposedTaps()
    return result.recorded("sums of taps", from: [self]) { backward in
      var inverse = [[Int]](repeating: [], count: kernel * kernel)
      for (tap, group) in groups.enumerated() {
        for source in group { inverse[source].append(tap) }
      }
      return [backward.gradient.tapSums(inverse, size: kernel)]
    }
  }

  /// Pixels by row and column, some perhaps more than once: `[N, rows, columns, C]`.
  private func picked(rows: [Int], columns: [Int]) -> Tensor {
    let (height, width, channels) = (shape[1], shape[2], shape[3])
    let result = Tensor(uninitialized: [shape[0], rows.count, columns.count, channels], type)
    let table = TapTable(
      rows: rows.count, columns: columns.count, rowTaps: 1, columnTaps: 1, row: { y, _ in rows[y] },
      column: { x, _ in columns[x] })
    parallelRows(shape[0] * rows.count, of: columns.count * channels) { range in
      for item in range {
        let (image, row) = item.quotientAndRemainder(dividingBy: rows.count)
        table.gather(
          type, from: pointer(at: image * height * width * channels), width: width, pixelStep: channels,
          channels: channels, range: row * columns.count..<(row + 1) * columns.count,
          to: result.pointer(at: item * columns.count * channels))
      }
    }
    return result.recorded("picking pixels", from: [self]) {
      [$0.gradient.placed(rows: rows, columns: columns, height: height, width: width)]
    }
  }

  /// The adjoint of picking.
  private func placed(rows: [Int], columns: [Int], height: Int, width: Int) -> Tensor {
    let channels = shape[3]
    let result = Tensor.zeros([shape[0], height, width, channels], type: type)
    var picks = [[Int]](repeating: [], count: height)
    for (row, source) in rows.enumerated() { picks[source].append(row) }
    let table = TapTable(
      rows: 1, columns: columns.count, rowTaps: 1, columnTaps: 1, row: { _, _ in 0 }, column: { x, _ in columns[x] })
    parallelRows(shape[0] * height, of: width * channels) { range in
      for item in range {
        let (image, row) = item.quotientAndRemainder(dividingBy: height)
        for pick in picks[row] {
          table.scatterAdd(
            type, pointer(at: (image * rows.count + pick) * columns.count * channels), patchStep: channels,
            range: 0..<columns.count, to: result.pointer(at: item * width * channels), width: width,
            pixelStep: channels, channels: channels)
        }
      }
    }
    return result.recorded("placing pixels", from: [self]) { [$0.gradient.picked(rows: rows, columns: columns)] }
  }

  /// Adds to the outermost rows `[N,1,W,C]` and columns `[N,H,1,C]` of this fresh result, in place.
  private func addingEdges(top: Tensor, bottom: Tensor, left: Tensor, right: Tensor) -> Tensor {
    let (height, width) = (shape[1], shape[2])
    let result = Tensor(shape: shape, type: type, storage: storage, node: nil)
    for (edge, axis, place) in [(top, 1, 0), (bottom, 1, height - 1), (left, 2, 0), (right, 2, width - 1)] {
      result.add(edge, at: place, axis: axis)
    }
    return result.recorded("adding edges", from: [self, top, bottom, left, right]) { backward in
      let y = backward.gradient
      return [
        y, y.sliced(0..<1, axis: 1), y.sliced(height - 1..<height, axis: 1), y.sliced(0..<1, axis: 2),
        y.sliced(width - 1..<width, axis: 2),
      ]
    }
  }

  private func add(_ edge: Tensor, at place: Int, axis: Int) {
    if DryRun.isOn { return }
    let inner = shape.sizes[(axis + 1)...].reduce(1, *)
    for item in 0..<edge.count / inner {
      let target = pointer(at: (item * shape[axis] + place) * inner)
      gk_binary(
        type.rawValue, Int32(GK_ADD), target, 1, edge.pointer(at: item * inner), 1, target, inner, 0)
    }
  }
}
