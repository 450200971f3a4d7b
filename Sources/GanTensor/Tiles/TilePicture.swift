import CKernels
import GanBase

/// A picture in bf16, with its border, for tiles: `[parts][N, rows, columns, pixel]`.
final class TilePicture {
  let images: Int, rows: Int, columns: Int, channels: Int
  /// Elements from one pixel to the next.
  let pixel: Int
  let parts: Int
  private let storage: Storage

  /// - Parameters:
  ///   - x: `[N,H,W,C]`
  ///   - rows: for each row of the padded picture the row of `x` that it repeats, or -1 for zeros; `columns` likewise.
  init(_ x: Tensor, rows: [Int32], columns: [Int32], parts: Int) {
    (images, channels, self.parts) = (x.shape[0], x.shape[3], parts)
    (self.rows, self.columns) = (rows.count, columns.count)
    pixel = Self.pixel(channels)
    storage = Storage(bytes: parts * (images * rows.count * columns.count * pixel + GK_TILE_SLACK) * 2)
    for part in 0..<parts where !DryRun.isOn {
      (base + part * plane + count).update(repeating: 0, count: GK_TILE_SLACK)
    }
    let (pixel, row) = (pixel, columns.count * pixel), (height, width) = (x.shape[1], x.shape[2])
    parallel(images * rows.count, grain: max(1, elementGrain / max(row, 1))) { range in
      for item in range {
        let (image, y) = item.quotientAndRemainder(dividingBy: rows.count)
        let source = rows[y] < 0 ? nil : x.pointer(at: (image * height + Int(rows[y])) * width * channels)
        let target = base + item * row
        gk_tile_border_row(
          source?.assumingMemoryBound(to: Float.self), columns, columns.count, channels, target,
          parts == 2 ? target + plane : nil, pixel)
      }
    }
  }

  /// The picture that a convolution sees.
  convenience init(_ x: Tensor, _ g: ConvGeometry, parts: Int) {
    func sources(_ size: Int) -> [Int32] {
      (-g.padding..<size + g.padding).map { Int32(g.mode.source($0, size) ?? -1) }
    }
    self.init(x, rows: sources(g.height), columns: sources(g.width), parts: parts)
  }

  private var count: Int { images * rows * columns * pixel }
  private var plane: Int { count + GK_TILE_SLACK }
  /// From a value's high part to its low part.
  var low: Int { parts == 2 ? plane : 0 }
  var base: UnsafeMutablePointer<UInt16> { storage.pointer.assumingMemoryBound(to: UInt16.self) }

  func pointer(_ image: Int, _ row: Int, _ column: Int) -> UnsafeMutablePointer<UInt16> {
    base + ((image * rows + row) * columns + column) * pixel
  }

  /// Pixels with few channels are packed densely, so that one step covers several taps. Others fill whole steps; if 16
  /// pixels would map to a few sets of the cache, they are placed one line further apart.
  static func pixel(_ channels: Int) -> Int {
    let step = GK_TILE_STEP
    if channels < step { return nextMultiple(of: 4, from: channels) }
    let whole = nextMultiple(of: step, from: channels)
    return whole % 256 == 0 ? whole + step : whole
  }
}
