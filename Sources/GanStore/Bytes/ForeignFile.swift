/// Recognises files that hold no weights, such as what a failed download left behind.
enum ForeignFile {
  /// What it is, and what to do; nil if the file is not recognised.
  static func look(at file: ByteView) -> (kind: String, help: String)? {
    func begins(_ text: String) -> Bool { file.starts(with: Array(text.utf8)) }
    if file.count == 0 { return ("is empty", "get the file again") }
    if begins("version https://git-lfs") {
      return (
        "is a pointer of git-lfs, not the file that it stands for",
        "fetch the file itself: git lfs pull, or the download button of its page"
      )
    }
    let head = file.withUnsafeBytes { String(decoding: $0.prefix(512), as: UTF8.self) }
      .drop(while: \.isWhitespace).lowercased()
    if head.hasPrefix("<!doctype html") || head.hasPrefix("<html") {
      return (
        "is a web page (HTML), not a file of weights",
        "the download went wrong: open the link in a browser, where the host may ask something first"
      )
    }
    if head.hasPrefix("<?xml") || head.hasPrefix("{\"") {
      return ("is text, such as a server's error message, not a file of weights", "download the file again")
    }
    let packed: [(start: Int, magic: [UInt8], name: String)] = [
      (0, [0x1F, 0x8B], "gzip"), (0, Array("BZh".utf8), "bzip2"), (0, [0xFD] + Array("7zXZ".utf8), "xz"),
      (257, Array("ustar".utf8), "tar"), (0, Array("Rar!".utf8), "rar"),
    ]
    let found = packed.first { file.slice(at: $0.start, count: $0.magic.count)?.starts(with: $0.magic) == true }
    if let found {
      return ("is an archive (\(found.name)), not a file of weights", "unpack it, and give what is inside")
    }
    guard file.starts(with: [0x89, 0x48, 0x44, 0x46]) else { return nil }
    return ("is an HDF5 file, as Keras writes them", "only weights of PyTorch can be read")
  }
}

/// A name from a file, cut if it is longer than any that makes sense in a message.
func shortened(_ name: String) -> String { name.utf8.count <= 120 ? name : name.prefix(100) + "..." }
