/// The properties of a picture file that are known before its pixels are decoded.
package struct PictureHeader: Equatable, Sendable {
  /// By content, for instance "PNG".
  package let format: String
  /// Size after the EXIF orientation has been applied: that of the picture which `read` returns.
  package let width: Int
  package let height: Int
  /// Samples per pixel as stored: 1 grey, 2 grey and alpha, 3 colour or palette, 4 colour and alpha or CMYK;
  /// TIFF files may have more.
  package let channels: Int

  /// Bits of a sample as stored: 1 to 32.
  package let bits: Int
  /// Whether samples are floating-point numbers.
  package let isFloat: Bool
  /// Whether there is an alpha channel, or colours that are transparent.
  package let hasAlpha: Bool
  /// Whether the EXIF orientation says that the stored picture must be rotated or mirrored.
  package let isTurned: Bool

  package init(
    format: String, width: Int, height: Int, channels: Int, bits: Int = 8, isFloat: Bool = false,
    hasAlpha: Bool = false, isTurned: Bool = false
  ) {
    (self.format, self.width, self.height, self.channels) = (format, width, height, channels)
    (self.bits, self.isFloat, self.hasAlpha, self.isTurned) = (bits, isFloat, hasAlpha, isTurned)
  }
}
