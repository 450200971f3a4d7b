import CImage

/// A picture of fp32 samples, interleaved like `Picture`, for computations that must not round in between
/// (the inputs of a feature network).
package struct FloatPicture: Equatable, Sendable {
  package let width: Int
  package let height: Int
  /// 1 or 3.
  package let channels: Int
  /// `height * width * channels` samples.
  package internal(set) var values: [Float]

  /// A mismatch of the sizes is a bug.
  package init(width: Int, height: Int, channels: Int, values: [Float]) {
    precondition(channels == 1 || channels == 3, "a picture has 1 or 3 channels")
    precondition(
      width > 0 && height > 0 && values.count == width * height * channels, "samples do not fill the picture")
    (self.width, self.height, self.channels, self.values) = (width, height, channels, values)
  }

  /// The samples 0...255 of an 8-bit picture.
  package init(_ picture: Picture) {
    self.init(
      width: picture.width, height: picture.height, channels: picture.channels, values: picture.pixels.map(Float.init))
  }

  /// The ways of resizing whose scores cannot be compared with each other.
  package enum Resampling: String, CaseIterable, Sendable {
    /// Pillow on fp32 channels, antialiased, not clipped.
    case bilinear, bicubic
    /// As PyTorch's `interpolate(mode: bilinear, align_corners: false)`: two taps, aliases when shrinking.
    case torchBilinear
    /// As TensorFlow 1: two taps, and source = i * in / out, without the half pixel.
    case tensorFlowBilinear
  }

  /// - Throws: `GanError` (input) when the new size is outside `PictureLimits`.
  package func resized(width newWidth: Int, height newHeight: Int, _ resampling: Resampling) throws -> FloatPicture {
    try PictureLimits.check(width: newWidth, height: newHeight)
    let count = newWidth * newHeight * channels
    let resized = try [Float](unsafeUninitializedCapacity: count) { out, filled in
      let size = (Int32(width), Int32(height), Int32(channels), Int32(newWidth), Int32(newHeight))
      let failed: Int32
      switch resampling {
      case .bilinear, .bicubic:
        let filter: ResampleFilter = resampling == .bilinear ? .bilinear : .bicubic
        failed = gan_resize_f32(values, size.0, size.1, size.2, out.baseAddress, size.3, size.4, filter.code)
      case .torchBilinear, .tensorFlowBilinear:
        let half: Int32 = resampling == .torchBilinear ? 1 : 0
        failed = gan_bilinear_f32(values, size.0, size.1, size.2, out.baseAddress, size.3, size.4, half)
      }
      if failed != 0 { throw outOfMemory(newWidth, newHeight) }
      filled = count
    }
    return FloatPicture(width: newWidth, height: newHeight, channels: channels, values: resized)
  }

  /// `resized` with two taps for an 8-bit picture, without a copy of it in fp32.
  /// - Parameter halfPixel: as PyTorch does it; otherwise as TensorFlow 1.
  /// - Throws: `GanError` (input) when the new size is outside `PictureLimits`.
  package static func twoTap(
    _ picture: Picture, width newWidth: Int, height newHeight: Int, halfPixel: Bool
  ) throws -> FloatPicture {
    try PictureLimits.check(width: newWidth, height: newHeight)
    let count = newWidth * newHeight * picture.channels
    let values = try [Float](unsafeUninitializedCapacity: count) { out, filled in
      let failed = gan_bilinear_u8(
        picture.pixels, Int32(picture.width), Int32(picture.height), Int32(picture.channels), out.baseAddress,
        Int32(newWidth), Int32(newHeight), halfPixel ? 1 : 0)
      if failed != 0 { throw outOfMemory(newWidth, newHeight) }
      filled = count
    }
    return FloatPicture(width: newWidth, height: newHeight, channels: picture.channels, values: values)
  }

  /// Every sample clamped to `range`; NaN becomes its lower end.
  package func clamped(to range: ClosedRange<Float> = 0...255) -> FloatPicture {
    var result = self
    result.values.withUnsafeMutableBufferPointer { values in
      for i in values.indices {
        let value = values[i]
        values[i] = value > range.lowerBound ? Swift.min(value, range.upperBound) : range.lowerBound
      }
    }
    return result
  }
}
