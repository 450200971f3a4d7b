import CKernels

/// Where the patches of a grid of pixels come from: index tables for `gk_gather` and `gk_scatter_add`.
final class TapTable {
  private let rowIndex: [Int32], columnIndex: [Int32], columnRun: [UInt8]
  let rows: Int, columns: Int
  let rowTaps: Int, columnTaps: Int

  /// - Parameters:
  ///   - row: the source row of tap `ky` for output row `y`, or nil for zeros; `column` likewise.
  init(
    rows: Int, columns: Int, rowTaps: Int, columnTaps: Int, row: (_ y: Int, _ ky: Int) -> Int?,
    column: (_ x: Int, _ kx: Int) -> Int?
  ) {
    (self.rows, self.columns, self.rowTaps, self.columnTaps) = (rows, columns, rowTaps, columnTaps)
    rowIndex = (0..<rows * rowTaps).map { Int32(row($0 / rowTaps, $0 % rowTaps) ?? -1) }
    let sources = (0..<columns * columnTaps).map { Int32(column($0 / columnTaps, $0 % columnTaps) ?? -1) }
    columnIndex = sources
    columnRun = (0..<columns).map { x in
      guard columnTaps > 0 else { return 0 }
      let first = sources[x * columnTaps]
      return first >= 0 && (0..<columnTaps).allSatisfy { sources[x * columnTaps + $0] == first + Int32($0) } ? 1 : 0
    }
  }

  var taps: Int { rowTaps * columnTaps }

  /// Copies the patches of pixels `range` (numbered row by row) to `patches`.
  /// - Parameters:
  ///   - source: pixel (0, 0), first channel; `pixelStep` elements between pixels, `width` pixels in a row.
  func gather(
    _ type: ElementType, from source: UnsafeRawPointer, width: Int, pixelStep: Int, channels: Int, range: Range<Int>,
    to patches: UnsafeMutableRawPointer
  ) {
    with(width: width, pixelStep: pixelStep, channels: channels) {
      gk_gather(type.rawValue, &$0, source, range.lowerBound, range.count, patches)
    }
  }

  /// Adds patches to the pixels they came from.
  func scatterAdd(
    _ type: ElementType, _ patches: UnsafeRawPointer, patchStep: Int, range: Range<Int>,
    to picture: UnsafeMutableRawPointer, width: Int, pixelStep: Int, channels: Int
  ) {
    with(width: width, pixelStep: pixelStep, channels: channels) {
      gk_scatter_add(type.rawValue, &$0, patches, patchStep, range.lowerBound, range.count, picture)
    }
  }

  private func with(width: Int, pixelStep: Int, channels: Int, _ body: (inout gk_taps) -> Void) {
    rowIndex.withUnsafeBufferPointer { ys in
      columnIndex.withUnsafeBufferPointer { xs in
        columnRun.withUnsafeBufferPointer { runs in
          var taps = gk_taps(
            row_index: ys.baseAddress, column_index: xs.baseAddress, column_run: runs.baseAddress,
            ky_count: Int32(rowTaps), kx_count: Int32(columnTaps), columns: Int32(columns),
            row_step: width * pixelStep, pixel_step: pixelStep, channels: channels)
          body(&taps)
        }
      }
    }
  }
}
