/// What a file's first bytes say it is, whatever its name says.
enum PictureFormat: String {
  case png = "PNG", jpeg = "JPEG"
  case gif = "GIF", webp = "WebP", bmp = "BMP", tiff = "TIFF", heif = "HEIF or AVIF", netpbm = "PPM or PGM"
  case jpegXL = "JPEG XL", jpeg2000 = "JPEG 2000", photoshop = "Photoshop", text = "HTML or XML text"

  var isReadable: Bool { self == .png || self == .jpeg }

  /// Bytes of a file's head that `init` wants.
  static let headLength = 16

  init?(head: [UInt8]) {
    func has(_ bytes: [UInt8], at offset: Int = 0) -> Bool { head.dropFirst(offset).starts(with: bytes) }
    func says(_ text: String, at offset: Int = 0) -> Bool { has(Array(text.utf8), at: offset) }
    if has([0x89]) && says("PNG\r\n", at: 1) && has([0x1A, 0x0A], at: 6) { self = .png
    } else if has([0xFF, 0xD8, 0xFF]) { self = .jpeg
    } else if says("GIF8") { self = .gif
    } else if says("RIFF") && says("WEBP", at: 8) { self = .webp
    } else if says("II*\0") || says("MM\0*") { self = .tiff
    } else if says("ftyp", at: 4) { self = .heif
    } else if has([0xFF, 0x0A]) || says("JXL ", at: 4) { self = .jpegXL
    } else if says("jP  ", at: 4) || has([0xFF, 0x4F, 0xFF]) { self = .jpeg2000
    } else if says("8BPS") { self = .photoshop
    } else if says("BM") { self = .bmp
    } else if says("<") { self = .text
    } else if head.count > 2, says("P"), (0x31...0x36).contains(head[1]), [0x0A, 0x0D, 0x20, 0x09].contains(head[2]) {
      self = .netpbm
    } else { return nil }
  }
}
