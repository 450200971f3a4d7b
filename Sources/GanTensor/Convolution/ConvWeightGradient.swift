import CKernels
import GanBase

extension Tensor {
  /// The gradient of a convolution's weight, `[kh,kw,I,O]`, from this input `[N,H,W,I]` and the output's
  /// gradient `[N,Ho,Wo,O]`.
  func convWeightGradientKernel(_ gradient: Tensor, _ g: ConvGeometry) -> Tensor {
    if let result = tileWeightGradient(gradient, g) { return result }
    if let result = winogradWeightGradient(gradient, g) { return result }
    let outputs = gradient.shape[3]
    if isNarrow(outputs: outputs, inputs: shape[3], g) { return narrowWeightGradient(gradient, g) }
    let inputs = shape[3], k = g.taps * inputs
    let pixels = g.outputHeight * g.outputWidth
    // Kernel rows are cut first; pixels only as far as the private sums stay small.
    let isSmall = k <= 256
    let slices = isSmall ? 1 : g.kernelHeight, sliceRows = k / slices
    let wanted = max(1, min(8, shape[0] * pixels / 1024))
    let chunk = ceilDiv(shape[0] * pixels, max(1, min(wanted, (8 << 20) / (k * outputs))))
    let chunks = ceilDiv(shape[0] * pixels, chunk)
    let plan = ConvPlan.of(g)
    let tables = isSmall ? [plan.forward] : plan.forwardByKernelRow
    let result = Tensor(uninitialized: [g.kernelHeight, g.kernelWidth, inputs, outputs], type)
    let sums = (0..<chunks).map { $0 == 0 ? result : Tensor(uninitialized: result.shape, type) }
    let patches = min(blockOfPatches(rows: sliceRows), chunk) * sliceRows * type.size
    parallel(chunks * slices, grain: 1, scratch: [patches]) { item in
      let (index, slice) = item.lowerBound.quotientAndRemainder(dividingBy: slices)
      let range = index * chunk..<min((index + 1) * chunk, shape[0] * pixels)
      addPatchProducts(
        gradient, tables[slice], g, range, rows: sliceRows, to: sums[index].pointer(at: slice * sliceRows * outputs))
    }
    for other in sums.dropFirst() { result.accumulate(other) }
    return result
  }

  private func blockOfPatches(rows: Int) -> Int { max(64, patchBytes / (rows * type.size)) }

  /// Sums patches^T * gradient over `range` of all images' pixels.
  private func addPatchProducts(
    _ gradient: Tensor, _ table: TapTable, _ g: ConvGeometry, _ range: Range<Int>, rows: Int,
    to sum: UnsafeMutableRawPointer
  ) {
    let inputs = shape[3], outputs = gradient.shape[3], pixels = g.outputHeight * g.outputWidth
    let block = blockOfPatches(rows: rows)
    let patches = Storage(bytes: min(block, range.count) * rows * type.size)
    var first = range.lowerBound
    while first < range.upperBound {
      let (image, start) = first.quotientAndRemainder(dividingBy: pixels)
      let count = min(block, min(pixels - start, range.upperBound - first))
      table.gather(
        type, from: pointer(at: image * g.height * g.width * inputs), width: g.width, pixelStep: inputs,
        channels: inputs, range: start..<start + count, to: patches.pointer)
      gemm(
        type, transposeA: true, m: rows, n: outputs, k: count, patches.pointer, rows,
        gradient.pointer(at: first * outputs), outputs, beta: first == range.lowerBound ? 0 : 1, sum, outputs)
      first += count
    }
  }

  /// See `narrowForward`: the same rows of the bordered picture, times the output's gradients side by side.
  private func narrowWeightGradient(_ gradient: Tensor, _ g: ConvGeometry) -> Tensor {
    let inputs = shape[3], outputs = gradient.shape[3]
    let m = g.kernelHeight * inputs, n = g.kernelWidth * outputs
    let plan = ConvPlan.of(g)
    let (pictures, seen) = (plan.borderedColumns, plan.outputsOfColumn)
    let columns = pictures.columns, rows = max(1, patchBytes / (columns * (m + n) * type.size))
    let chunk = ceilDiv(g.outputHeight, max(1, min(8, g.outputHeight / rows)))
    let chunks = ceilDiv(g.outputHeight, chunk)
    let sums = (0..<shape[0] * chunks).map { _ in Tensor(uninitialized: [m, n], type) }
    let scratch = [m, n].map { rows * columns * $0 * type.size }
    parallel(shape[0] * chunks, grain: 1, scratch: scratch) { item in
      let (image, index) = item.lowerBound.quotientAndRemainder(dividingBy: chunks)
      let last = min((index + 1) * chunk, g.outputHeight)
      let left = Storage(bytes: scratch[0]), right = Storage(bytes: scratch[1])
      for first in stride(from: index * chunk, to: last, by: rows) {
        let range = first * columns..<min(first + rows, last) * columns
        pictures.gather(
          type, from: pointer(at: image * g.height * g.width * inputs), width: g.width, pixelStep: inputs,
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

  /// Adds `other` in place (of a result under construction).
  func accumulate(_ other: Tensor) {
    parallel(count, grain: elementGrain) { range in
      gk_binary(
        type.rawValue, Int32(GK_ADD), pointer(at: range.lowerBound), 1, other.pointer(at: range.lowerBound), 1,
        pointer(at: range.lowerBound), range.count, 0)
    }
  }
}
