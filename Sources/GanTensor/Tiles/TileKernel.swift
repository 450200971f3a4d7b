import CKernels
import GanBase

/// Which taps of a kernel a convolution has, and which 32 values each step of its sums takes.
struct TileSteps {
  /// Rows and columns of the weight `[kh,kw,K,N]`, in the order of ascending pixels under them.
  let kernelRows: [Int], kernelColumns: [Int]
  let channels: Int, pixel: Int
  /// For each step: the index in `kernelRows`, and the position in the run of pixels under that row.
  private let places: [(row: Int, position: Int)]

  init(kernelRows: [Int], kernelColumns: [Int], channels: Int) {
    (self.kernelRows, self.kernelColumns, self.channels) = (kernelRows, kernelColumns, channels)
    let step = GK_TILE_STEP, pixel = TilePicture.pixel(channels), run = kernelColumns.count * pixel
    self.pixel = pixel
    let positions =
      pixel < step
      ? Array(stride(from: 0, to: run, by: step))
      : kernelColumns.indices.flatMap { column in
        stride(from: 0, to: channels, by: step).map { column * pixel + $0 }
      }
    places = kernelRows.indices.flatMap { row in positions.map { (row, $0) } }
  }

  var count: Int { places.count }

  /// Offsets of the steps in a picture with this many columns.
  func offsets(columns: Int) -> [Int32] { places.map { Int32($0.row * columns * pixel + $0.position) } }

  /// The weight `[kh,kw,K,N]` in the order of the steps: `[blocks of N][steps][parts][GK_TILE_PACKED]`.
  func packed(_ weight: Tensor, parts: Int) -> Storage {
    let outputs = weight.shape[3], columns = weight.shape[1]
    return packedForTiles(steps: count, columns: outputs, parts: parts) { step in
      (0..<GK_TILE_STEP).map { index in
        let (column, channel) = (places[step].position + index).quotientAndRemainder(dividingBy: pixel)
        guard column < kernelColumns.count, channel < channels else { return nil }
        let tap = kernelRows[places[step].row] * columns + kernelColumns[column]
        return weight.floats(at: (tap * channels + channel) * outputs)
      }
    }
  }
}

extension Tensor {
  func floats(at index: Int) -> UnsafePointer<Float> {
    UnsafePointer(pointer(at: index).assumingMemoryBound(to: Float.self))
  }
}

/// The second factor of products on tiles: `[blocks of columns][steps][parts][GK_TILE_PACKED]`.
/// - Parameter rows: the 32 rows of a step, nil for zeros.
func packedForTiles(
  steps: Int, columns: Int, parts: Int, rows: (_ step: Int) -> [UnsafePointer<Float>?]
) -> Storage {
  let blocks = ceilDiv(columns, GK_TILE_BLOCK)
  let result = Storage(bytes: max(1, blocks * steps * parts * GK_TILE_PACKED * 2))
  let base = result.pointer.assumingMemoryBound(to: UInt16.self)
  parallel(steps, grain: max(1, 32 / blocks)) { range in
    for step in range {
      let rows = rows(step)
      for block in 0..<blocks {
        let target = base + (block * steps + step) * parts * GK_TILE_PACKED
        gk_tile_pack(
          rows, block * GK_TILE_BLOCK, min(GK_TILE_BLOCK, columns - block * GK_TILE_BLOCK), target,
          parts == 2 ? target + GK_TILE_PACKED : nil)
      }
    }
  }
  return result
}

/// The destination of a convolution: all pixels of `[N,H,W,O]`, or every `stride`-th in each direction.
struct TileTarget {
  let tensor: Tensor
  let y: Int, x: Int, stride: Int
  let rows: Int, columns: Int

  func pointer(_ image: Int, _ row: Int) -> UnsafeMutableRawPointer {
    let s = tensor.shape
    return tensor.pointer(at: ((image * s[1] + y + row * stride) * s[2] + x) * s[3])
  }

  var rowStep: Int { stride * tensor.shape[2] * tensor.shape[3] }
  var pixelStep: Int { stride * tensor.shape[3] }
}

/// A convolution on tiles, ready to run.
struct TileConvolution {
  let picture: TilePicture
  /// The first pixel under the kernel at output (0, 0), and the step to that of the next output.
  let row: Int, column: Int, stride: Int
  let steps: TileSteps
  let weights: Storage
  let bias: Storage
  let target: TileTarget

  /// Rows that are too short for tiles are computed together, as one row.
  private var isGathered: Bool { target.columns < GK_TILE_ROWS }

  /// Runs convolutions; their blocks of work do not depend on the number of threads.
  static func run(_ convolutions: [TileConvolution], isEmulated: Bool) {
    let works = convolutions.flatMap { $0.isGathered ? [TileWork(gathering: $0)] : TileWork.images(of: $0) }
    let items = works.enumerated().flatMap { index, work in work.items.map { (index, $0) } }
    parallel(items.count, grain: 1) { range in
      let (index, item) = items[range.lowerBound]
      works[index].run(item, isEmulated: isEmulated)
    }
    for work in works { work.finish() }
  }

  /// A bias, or zeros, padded to whole blocks.
  static func padded(_ bias: Tensor?, _ outputs: Int) -> Storage {
    let block = GK_TILE_BLOCK, count = nextMultiple(of: block, from: outputs)
    let result = Storage(bytes: count * 4), values = result.pointer.assumingMemoryBound(to: Float.self)
    if DryRun.isOn { return result }
    values.update(repeating: 0, count: count)
    if let bias { values.update(from: bias.pointer.assumingMemoryBound(to: Float.self), count: outputs) }
    return result
  }
}
