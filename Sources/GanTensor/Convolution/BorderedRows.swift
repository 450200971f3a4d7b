import CKernels
import GanBase

/// Pictures of few channels, block by block of rows that are copied into a border.
enum BorderedRows {
  /// Of the rows that one thread works on.
  private static let bytes = 512 << 10

  /// Hands out blocks of output rows, with the bordered rows of `picture` that they see, `line` elements each.
  /// - Parameter productsOfPixel: elements that `body` makes for each pixel of those rows.
  static func forEachBlock(
    of picture: Tensor, _ g: ConvGeometry, productsOfPixel: Int,
    _ body: (_ image: Int, _ rows: Range<Int>, _ bordered: UnsafePointer<Float>, _ line: Int) -> Void
  ) {
    let (type, images, channels) = (picture.type, picture.shape[0], picture.shape[3])
    let columns = g.width + 2 * g.padding, line = columns * channels
    // As many rows as may stay in the cache, but enough blocks for some threads.
    let most = max(4, bytes / (line * type.size * g.stride) - g.kernelHeight)
    let size = min(most, max(4, g.outputHeight / 8)), blocks = ceilDiv(g.outputHeight, size)
    let table = ConvPlan.of(g).bordered
    let scratch = [(size - 1) * g.stride + g.kernelHeight, size * columns * productsOfPixel / line]
      .map { $0 * line * type.size }
    parallel(images * blocks, grain: 1, scratch: scratch) { item in
      let (image, block) = item.lowerBound.quotientAndRemainder(dividingBy: blocks)
      let rows = block * size..<min((block + 1) * size, g.outputHeight)
      let source = picture.pointer(at: image * g.height * g.width * channels)
      let seen = (rows.count - 1) * g.stride + g.kernelHeight
      let copy = Tensor(uninitialized: [seen, line], type)
      for index in 0..<seen {
        let target = copy.pointer(at: index * line)
        if let row = g.mode.source(rows.lowerBound * g.stride - g.padding + index, g.height) {
          table.gather(
            type, from: source, width: g.width, pixelStep: channels, channels: channels,
            range: row * columns..<(row + 1) * columns, to: target)
        } else {
          target.initializeMemory(as: UInt8.self, repeating: 0, count: line * type.size)
        }
      }
      body(image, rows, copy.floats(at: 0), line)
    }
  }
}

extension Tensor {
  /// The weights of the kernel for fixed networks, `[blocks of outputs][taps][GK_OUTPUT_BLOCK]`, from `[taps, outputs]`.
  func packedForMaps(taps: Int, outputs: Int) -> Tensor {
    let blocks = ceilDiv(outputs, GK_OUTPUT_BLOCK)
    let packed = Tensor(uninitialized: [blocks, taps, GK_OUTPUT_BLOCK], type)
    if !DryRun.isOn { gk_pack_map_weights(floats(at: 0), taps, outputs, packed.mutableFloats(at: 0)) }
    return packed
  }

  func mutableFloats(at index: Int) -> UnsafeMutablePointer<Float> {
    pointer(at: index).assumingMemoryBound(to: Float.self)
  }
}
