import CKernels

extension TileConvolution {
  static func weightGradient(
    picture: Tensor, gradient: Tensor, _ g: ConvGeometry, parts: Int, isEmulated: Bool
  ) -> Tensor {
    let layout = TileGradientLayout(g, images: picture.shape[0], inputs: picture.shape[3])
    let transposed = layout.transposed(TilePicture(picture, g, parts: parts))
    let packed = layout.packed(gradient, parts: parts)
    let weightShape: Shape = [g.kernelHeight, g.kernelWidth, picture.shape[3], gradient.shape[3]]
    let result = Tensor(uninitialized: weightShape, picture.type)
    TileWeightProducts(layout, transposed, packed, parts: parts, isEmulated: isEmulated).run(to: result)
    return result
  }
}

/// The products of a transposed picture with the packed gradient, item by item.
private struct TileWeightProducts {
  private struct Item {
    let element: Int, block: Int
    let taps: Range<Int>
  }

  let layout: TileGradientLayout
  let transposed: Storage, packed: Storage
  let parts: Int
  let isEmulated: Bool
  private let taps: [Int64], steps: [Int64]

  init(_ layout: TileGradientLayout, _ transposed: Storage, _ packed: Storage, parts: Int, isEmulated: Bool) {
    (self.layout, self.transposed, self.packed) = (layout, transposed, packed)
    (self.parts, self.isEmulated) = (parts, isEmulated)
    (taps, steps) = (layout.taps, layout.steps)
  }

  /// Each item has its own sums; taps share an item as long as there is enough work for many threads.
  func run(to result: Tensor) {
    let block = GK_TILE_BLOCK, outputs = result.shape[3]
    let elementBlocks = stride(from: 0, to: layout.elements, by: block)
    let outputBlocks = stride(from: 0, to: outputs, by: block)
    let few = Array(elementBlocks).count * Array(outputBlocks).count < 32
    let group = few ? max(1, taps.count / layout.g.kernelHeight) : taps.count
    let items = elementBlocks.flatMap { element in
      outputBlocks.flatMap { output in
        stride(from: 0, to: taps.count, by: group).map {
          Item(element: element, block: output / block, taps: $0..<min($0 + group, taps.count))
        }
      }
    }
    parallel(items.count, grain: 1, scratch: [min(group, taps.count) * block * block * 4]) { range, scratch in
      let item = items[range.lowerBound]
      add(item, outputs: min(block, outputs - item.block * block), to: scratch[0])
      copy(scratch[0], of: item, to: result)
    }
  }

  private func add(_ item: Item, outputs: Int, to sums: Storage) {
    let half = GK_TILE_ROWS, packedSize = steps.count * parts * GK_TILE_PACKED
    var call = gk_tile_products()
    call.parts = Int32(parts)
    call.a = UnsafePointer(transposed.pointer.assumingMemoryBound(to: UInt16.self)) + item.element * layout.elementStep
    (call.a_low, call.a_row) = (parts == 2 ? layout.plane : 0, layout.elementStep)
    call.a_second = item.element + half < layout.elements ? half * layout.elementStep : 0
    call.b = UnsafePointer(packed.pointer.assumingMemoryBound(to: UInt16.self)) + item.block * packedSize
    call.outputs = outputs
    call.sums = sums.pointer.assumingMemoryBound(to: Float.self)
    taps.withUnsafeBufferPointer { taps in
      steps.withUnsafeBufferPointer { steps in
        call.taps = taps.baseAddress.map { $0 + item.taps.lowerBound }
        (call.tap_count, call.steps, call.step_count) = (item.taps.count, steps.baseAddress, steps.count)
        gk_tile_sum_products(isEmulated ? 1 : 0, &call)
      }
    }
  }

  private func copy(_ sums: Storage, of item: Item, to result: Tensor) {
    let block = GK_TILE_BLOCK, outputs = result.shape[3], first = item.block * block
    for tap in item.taps {
      for index in 0..<min(block, layout.elements - item.element) {
        guard let row = layout.weightRow(tap: tap, element: item.element + index) else { continue }
        let source = sums.pointer + ((tap - item.taps.lowerBound) * block + index) * block * 4
        result.pointer(at: row * outputs + first).copyMemory(from: source, byteCount: min(block, outputs - first) * 4)
      }
    }
  }
}
