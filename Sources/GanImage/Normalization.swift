import CImage

/// How values in [-1,1] are rounded to 8 bits.
package enum ByteRounding: String, CaseIterable, Sendable {
  /// (x + 1) / 2 * 255 without its fraction, as some official programs do; darkens by half a level on average.
  case truncate
  /// To the nearest level, as the other official programs do.
  case nearest
}

extension Picture {
  /// The samples as [-1,1], [H,W,C]: v / 255, then (v - 0.5) / 0.5, in fp32.
  package func normalized() -> [Float] {
    [Float](unsafeUninitializedCapacity: pixels.count) { out, filled in
      normalize(into: out)
      filled = pixels.count
    }
  }

  /// `normalized()` written to `values`, which has room for width * height * channels.
  package func normalize(into values: UnsafeMutableBufferPointer<Float>) {
    precondition(values.count >= pixels.count)
    gan_normalize_u8(pixels, values.baseAddress, pixels.count)
  }

  /// A picture from values in [-1,1], [H,W,C]. Values outside are clamped; NaN becomes black.
  package init(
    normalized values: UnsafeBufferPointer<Float>, width: Int, height: Int, channels: Int,
    rounding: ByteRounding
  ) {
    precondition(values.count == width * height * channels, "samples do not fill the picture")
    self.init(width: width, height: height, channels: channels, rounding: rounding) { y in
      UnsafeBufferPointer(rebasing: values[y * width * channels..<(y + 1) * width * channels])
    }
  }

  /// The same from values that are given row by row.
  package init(
    width: Int, height: Int, channels: Int, rounding: ByteRounding, row: (Int) -> UnsafeBufferPointer<Float>
  ) {
    let offset: Float = rounding == .nearest ? 0.5 : 0, count = width * height * channels
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      var index = 0
      for y in 0..<height {
        for value in row(y) {
          let level = (value + 1) / 2 * 255 + offset
          out[index] = level > 0 ? UInt8(min(level, 255)) : 0
          index += 1
        }
      }
      precondition(index == count, "samples do not fill the picture")
      filled = count
    }
    self.init(width: width, height: height, channels: channels, pixels: bytes)
  }

  package init(
    normalized values: [Float], width: Int, height: Int, channels: Int, rounding: ByteRounding
  ) {
    self = values.withUnsafeBufferPointer {
      Picture(normalized: $0, width: width, height: height, channels: channels, rounding: rounding)
    }
  }
}
