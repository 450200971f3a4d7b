import CKernels
import GanBase

extension PatchConvolution {
  static func weightGradient(picture: Tensor, gradient: Tensor, _ g: ConvGeometry) -> Tensor {
    let (type, images) = (picture.type, picture.shape[0])
    let inputs = picture.shape[3], outputs = gradient.shape[3], k = g.taps * inputs
    let pixels = g.outputHeight * g.outputWidth
    // Kernel rows are divided first; pixels only as long as the partial sums stay small.
    let wanted = max(1, min(8, images * pixels / 1024))
    let chunk = ceilDiv(images * pixels, max(1, min(wanted, (8 << 20) / (k * outputs))))
    let chunks = ceilDiv(images * pixels, chunk)
    let tables = tables(ConvPlan.of(g), chunks: chunks, inputs: inputs)
    let slices = tables.count, sliceRows = k / slices
    let result = Tensor(uninitialized: [g.kernelHeight, g.kernelWidth, inputs, outputs], type)
    let sums = (0..<chunks).map { $0 == 0 ? result : Tensor(uninitialized: result.shape, type) }
    let patches = min(blockOfPatches(rows: sliceRows, type), chunk) * sliceRows * type.size
    parallel(chunks * slices, grain: 1, scratch: [patches]) { item, scratch in
      let (index, slice) = item.lowerBound.quotientAndRemainder(dividingBy: slices)
      let range = index * chunk..<min((index + 1) * chunk, images * pixels)
      addPatchProducts(
        picture, gradient, tables[slice], g, range, rows: sliceRows, patches: scratch[0],
        to: sums[index].pointer(at: slice * sliceRows * outputs))
    }
    for other in sums.dropFirst() { result.accumulate(other) }
    return result
  }

  /// Parts of the kernel that items share: rows, or single taps if these are still large and items are few.
  private static func tables(_ plan: ConvPlan, chunks: Int, inputs: Int) -> [TapTable] {
    let g = plan.geometry
    if g.taps * inputs <= 256 { return [plan.forward] }
    return chunks * g.kernelHeight < 16 && inputs >= 64 ? plan.forwardByTap : plan.forwardByKernelRow
  }

  private static func blockOfPatches(rows: Int, _ type: ElementType) -> Int {
    max(64, patchBytes / (rows * type.size))
  }

  /// Sums patches^T * gradient over `range` of all images' pixels.
  /// - Parameter patches: memory for a block of them.
  private static func addPatchProducts(
    _ picture: Tensor, _ gradient: Tensor, _ table: TapTable, _ g: ConvGeometry, _ range: Range<Int>, rows: Int,
    patches: Storage, to sum: UnsafeMutableRawPointer
  ) {
    let type = picture.type
    let inputs = picture.shape[3], outputs = gradient.shape[3], pixels = g.outputHeight * g.outputWidth
    let block = blockOfPatches(rows: rows, type)
    var first = range.lowerBound
    while first < range.upperBound {
      let (image, start) = first.quotientAndRemainder(dividingBy: pixels)
      let count = min(block, min(pixels - start, range.upperBound - first))
      table.gather(
        type, from: picture.pointer(at: image * g.height * g.width * inputs), width: g.width, pixelStep: inputs,
        channels: inputs, range: start..<start + count, to: patches.pointer)
      gemm(
        type, transposeA: true, m: rows, n: outputs, k: count, patches.pointer, rows,
        gradient.pointer(at: first * outputs), outputs, beta: first == range.lowerBound ? 0 : 1, sum, outputs)
      first += count
    }
  }
}

extension Tensor {
  /// Adds `other` in place (of a result under construction).
  func accumulate(_ other: Tensor) {
    parallelRows(count) { range in
      gk_binary(
        type.rawValue, Int32(GK_ADD), pointer(at: range.lowerBound), 1, other.pointer(at: range.lowerBound), 1,
        pointer(at: range.lowerBound), range.count, 0)
    }
  }
}
