import CKernels
import GanBase

/// A convolution on tiles, divided into work items: of one image, or of all images if their short rows are joined into one.
final class TileWork {
  struct Item {
    let tiles: Range<Int>, blocks: Range<Int>
  }

  private let convolution: TileConvolution
  private let offsets: [Int32]
  /// Without `steps`, which is set for each call.
  private var parameters: gk_tile_convolution
  /// Patches, and results that have yet to be copied to their destination.
  private var patches: Storage?, results: Storage?

  private init(_ convolution: TileConvolution, offsets: [Int32]) {
    (self.convolution, self.offsets) = (convolution, offsets)
    parameters = gk_tile_convolution()
    parameters.parts = Int32(convolution.picture.parts)
    parameters.step_count = offsets.count
    parameters.weights = UnsafePointer(convolution.weights.pointer.assumingMemoryBound(to: UInt16.self))
    parameters.bias = UnsafePointer(convolution.bias.pointer.assumingMemoryBound(to: Float.self))
    parameters.outputs = convolution.target.tensor.shape[3]
  }

  static func images(of c: TileConvolution) -> [TileWork] {
    let offsets = c.steps.offsets(columns: c.picture.columns)
    return (0..<c.picture.images).map { image in
      let work = TileWork(c, offsets: offsets)
      work.parameters.x = UnsafePointer(c.picture.pointer(image, c.row, c.column))
      work.parameters.x_low = c.picture.low
      work.parameters.x_row = c.stride * c.picture.columns * c.picture.pixel
      work.parameters.x_pixel = c.stride * c.picture.pixel
      work.parameters.y = c.target.pointer(image, 0).assumingMemoryBound(to: Float.self)
      (work.parameters.y_row, work.parameters.y_pixel) = (c.target.rowStep, c.target.pixelStep)
      (work.parameters.rows, work.parameters.columns) = (c.target.rows, c.target.columns)
      return work
    }
  }

  /// All outputs as one row of patches, of at least 16.
  convenience init(gathering c: TileConvolution) {
    let step = GK_TILE_STEP, parts = c.picture.parts, k = max(1, c.steps.count) * step
    let pixels = c.picture.images * c.target.rows * c.target.columns
    let padded = max(pixels, GK_TILE_ROWS), plane = padded * k
    self.init(c, offsets: (0..<c.steps.count).map { Int32($0 * step) })
    let patches = Storage(bytes: parts * plane * 2)
    let base = patches.pointer.assumingMemoryBound(to: UInt16.self)
    for part in 0..<parts where !DryRun.isOn {
      (base + part * plane + pixels * k).update(repeating: 0, count: (padded - pixels) * k)
    }
    let offsets = c.steps.offsets(columns: c.picture.columns)
    let (rows, columns) = (c.target.rows, c.target.columns)
    parallel(c.picture.images * rows, grain: max(1, elementGrain / (columns * k))) { range in
      for item in range {
        let (image, row) = item.quotientAndRemainder(dividingBy: rows)
        let source = c.picture.pointer(image, c.row + row * c.stride, c.column)
        for part in 0..<parts {
          gk_tile_gather(
            source + part * c.picture.low, c.stride * c.picture.pixel, columns, offsets, offsets.count,
            base + part * plane + item * columns * k, k)
        }
      }
    }
    let results = Storage(bytes: padded * c.target.tensor.shape[3] * 4)
    (self.patches, self.results) = (patches, results)
    parameters.x = UnsafePointer(base)
    (parameters.x_low, parameters.x_row, parameters.x_pixel) = (plane, 0, k)
    parameters.y = results.pointer.assumingMemoryBound(to: Float.self)
    (parameters.y_row, parameters.y_pixel) = (0, parameters.outputs)
    (parameters.rows, parameters.columns) = (1, padded)
  }

  /// Bytes of the picture that a thread reads repeatedly: a large part of L2.
  private static let pictureBytes = 256 << 10
  /// The smallest number of items of a convolution, for many threads.
  private static let leastItems = 32

  var items: [Item] {
    let tiles = gk_tile_count(&parameters), block = GK_TILE_BLOCK
    let blocks = ceilDiv(parameters.outputs, block)
    let tileBytes = GK_TILE_ROWS * parameters.x_pixel * 2 * Int(parameters.parts)
    let strip = max(4, Self.pictureBytes / tileBytes / 2 * 2)
    let strips = ceilDiv(tiles, strip)
    let groups = min(blocks, ceilDiv(Self.leastItems, strips)), group = ceilDiv(blocks, groups)
    return stride(from: 0, to: tiles, by: strip).flatMap { tile in
      stride(from: 0, to: blocks, by: group).map {
        Item(tiles: tile..<min(tile + strip, tiles), blocks: $0..<min($0 + group, blocks))
      }
    }
  }

  func run(_ item: Item, isEmulated: Bool) {
    offsets.withUnsafeBufferPointer { offsets in
      var call = parameters
      call.steps = offsets.baseAddress
      gk_tile_convolve(
        isEmulated ? 1 : 0, &call, item.tiles.lowerBound, item.tiles.count, item.blocks.lowerBound, item.blocks.count)
    }
  }

  /// Copies results that were computed as one row to their destination.
  func finish() {
    guard let results else { return }
    let target = convolution.target, outputs = parameters.outputs
    parallel(convolution.picture.images * target.rows, grain: max(1, elementGrain / (target.columns * outputs))) {
      for item in $0 {
        let (image, row) = item.quotientAndRemainder(dividingBy: target.rows)
        gk_copy_rows(
          ElementType.float32.rawValue, results.pointer + item * target.columns * outputs * 4, outputs,
          target.pointer(image, row), target.pixelStep, target.columns, outputs)
      }
    }
  }
}
