import CKernels
import GanBase

/// A batch of maps `[N,H,W,C]` in fp32, surrounded by a border of zeros: the activations of a fixed network. Windows
/// extend into the border instead of being clipped, and a layer may write only some of the channels, so concatenating
/// branches copies nothing. There are no gradients.
package final class BorderedMap {
  package let images: Int, height: Int, width: Int, channels: Int
  /// Width of the zeros on each side.
  package let border: Int
  private let storage: Storage

  /// Maps with undefined values, for a layer to write.
  package init(images: Int, height: Int, width: Int, channels: Int, border: Int = 0) {
    precondition(images > 0 && height > 0 && width > 0 && channels > 0 && border >= 0)
    (self.images, self.height, self.width, self.channels, self.border) = (images, height, width, channels, border)
    storage = Storage(bytes: images * (height + 2 * border) * (width + 2 * border) * channels * 4)
    if border > 0, !DryRun.isOn { clearBorder() }
  }

  // Steps in floats.
  var rowStep: Int { (width + 2 * border) * channels }
  var imageStep: Int { (height + 2 * border) * rowStep }
  var base: UnsafeMutablePointer<Float> { storage.pointer.assumingMemoryBound(to: Float.self) }

  /// Pixel (row, column) of an image, which may lie in the border.
  func pixel(_ image: Int, _ row: Int, _ column: Int) -> UnsafeMutablePointer<Float> {
    base + image * imageStep + (row + border) * rowStep + (column + border) * channels
  }

  private func clearBorder() {
    for image in 0..<images {
      for row in -border..<height + border {
        if row < 0 || row >= height {
          pixel(image, row, -border).update(repeating: 0, count: rowStep)
        } else {
          pixel(image, row, -border).update(repeating: 0, count: border * channels)
          pixel(image, row, width).update(repeating: 0, count: border * channels)
        }
      }
    }
  }

  /// Fills one image with `[H,W,C]`.
  package func assign(_ values: [Float], to image: Int) {
    precondition(values.count == height * width * channels && (0..<images).contains(image))
    if DryRun.isOn { return }
    values.withUnsafeBufferPointer { source in
      guard let start = source.baseAddress else { return }
      let line = width * channels
      for row in 0..<height { pixel(image, row, 0).update(from: start + row * line, count: line) }
    }
  }

  /// `[N,H,W,count]` without the border.
  package func values(_ range: Range<Int>? = nil) -> [Float] {
    let range = range ?? 0..<channels
    if DryRun.isOn { return [Float](repeating: 0, count: images * height * width * range.count) }
    var values: [Float] = []
    values.reserveCapacity(images * height * width * range.count)
    for image in 0..<images {
      for row in 0..<height {
        for column in 0..<width {
          values += UnsafeBufferPointer(start: pixel(image, row, column) + range.lowerBound, count: range.count)
        }
      }
    }
    return values
  }

  /// The mean over each map, `[N,C]`; sums in fp64.
  package func means() -> [Float] {
    if DryRun.isOn { return [Float](repeating: 0, count: images * channels) }
    return (0..<images).flatMap { image -> [Float] in
      var sums = [Double](repeating: 0, count: channels)
      sums.withUnsafeMutableBufferPointer { sums in
        guard let start = sums.baseAddress else { return }
        for row in 0..<height {
          gk_sum_rows(ElementType.float32.rawValue, pixel(image, row, 0), width, channels, start)
        }
      }
      return sums.map { Float($0 / Double(height * width)) }
    }
  }
}

/// Some channels of a map, as the destination of a layer.
package struct MapPart {
  package let map: BorderedMap
  package let channels: Range<Int>

  package init(_ map: BorderedMap, _ channels: Range<Int>? = nil) {
    self.map = map
    self.channels = channels ?? 0..<map.channels
    precondition(self.channels.lowerBound >= 0 && self.channels.upperBound <= map.channels)
  }

  /// `[N,H,W,count]`
  package func values() -> [Float] { map.values(channels) }
}
