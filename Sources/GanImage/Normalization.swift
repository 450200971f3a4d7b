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
    let offset: Float = rounding == .nearest ? 0.5 : 0
    let bytes = [UInt8](unsafeUninitializedCapacity: values.count) { out, filled in
      for i in values.indices {
        let level = (values[i] + 1) / 2 * 255 + offset
        out[i] = level > 0 ? UInt8(min(level, 255)) : 0
      }
      filled = values.count
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
