import GanBase

/// The checksum of a checkpoint's header. It stands at a fixed place, first in the JSON, so that it can be
/// checked before anything else in the file is believed.
enum CheckpointSeal {
  private static let opening = Array("{\"__metadata__\":{\"\(CheckpointFile.Key.headerChecksum)\":\"".utf8)
  /// Where the eight digits lie in the file.
  private static let digits = 8 + opening.count..<8 + opening.count + 8
  static let blank = "00000000"

  /// Puts the checksum in the place of the zeros.
  static func close(_ header: inout [UInt8]) {
    let sum = header.withUnsafeBytes { CRC32.checksum($0) }
    header.replaceSubrange(digits, with: CRC32.text(sum).utf8)
  }

  /// False if the header carries no seal.
  /// - Parameter head: the file up to the data.
  /// - Throws: `GanError` (checkpoint) if the seal does not match.
  static func check(_ head: ByteView, path: FilePath) throws -> Bool {
    guard head.count > digits.upperBound, let start = head.slice(8..<head.count), start.starts(with: opening),
      let written = head.slice(digits)?.utf8, let rest = head.slice(digits.upperBound..<head.count)
    else { return false }
    var sum = head.withUnsafeBytes { CRC32.checksum(UnsafeRawBufferPointer(rebasing: $0[..<digits.lowerBound])) }
    sum = Array(blank.utf8).withUnsafeBytes { CRC32.checksum($0, continuing: sum) }
    sum = rest.withUnsafeBytes { CRC32.checksum($0, continuing: sum) }
    guard CRC32.text(sum) == written else {
      throw GanError.checkpoint(
        "the header's checksum does not match: expected \(written), found \(CRC32.text(sum))", at: path,
        help: "the file is damaged: use an earlier checkpoint, or copy it again")
    }
    return true
  }
}
