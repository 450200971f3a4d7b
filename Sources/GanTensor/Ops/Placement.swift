import Foundation

// Moving and erasing whole pixels of each picture by itself. Both are linear, and their adjoints are of the same kind.

extension Tensor {
  /// Each picture of `[N,H,W,C]` moved: the pixel in row i and column j shows that in row `i + y`, column `j + x`, or
  /// zeros beyond the edges.
  /// - Parameter offsets: one per picture.
  package func shifted(by offsets: [(y: Int, x: Int)]) -> Tensor {
    precondition(offsets.count == shape[0], "\(offsets.count) offsets for \(shape)")
    let (height, width, channels) = (shape[1], shape[2], shape[3])
    let result = rows { row, source, target in
      let (y, x) = offsets[row / height], from = row % height + y
      let columns = max(0, -x)..<max(max(0, -x), min(width, width - x))
      let (start, end, size) = (columns.lowerBound * channels, columns.upperBound * channels, type.size)
      guard (0..<height).contains(from), !columns.isEmpty else {
        memset(target, 0, width * channels * size)
        return
      }
      memset(target, 0, start * size)
      memcpy(target + start * size, source + (y * width * channels + start + x * channels) * size, (end - start) * size)
      memset(target + end * size, 0, (width * channels - end) * size)
    }
    return result.recorded("shift", from: [self]) { [$0.gradient.shifted(by: offsets.map { (-$0.y, -$0.x) })] }
  }

  /// Each picture of `[N,H,W,C]` with zeros in a rectangle.
  /// - Parameter rectangles: one per picture, within it; may be empty.
  package func erased(_ rectangles: [(rows: Range<Int>, columns: Range<Int>)]) -> Tensor {
    precondition(rectangles.count == shape[0], "\(rectangles.count) rectangles for \(shape)")
    let (height, width, channels) = (shape[1], shape[2], shape[3])
    let result = rows { row, source, target in
      memcpy(target, source, width * channels * type.size)
      let (erasedRows, columns) = rectangles[row / height]
      guard erasedRows.contains(row % height) else { return }
      memset(target + columns.lowerBound * channels * type.size, 0, columns.count * channels * type.size)
    }
    return result.recorded("erase", from: [self]) { [$0.gradient.erased(rectangles)] }
  }

  /// A tensor of the same shape, made row by row of all pictures.
  /// - Parameter body: is given the row's number, its address here, and that in the result.
  private func rows(_ body: (Int, UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Void) -> Tensor {
    let mark = OpClock.begin(.rearranging)
    defer { OpClock.end(mark) }
    let result = Tensor(uninitialized: shape, type)
    let count = shape[2] * shape[3]
    parallel(shape[0] * shape[1], grain: max(1, elementGrain / max(count, 1))) { range in
      for row in range { body(row, pointer(at: row * count), result.pointer(at: row * count)) }
    }
    return result
  }
}
