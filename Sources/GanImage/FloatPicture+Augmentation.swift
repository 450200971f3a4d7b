import CImage

// Changes of pictures in place, for training. Samples stay within 0...255.

/// How colours are changed: factors as torchvision's ColorJitter has them, and a turn of the hue.
package struct ColourChange: Equatable, Sendable {
  package var brightness: Float = 1
  /// About the mean grey of the picture.
  package var contrast: Float = 1
  /// About each pixel's own grey; without effect on grey pictures, as is `hue`.
  package var saturation: Float = 1
  /// Share of the colour circle, -0.5...0.5.
  package var hue: Float = 0

  package init() {}
}

extension FloatPicture {
  package mutating func adjust(_ change: ColourChange) {
    let pixels = width * height, channels = Int32(channels)
    values.withUnsafeMutableBufferPointer {
      gan_adjust_colour_f32(
        $0.baseAddress, pixels, channels, change.brightness, change.contrast, change.saturation, change.hue)
    }
  }

  /// Gaussian blur, mirrored beyond the edges.
  /// - Parameter sigma: in pixels, above 0.
  /// - Throws: `GanError` (environment) if memory is short.
  package mutating func blur(_ sigma: Double) throws {
    let (width, height, channels) = (Int32(width), Int32(height), Int32(channels))
    let failed = values.withUnsafeMutableBufferPointer { gan_blur_f32($0.baseAddress, width, height, channels, sigma) }
    if failed != 0 { throw outOfMemory(self.width, self.height) }
  }

  /// Nearly normal noise.
  /// - Parameters:
  ///   - deviation: its standard deviation, in levels.
  ///   - seed: the same noise for the same seed.
  package mutating func addNoise(_ deviation: Float, seed: UInt64) {
    values.withUnsafeMutableBufferPointer { gan_add_noise_f32($0.baseAddress, $0.count, deviation, seed) }
  }

  /// Sets the part of a rectangle that lies in the picture to the middle grey, which networks see as 0.
  package mutating func cutOut(x: Int, y: Int, width cutWidth: Int, height cutHeight: Int) {
    let columns = max(x, 0)..<max(min(x + cutWidth, width), max(x, 0))
    for row in max(y, 0)..<max(min(y + cutHeight, height), max(y, 0)) {
      for index in (row * width + columns.lowerBound) * channels..<(row * width + columns.upperBound) * channels {
        values[index] = 127.5
      }
    }
  }

  /// The samples as the nearest levels of 8 bits.
  package func rounded() -> Picture {
    Picture(
      width: width, height: height, channels: channels,
      pixels: values.map { UInt8(min(max($0.rounded(), 0), 255)) })
  }

  /// The samples as [-1,1], written to `target`, which has room for width * height * channels.
  package func normalize(into target: UnsafeMutableBufferPointer<Float>) {
    precondition(target.count >= values.count)
    for (index, value) in values.enumerated() { target[index] = (value / 255 - 0.5) / 0.5 }
  }
}
