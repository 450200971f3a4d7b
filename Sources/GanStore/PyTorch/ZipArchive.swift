import GanBase

/// The entries of a ZIP archive (with ZIP64), read through its central directory.
/// PyTorch stores its entries as they are; NumPy may have deflated them.
struct ZipArchive {
  private struct Entry {
    let method: UInt16
    let checksum: UInt32
    let packed: Int
    let size: Int
    /// Of the local header, which stands before the data.
    let offset: Int

    /// Bytes in the file.
    var stored: Int { method == 0 ? size : packed }
  }

  private let file: ByteView
  private let path: FilePath
  private var entries: [String: Entry] = [:]

  static func looksLike(_ file: ByteView) -> Bool { file.starts(with: [0x50, 0x4B, 0x03, 0x04]) }

  /// - Throws: `GanError` (checkpoint) where the directory is missing (the file is cut short) or damaged.
  init(_ file: ByteView, path: FilePath) throws {
    (self.file, self.path) = (file, path)
    let directory = try ZipDirectory(file, path: path)
    var unclaimed = file.count
    var cursor = ByteCursor(directory.bytes, part: "the zip directory", path: path)
    for _ in 0..<directory.count {
      let (name, entry) = try Self.entry(&cursor)
      guard entries.updateValue(entry, forKey: name) == nil else {
        throw cursor.problem("two entries '\(shortened(name))'")
      }
      // Entries that share bytes would make a short file long to read.
      guard entry.stored <= unclaimed else { throw cursor.problem("entries of more bytes than the file has") }
      unclaimed -= entry.stored
    }
  }

  var names: [String] { entries.keys.sorted() }

  /// Bytes of an entry when it is unpacked, as the directory says; nil where there is none of that name.
  func size(of name: String) -> Int? { entries[name]?.size }

  /// The content of an entry, or nil where there is none of that name.
  /// - Parameter inflating: whether an entry may be deflated; look at its size first.
  /// - Throws: `GanError` (checkpoint) where it is compressed otherwise, encrypted, cut short, or its checksum differs.
  func content(_ name: String, inflating: Bool = false) throws -> ByteView? {
    guard let entry = entries[name] else { return nil }
    var cursor = ByteCursor(file, part: "zip entry '\(shortened(name))'", path: path, at: 0)
    try cursor.skip(entry.offset)
    guard try cursor.number(UInt32.self) == 0x0403_4B50 else { throw cursor.problem("no header where one should be") }
    try cursor.skip(2)
    let flags = try cursor.number(UInt16.self)
    guard flags & 1 == 0 else { throw GanError.checkpoint("\(cursor.part) is encrypted", at: path) }
    try cursor.skip(18)
    let nameLength = Int(try cursor.number(UInt16.self))
    let extraLength = Int(try cursor.number(UInt16.self))
    guard try cursor.bytes(nameLength).utf8 == name else { throw cursor.problem("another name in its header") }
    try cursor.skip(extraLength)
    let isDeflated = inflating && entry.method == 8
    guard entry.method == 0 || isDeflated else {
      throw GanError.checkpoint(
        "\(cursor.part) is compressed, expected it stored", at: path,
        help: "use the file as torch.save wrote it, or store its entries: zip -0")
    }
    let packed = try cursor.bytes(isDeflated ? entry.packed : entry.size)
    let bytes = isDeflated ? try Deflate.inflate(packed, size: entry.size, part: cursor.part, path: path) : packed
    // PyTorch can be told to leave the checksums out; it then writes zeros.
    let found = entry.checksum == 0 ? 0 : bytes.withUnsafeBytes { CRC32.checksum($0) }
    guard found == entry.checksum else {
      throw cursor.problem("checksum \(CRC32.text(found)), expected \(CRC32.text(entry.checksum))")
    }
    return bytes
  }

