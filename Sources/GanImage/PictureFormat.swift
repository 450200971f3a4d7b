/// The format of a file by its first bytes, whatever its name.
enum PictureFormat: String {
  case png = "PNG"
  case jpeg = "JPEG"
  case gif = "GIF"
  case webp = "WebP"
  case bmp = "BMP"
  case tiff = "TIFF"
  case heif = "HEIF or AVIF"
  case netpbm = "PPM or PGM"
  case jpegXL = "JPEG XL"
  case jpeg2000 = "JPEG 2000"
  case photoshop = "Photoshop"
  case text = "HTML or XML text"

  var isReadable: Bool { self == .png || self == .jpeg }

  /// How many bytes from the start of a file `init` needs.
  static let headLength = 16

  init?(head: [UInt8]) {
    guard let known = Self.signatures.first(where: { $0.matches(head) }) else { return nil }
    self = known.format
  }

  private struct Signature {
    let format: PictureFormat
    let bytes: [UInt8]
    var offset = 0

    func matches(_ head: [UInt8]) -> Bool { head.dropFirst(offset).starts(with: bytes) }
  }

  private static let signatures =
    [
      Signature(format: .png, bytes: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
      Signature(format: .jpeg, bytes: [0xFF, 0xD8, 0xFF]),
      Signature(format: .gif, bytes: Array("GIF8".utf8)),
      Signature(format: .webp, bytes: Array("WEBP".utf8), offset: 8),
      Signature(format: .tiff, bytes: Array("II*\0".utf8)),
      Signature(format: .tiff, bytes: Array("MM\0*".utf8)),
      Signature(format: .heif, bytes: Array("ftyp".utf8), offset: 4),
      Signature(format: .jpegXL, bytes: [0xFF, 0x0A]),
      Signature(format: .jpegXL, bytes: Array("JXL ".utf8), offset: 4),
      Signature(format: .jpeg2000, bytes: [0xFF, 0x4F, 0xFF]),
      Signature(format: .jpeg2000, bytes: Array("jP  ".utf8), offset: 4),
      Signature(format: .photoshop, bytes: Array("8BPS".utf8)),
      Signature(format: .bmp, bytes: Array("BM".utf8)),
      Signature(format: .text, bytes: Array("<".utf8)),
    ] + (1...6).map { Signature(format: .netpbm, bytes: Array("P\($0)\n".utf8)) }
}
