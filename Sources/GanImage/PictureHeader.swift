/// What a picture file says about itself before its pixels are decoded.
public struct PictureHeader: Equatable, Sendable {
  /// "PNG" or "JPEG", by content.
  public let format: String
  /// Size after the EXIF orientation has been applied: that of the picture which `read` returns.
  public let width: Int
  public let height: Int
  /// Samples per pixel as stored: 1 grey, 2 grey and alpha, 3 colour or palette, 4 colour and alpha or CMYK.
  public let channels: Int

  /// Bits of a sample as stored: 1 to 16.
  public let bits: Int
  /// Whether there is an alpha channel, or colours that are transparent.
  public let hasAlpha: Bool
  /// Whether an orientation mark says that the stored picture must be turned.
  public let isTurned: Bool

  public init(
    format: String, width: Int, height: Int, channels: Int, bits: Int = 8, hasAlpha: Bool = false,
    isTurned: Bool = false
  ) {
    (self.format, self.width, self.height, self.channels) = (format, width, height, channels)
    (self.bits, self.hasAlpha, self.isTurned) = (bits, hasAlpha, isTurned)
  }
}
