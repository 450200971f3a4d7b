import Foundation

/// PNG files of kinds that the program reads but never writes.
enum PNGBytes {
  /// A grey picture of 16-bit samples, with alpha if asked.
  static func gray16(width: Int, height: Int, hasAlpha: Bool = false, _ sample: (Int) -> UInt16) -> Data {
    let channels = hasAlpha ? 2 : 1
    var rows: [UInt8] = []
    for y in 0..<height {
      rows.append(0)
      for x in 0..<width {
        let value = sample(y * width + x)
        rows += [UInt8(value >> 8), UInt8(value & 0xFF)]
        if hasAlpha { rows += [0xFF, 0xFF] }
      }
    }
    precondition(rows.count == height * (1 + 2 * channels * width))
    let head = bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [16, hasAlpha ? 4 : 0, 0, 0, 0]
    return Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
      + chunk("IHDR", head) + chunk("IDAT", stored(rows)) + chunk("IEND", [])
  }

  /// An eXIf chunk with an orientation.
  static func orientation(_ value: UInt8) -> Data {
    let tiff: [UInt8] = Array("MM".utf8) + [0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0]
    return chunk("eXIf", tiff + [0, 0, 0, 0])
  }

  /// The file with a chunk put behind its header, or before its end.
  static func inserting(_ chunk: Data, into png: Data, atEnd: Bool) -> Data {
    let place = atEnd ? png.count - 12 : 8 + 25
    return png.prefix(place) + chunk + png.dropFirst(place)
  }

  static func chunk(_ name: String, _ content: [UInt8]) -> Data {
    let body = Array(name.utf8) + content
    return Data(bigEndian(UInt32(content.count)) + body + bigEndian(crc(body)))
  }

  /// As zlib's format without compression.
  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    precondition(bytes.count < 65_536)
    let count = UInt16(bytes.count)
    let header: [UInt8] = [
      0x78, 0x01, 1, UInt8(count & 0xFF), UInt8(count >> 8), UInt8(~count & 0xFF), UInt8(~count >> 8),
    ]
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return header + bytes + bigEndian(b << 16 | a)
  }

  private static func crc(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { crc, byte in
      (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(value >> $0 & 0xFF) } }
}
