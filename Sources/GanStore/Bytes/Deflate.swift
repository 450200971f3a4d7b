import CZlib
import GanBase

/// Compressed data of ZIP archives, by zlib.
enum Deflate {
  /// Deflate cannot shrink anything further than this.
  private static let highestRatio = 1100

  /// - Parameter size: of the result, as the archive's directory says; the caller has found it plausible.
  /// - Throws: `GanError` (checkpoint) where the data are damaged, or the size is another or too large.
  static func inflate(_ packed: ByteView, size: Int, part: String, path: FilePath) throws -> ByteView {
    func damaged(_ reason: String) -> GanError {
      GanError.checkpoint("\(part) is damaged: \(reason)", at: path, help: "get the file again")
    }
    guard size >= 0, size <= Int(UInt32.max), size / highestRatio <= packed.count, packed.count <= Int(UInt32.max)
    else {
      throw damaged("\(counted(packed.count, "byte")) cannot hold \(size)")
    }
    var stream = z_stream()
    // Negative bits: raw data without a header of zlib's own.
    guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw GanError.environment("out of memory while reading", at: path)
    }
    defer { inflateEnd(&stream) }
    let result = try HeapBytes(count: size) { target in
      let status = packed.withUnsafeBytes { source in
        stream.next_in = UnsafeMutablePointer(mutating: source.bindMemory(to: Bytef.self).baseAddress)
        stream.avail_in = uInt(source.count)
        stream.next_out = target.bindMemory(to: Bytef.self).baseAddress
        stream.avail_out = uInt(target.count)
        return CZlib.inflate(&stream, Z_FINISH)
      }
      guard status == Z_STREAM_END, stream.avail_out == 0 else {
        throw damaged("the compressed data end after \(stream.total_out) of \(size) bytes")
      }
    }
    return ByteView(result)
  }
}
