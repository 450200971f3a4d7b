import CImage
import Foundation

/// The format of a file by its first bytes, whatever its name.
package enum PictureFormat: String, Sendable {
  case png = "PNG"
  case jpeg = "JPEG"
  case tiff = "TIFF"
  case webp = "WebP"
  case bmp = "BMP"
  case netpbm = "PBM, PGM or PPM"
  case gif = "GIF"
  case heic = "HEIC"
  case avif = "AVIF"
  case jpegXL = "JPEG XL"
  case jpeg2000 = "JPEG 2000"
  case photoshop = "Photoshop"
  case raw = "camera raw"
  case icon = "icon"
  case openEXR = "OpenEXR"
  case svg = "SVG"
  case text = "HTML or XML text"

  /// Words for all formats that are read.
  static let readable = "PNG, JPEG, TIFF, WebP, BMP and PBM/PGM/PPM"

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

    init(_ format: PictureFormat, _ text: String, offset: Int = 0) {
      (self.format, bytes, self.offset) = (format, Array(text.utf8), offset)
    }

    init(_ format: PictureFormat, _ bytes: [UInt8]) { (self.format, self.bytes) = (format, bytes) }

    func matches(_ head: [UInt8]) -> Bool { head.dropFirst(offset).starts(with: bytes) }
  }

  /// The first that matches counts.
  private static let signatures =
    [
      Signature(.png, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]),
      Signature(.jpeg, [0xFF, 0xD8, 0xFF]),
      Signature(.gif, "GIF8"),
      Signature(.webp, "WEBP", offset: 8),
      // Canon's files begin like TIFF; those of other makers are known by what their directory says.
      Signature(.raw, "CR\u{2}\0", offset: 8),
      Signature(.tiff, "II*\0"),
      Signature(.tiff, "MM\0*"),
      Signature(.tiff, "II+\0"),
      Signature(.tiff, "MM\0+"),
      Signature(.raw, "IIRO"),
      Signature(.raw, "IIRS"),
      Signature(.raw, "IIU\0"),
      Signature(.raw, "FUJIFILMCCD-RAW"),
      Signature(.raw, "ftypcrx", offset: 4),
      Signature(.jpegXL, [0xFF, 0x0A]),
      Signature(.jpegXL, "JXL ", offset: 4),
      Signature(.jpeg2000, [0xFF, 0x4F, 0xFF]),
      Signature(.jpeg2000, "jP  ", offset: 4),
      Signature(.photoshop, "8BPS"),
      Signature(.openEXR, [0x76, 0x2F, 0x31, 0x01]),
      Signature(.icon, [0, 0, 1, 0]),
      Signature(.bmp, "BM"),
      Signature(.svg, "<svg"),
      Signature(.text, "<"),
    ] + ["avif", "avis"].map { Signature(.avif, "ftyp" + $0, offset: 4) }
    + ["heic", "heix", "hevc", "heim", "heis", "mif1", "msf1"].map { Signature(.heic, "ftyp" + $0, offset: 4) }
    + (1...6).flatMap { kind in [" ", "\t", "\n", "\r", "#"].map { Signature(.netpbm, "P\(kind)\($0)") } }
}

/// The C functions that decode a format.
struct PictureCodec {
  typealias Stream = UnsafeMutablePointer<FILE>
  typealias Message = UnsafeMutablePointer<CChar>

  let info: (Stream, UnsafeMutablePointer<GanPictureInfo>, Message, Int) -> Int32
  let read: (Stream, UnsafeMutablePointer<UInt8>?, UInt32, UInt32, Int32, Message, Int) -> Int32
}

extension PictureFormat {
  /// nil for formats that are only known by name.
  var codec: PictureCodec? {
    switch self {
    case .png: PictureCodec(info: gan_png_info, read: gan_png_read)
    case .jpeg: PictureCodec(info: gan_jpeg_info, read: gan_jpeg_read)
    case .tiff: PictureCodec(info: gan_tiff_info, read: gan_tiff_read)
    case .webp: PictureCodec(info: gan_webp_info, read: gan_webp_read)
    case .bmp: PictureCodec(info: gan_bmp_info, read: gan_bmp_read)
    case .netpbm: PictureCodec(info: gan_pnm_info, read: gan_pnm_read)
    default: nil
    }
  }
}
