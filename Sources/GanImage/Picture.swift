/// A picture of 8-bit samples: grey (1 channel) or RGB (3), interleaved, row by row from the top left.
package struct Picture: Equatable, Sendable {
  package let width: Int
  package let height: Int
  /// 1 or 3.
  package let channels: Int
  /// `height * width * channels` samples.
  package internal(set) var pixels: [UInt8]

  /// The sizes were checked when the picture was read: a mismatch is a bug.
  package init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    precondition(channels == 1 || channels == 3, "a picture has 1 or 3 channels")
    precondition(
      width > 0 && height > 0 && pixels.count == width * height * channels, "samples do not fill the picture")
    (self.width, self.height, self.channels, self.pixels) = (width, height, channels, pixels)
  }

  /// A picture of one value, black unless told otherwise.
  package init(width: Int, height: Int, channels: Int, fill: UInt8 = 0) {
    self.init(
      width: width, height: height, channels: channels,
      pixels: [UInt8](repeating: fill, count: width * height * channels))
  }

  /// The sample of channel `channel` at column `x`, row `y`.
  package subscript(x: Int, y: Int, channel: Int = 0) -> UInt8 {
    get { pixels[(y * width + x) * channels + channel] }
    set { pixels[(y * width + x) * channels + channel] = newValue }
  }

  /// The luma 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601) in the 16-bit integers that Pillow's `convert("L")` uses.
  package func gray() -> Picture {
    if channels == 1 { return self }
    let count = width * height
    let values = [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      pixels.withUnsafeBufferPointer { rgb in
        for i in 0..<count {
          let sum = 19595 * UInt32(rgb[3 * i]) + 38470 * UInt32(rgb[3 * i + 1]) + 7471 * UInt32(rgb[3 * i + 2])
          out[i] = UInt8((sum + 0x8000) >> 16)
        }
      }
      filled = count
    }
    return Picture(width: width, height: height, channels: 1, pixels: values)
  }

  /// Three channels; grey is repeated.
  package func rgb() -> Picture {
    if channels == 3 { return self }
    let values = [UInt8](unsafeUninitializedCapacity: 3 * pixels.count) { out, filled in
      for (i, value) in pixels.enumerated() {
        out[3 * i] = value
        out[3 * i + 1] = value
        out[3 * i + 2] = value
      }
      filled = 3 * pixels.count
    }
    return Picture(width: width, height: height, channels: 3, pixels: values)
  }

  /// `gray()` for 1, `rgb()` for 3.
  package func converted(channels wanted: Int) -> Picture { wanted == 1 ? gray() : rgb() }
}
