import CKernels
import GanBase

/// Pictures of few channels, processed in blocks of rows that are copied together with their border.
enum BorderedRows {
  struct Block {
    let image: Int
    /// Of the output.
    let rows: Range<Int>
    /// The rows of the bordered picture that these see.
    let pixels: UnsafePointer<Float>
    /// Elements of each such row.
    let line: Int
  }

  /// Of the rows that one thread works on.
  private static let bytes = 512 << 10

  /// Calls `body` for blocks of output rows.
  /// - Parameters:
  ///   - productsOfPixel: elements that `body` computes for each pixel of a bordered row.
  ///   - body: is also given room for the products of as many rows as the block has.
  static func forEachBlock(
    of picture: Tensor, _ g: ConvGeometry, productsOfPixel: Int,
    _ body: (Block, _ products: UnsafeMutablePointer<Float>) -> Void
  ) {
    let (type, images, channels) = (picture.type, picture.shape[0], picture.shape[3])
    let columns = g.width + 2 * g.padding, line = columns * channels
    // As many rows as may stay in the cache, but enough blocks for some threads.
    let most = max(4, bytes / (line * type.size * g.stride) - g.kernelHeight)
    let size = min(most, max(4, g.outputHeight / 8)), blocks = ceilDiv(g.outputHeight, size)
    let table = ConvPlan.of(g).bordered
    let scratch = [((size - 1) * g.stride + g.kernelHeight) * line, size * columns * productsOfPixel]
      .map { $0 * type.size }
    parallel(images * blocks, grain: 1, scratch: scratch) { item, scratch in
      let (image, block) = item.lowerBound.quotientAndRemainder(dividingBy: blocks)
      let rows = block * size..<min((block + 1) * size, g.outputHeight)
      let source = picture.pointer(at: image * g.height * g.width * channels)
      let seen = (rows.count - 1) * g.stride + g.kernelHeight
      for index in 0..<seen {
        let target = scratch[0].pointer + index * line * type.size
        if let row = g.mode.source(rows.lowerBound * g.stride - g.padding + index, g.height) {
          table.gather(
            type, from: source, width: g.width, pixelStep: channels, channels: channels,
            range: row * columns..<(row + 1) * columns, to: target)
        } else {
          target.initializeMemory(as: UInt8.self, repeating: 0, count: line * type.size)
        }
      }
      let pixels = UnsafePointer(scratch[0].pointer.assumingMemoryBound(to: Float.self))
      body(
        Block(image: image, rows: rows, pixels: pixels, line: line),
        scratch[1].pointer.assumingMemoryBound(to: Float.self))
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