  private static func entry(_ cursor: inout ByteCursor) throws -> (String, Entry) {
    guard try cursor.number(UInt32.self) == 0x0201_4B50 else { throw cursor.problem("no entry where one should be") }
    try cursor.skip(6)
    let method = try cursor.number(UInt16.self)
    try cursor.skip(4)
    let checksum = try cursor.number(UInt32.self)
    let packed = try cursor.number(UInt32.self)
    let size = try cursor.number(UInt32.self)
    let nameLength = Int(try cursor.number(UInt16.self))
    let extraLength = Int(try cursor.number(UInt16.self))
    let commentLength = Int(try cursor.number(UInt16.self))
    try cursor.skip(8)
    let offset = try cursor.number(UInt32.self)
    let name = try cursor.string(nameLength)
    var extra = ByteCursor(try cursor.bytes(extraLength), part: cursor.part, path: cursor.path)
    try cursor.skip(commentLength)
    let wide = try zip64(&extra, size: size, packed: packed, offset: offset)
    return (
      name, Entry(method: method, checksum: checksum, packed: wide.packed, size: wide.size, offset: wide.offset)
    )
  }

  /// Numbers that do not fit 32 bits are all ones there, and stand in the extra field 1 instead, in this order.
  private static func zip64(
    _ extra: inout ByteCursor, size: UInt32, packed: UInt32, offset: UInt32
  ) throws -> (size: Int, packed: Int, offset: Int) {
    var wide = (size: Int(size), packed: Int(packed), offset: Int(offset))
    let missing = [size, packed, offset].contains(.max)
    while missing, extra.remaining >= 4 {
      let kind = try extra.number(UInt16.self)
      let length = Int(try extra.number(UInt16.self))
      var field = ByteCursor(try extra.bytes(length), part: extra.part, path: extra.path)
      guard kind == 1 else { continue }
      if size == .max { wide.size = try field.count64() }
      if packed == .max { wide.packed = try field.count64() }
      if offset == .max { wide.offset = try field.count64() }
      return wide
    }
    if missing { throw extra.problem("a size that is missing") }
    return wide
  }
}

/// Where the central directory lies, from the records at the end of the file.
private struct ZipDirectory {
  let bytes: ByteView
  let count: Int

  init(_ file: ByteView, path: FilePath) throws {
    guard let end = Self.endRecord(file) else {
      throw GanError.checkpoint(
        "cut short: the zip directory at its end is missing (\(counted(file.count, "byte")))", at: path,
        help: "get the file again")
    }
    var cursor = ByteCursor(file, part: "the end of the zip archive", path: path, at: end + 10)
    var count = Int(try cursor.number(UInt16.self))
    var size = Int(try cursor.number(UInt32.self))
    var offset = Int(try cursor.number(UInt32.self))
    if count == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF,
      let record = try Self.wideRecord(file, before: end, path)
    {
      cursor = ByteCursor(file, part: "the end of the zip archive", path: path)
      try cursor.skip(record)
      guard try cursor.number(UInt32.self) == 0x0606_4B50 else { throw cursor.problem("no ZIP64 record") }
      try cursor.skip(28)
      count = try cursor.count64()
      size = try cursor.count64()
      offset = try cursor.count64()
    }
    guard let bytes = file.slice(at: offset, count: size), count <= size / 46 else {
      throw cursor.problem("a directory of \(count) entries and \(size) bytes at byte \(offset)")
    }
    (self.bytes, self.count) = (bytes, count)
  }

  /// The last 22 bytes, unless a comment (at most 65,535 bytes) follows.
  private static func endRecord(_ file: ByteView) -> Int? {
    let last = file.count - 22
    guard last >= 0 else { return nil }
    return file.withUnsafeBytes { bytes in
      stride(from: last, through: max(0, last - 0xFFFF), by: -1).first {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self)) == 0x0605_4B50
      }
    }
  }

  /// Where the ZIP64 record lies, from its locator of 20 bytes; nil where there is none.
  private static func wideRecord(_ file: ByteView, before end: Int, _ path: FilePath) throws -> Int? {
    guard end >= 20 else { return nil }
    var cursor = ByteCursor(file, part: "the end of the zip archive", path: path, at: end - 20)
    guard try cursor.number(UInt32.self) == 0x0706_4B50 else { return nil }
    try cursor.skip(4)
    return try cursor.count64()
  }
}
