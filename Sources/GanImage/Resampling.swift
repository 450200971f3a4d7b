import CImage
import GanBase

/// The filter of a resize. Both are antialiased: the filter widens when shrinking.
package enum ResampleFilter: String, CaseIterable, Sendable, Codable {
  case bilinear
  /// Keys's cubic with a = -0.5.
  case bicubic

  var code: Int32 { Int32(self == .bicubic ? GAN_BICUBIC : GAN_BILINEAR) }
}

extension Picture {
  /// The picture at another size, ignoring its aspect ratio; bit for bit Pillow's 8-bit resize.
  /// - Throws: `GanError` (input) when the new size is outside `PictureLimits`.
  package func resized(width newWidth: Int, height newHeight: Int, filter: ResampleFilter = .bicubic) throws -> Picture
  {
    if newWidth == width && newHeight == height { return self }
    try PictureLimits.check(width: newWidth, height: newHeight)
    let count = newWidth * newHeight * channels
    let resized = try [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      let failed = gan_resize_u8(
        pixels, Int32(width), Int32(height), Int32(channels), out.baseAddress, Int32(newWidth), Int32(newHeight),
        filter.code)
      if failed != 0 { throw outOfMemory(newWidth, newHeight) }
      filled = count
    }
    return Picture(width: newWidth, height: newHeight, channels: channels, pixels: resized)
  }

  /// The picture at another size, each pixel that of the place (i + 0.5) * old / new without its fraction, so that no level
  /// is made that was not there.
  /// - Throws: `GanError` (input) when the new size is outside `PictureLimits`.
  package func resizedToNearest(width newWidth: Int, height newHeight: Int) throws -> Picture {
    if newWidth == width && newHeight == height { return self }
    try PictureLimits.check(width: newWidth, height: newHeight)
    let columns = (0..<newWidth).map { (2 * $0 + 1) * width / (2 * newWidth) }
    var result = Picture(width: newWidth, height: newHeight, channels: channels)
    for y in 0..<newHeight {
      let row = (2 * y + 1) * height / (2 * newHeight)
      for x in 0..<newWidth {
        for channel in 0..<channels { result[x, y, channel] = self[columns[x], row, channel] }
      }
    }
    return result
  }

  /// The picture with its shorter side at `side` and its aspect ratio kept.
  package func resized(shorterSide side: Int, filter: ResampleFilter = .bilinear) throws -> Picture {
    let size = PictureSize(width: width, height: height).scaled(shorterSide: side)
    return try resized(width: size.width, height: size.height, filter: filter)
  }
}

func outOfMemory(_ width: Int, _ height: Int) -> GanError {
  GanError.environment("out of memory for a picture of \(width)x\(height)")
}

/// Arithmetic on sizes, as torchvision's transforms do it.
package struct PictureSize: Equatable, Hashable, Sendable {
  package var width: Int
  package var height: Int

  package init(width: Int, height: Int) { (self.width, self.height) = (width, height) }

  /// The shorter side becomes `side`, the longer side * longer / shorter without its fraction.
  package func scaled(shorterSide side: Int) -> PictureSize {
    func longer(_ long: Int, _ short: Int) -> Int {
      let product = side.multipliedReportingOverflow(by: long)
      return product.overflow || short <= 0 ? Int.max : product.partialValue / short
    }
    return width <= height
      ? PictureSize(width: side, height: longer(height, width))
      : PictureSize(width: longer(width, height), height: side)
  }

  /// Where a centred crop starts: half the margin, a half rounded to the even number.
  /// Negative if the crop is larger than the picture; an odd pixel is then added on the far side.
  package static func centreOffset(size: Int, crop: Int) -> Int {
    let margin = size - crop
    if margin < 0 { return -(-margin / 2) }
    let half = margin >> 1
    return margin & 1 == 1 && half & 1 == 1 ? half + 1 : half
  }
}
