import CZlib

/// The checksum of ZIP and PNG (polynomial 0xEDB88320), by zlib.
enum CRC32 {
  /// Continues `previous` over further bytes; 0 begins.
  static func checksum(_ bytes: UnsafeRawBufferPointer, continuing previous: UInt32 = 0) -> UInt32 {
    guard let start = bytes.baseAddress, !bytes.isEmpty else { return previous }
    return UInt32(truncatingIfNeeded: crc32_z(uLong(previous), start.assumingMemoryBound(to: Bytef.self), bytes.count))
  }

  /// Eight lower-case hexadecimal digits.
  static func text(_ checksum: UInt32) -> String {
    let digits = String(checksum, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
