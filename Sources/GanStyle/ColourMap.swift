import GanBase
import GanImage

/// A picture of Float64 levels, about from 0 to 1: red, green and blue in the first three lanes.
package struct ColourMap: Equatable, Sendable {
  package let width: Int, height: Int
  /// Row by row.
  package var pixels: [SIMD4<Double>]

  package init(width: Int, height: Int, pixels: [SIMD4<Double>]) {
    (self.width, self.height, self.pixels) = (width, height, pixels)
  }

  /// - Parameter values: red, green and blue of each pixel.
  package init(width: Int, height: Int, interleaved values: [Double]) {
    self.init(
      width: width, height: height,
      pixels: (0..<width * height).map { SIMD4(values[3 * $0], values[3 * $0 + 1], values[3 * $0 + 2], 0) })
  }

  /// Levels of a colour picture, divided by 255.
  package init(_ picture: Picture) {
    self.init(width: picture.width, height: picture.height, interleaved: picture.pixels.map { Double($0) / 255 })
  }

  /// Values outside of 0 to 1 cut off.
  var clamped: ColourMap {
    ColourMap(width: width, height: height, pixels: pixels.map { $0.clamped(lowerBound: .zero, upperBound: .one) })
  }

  package var interleaved: [Double] { pixels.flatMap { [$0.x, $0.y, $0.z] } }

  /// With 8 bits, rounded.
  package var picture: Picture {
    var levels = [UInt8](repeating: 0, count: 3 * pixels.count)
    for (index, pixel) in clamped.pixels.enumerated() {
      let rounded = (pixel * 255).rounded(.toNearestOrAwayFromZero)
      for lane in 0..<3 { levels[3 * index + lane] = UInt8(rounded[lane]) }
    }
    return Picture(width: width, height: height, channels: 3, pixels: levels)
  }
}

/// Calls `body` with blocks of rows, on all threads.
func forBlocks(of rows: Int, _ body: (Range<Int>) -> Void) {
  let grain = max(1, ceilDiv(rows, 64))
  ThreadPool.shared.run(ceilDiv(rows, grain)) { body($0 * grain..<min(($0 + 1) * grain, rows)) }
}

/// Means, lane by lane, over squares of `2 * radius + 1` pixels, as far as they lie in the picture.
func boxMeans(_ values: [SIMD4<Double>], width: Int, height: Int, radius: Int) -> [SIMD4<Double>] {
  var across = [SIMD4<Double>](repeating: .zero, count: values.count), means = across
  values.withUnsafeBufferPointer { values in
    across.withUnsafeMutableBufferPointer { across in
      nonisolated(unsafe) let (values, across) = (values, across)
      forBlocks(of: height) { rows in
        for row in rows { slideMeans(values, across, from: row * width, count: width, step: 1, radius) }
      }
    }
  }
  across.withUnsafeBufferPointer { across in
    means.withUnsafeMutableBufferPointer { means in
      nonisolated(unsafe) let (across, means) = (across, means)
      forBlocks(of: width) { columns in
        for column in columns { slideMeans(across, means, from: column, count: height, step: width, radius) }
      }
    }
  }
  return means
}

/// Means of a line over windows that are cut off at its ends.
private func slideMeans(
  _ values: UnsafeBufferPointer<SIMD4<Double>>, _ means: UnsafeMutableBufferPointer<SIMD4<Double>>, from start: Int,
  count: Int, step: Int, _ radius: Int
) {
  var sum = SIMD4<Double>.zero
  for index in 0..<min(radius, count) { sum += values[start + index * step] }
  for index in 0..<count {
    if index + radius < count { sum += values[start + (index + radius) * step] }
    if index > radius { sum -= values[start + (index - radius - 1) * step] }
    let window = min(index + radius, count - 1) - max(index - radius, 0) + 1
    means[start + index * step] = sum / Double(window)
  }
}
