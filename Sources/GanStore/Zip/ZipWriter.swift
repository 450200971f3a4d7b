import GanBase

/// Writes a ZIP archive whose entries are stored as they are, as `torch.save` does. libzip would write a file of its own
/// and rename it, past `AtomicFile` and its cleaning up; what is needed here is little.
///
/// Sizes and offsets that do not fit 32 bits are given as ZIP64.
struct ZipWriter {
  private struct Entry {
    let name: [UInt8]
    let checksum: UInt32
    let size: Int
    let offset: Int
  }

  /// Contents begin at a multiple of this, as PyTorch wants them to map files into memory.
  private static let alignment = 64
  /// The first of January 1980: same content, same bytes.
  private static let date: [UInt8] = [0, 0, 0x21, 0]
  /// Names are UTF-8.
  private static let flags: [UInt8] = [0, 8]

  private let writer: AtomicFile.Writer
  /// Where ZIP64 begins.
  private let limit: Int
  private var offset = 0
  private var entries: [Entry] = []

  /// - Parameter limit: numbers from this on are written as ZIP64; lower for tests.
  init(_ writer: AtomicFile.Writer, limit: Int = 0xFFFF_FFFF) { (self.writer, self.limit) = (writer, limit) }

  /// Adds an entry whose bytes `provide` hands to its sink, once.
  /// - Throws: `GanError` (environment) if the disk refuses.
  mutating func add(
    _ name: String, size: Int, _ provide: (_ sink: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    let name = Array(name.utf8), start = offset
    func header(_ checksum: UInt32) -> [UInt8] {
      let sizes = size >= limit ? Self.field(1, littleEndian(UInt64(size)) + littleEndian(UInt64(size))) : []
      let short = size >= limit ? .max : UInt32(size)
      let head: [UInt8] =
        [0x50, 0x4B, 3, 4, 45, 0] + Self.flags + [0, 0] + Self.date + littleEndian(checksum) + littleEndian(short)
        + littleEndian(short)
        + littleEndian(UInt16(name.count))
      // A field that readers skip fills up to the alignment ("FB", as in PyTorch's files).
      let used = start + head.count + 2 + name.count + sizes.count + 4
      let padding = [UInt8](repeating: 0, count: (Self.alignment - used % Self.alignment) % Self.alignment)
      let extra = sizes + Self.field(0x4246, padding)
      return head + littleEndian(UInt16(extra.count)) + name + extra
    }
    // The checksum is known only afterwards.
    try write(header(0))
    var checksum: UInt32 = 0
    let begin = offset
    try provide { content in
      checksum = CRC32.checksum(content, continuing: checksum)
      try writer.write(content)
      offset += content.count
    }
    precondition(offset - begin == size, "an entry of \(offset - begin) bytes, announced as \(size)")
    try header(checksum).withUnsafeBytes { try writer.replace(from: start, with: $0) }
    entries.append(Entry(name: name, checksum: checksum, size: size, offset: start))
  }

  mutating func add(_ name: String, _ content: [UInt8]) throws {
    try add(name, size: content.count) { sink in try content.withUnsafeBytes { try sink($0) } }
  }

  /// Writes the directory, which ends the archive.
  mutating func finish() throws {
    let start = offset
    for entry in entries { try write(directory(entry)) }
    let size = offset - start, count = entries.count
    let isLong = start >= limit || size >= limit || count >= min(limit, 0xFFFF)
    if isLong {
      let end = offset
      let numbers = [count, count, size, start].flatMap { littleEndian(UInt64($0)) }
      try write(
        [0x50, 0x4B, 6, 6] + littleEndian(UInt64(44)) + [45, 3, 45, 0] + [UInt8](repeating: 0, count: 8) + numbers)
      try write([0x50, 0x4B, 6, 7, 0, 0, 0, 0] + littleEndian(UInt64(end)) + littleEndian(UInt32(1)))
    }
    let shortCount = littleEndian(isLong ? .max : UInt16(count))
    let places = littleEndian(isLong ? .max : UInt32(size)) + littleEndian(isLong ? .max : UInt32(start))
    try write([0x50, 0x4B, 5, 6, 0, 0, 0, 0] + shortCount + shortCount + places + [0, 0])
  }

  private func directory(_ entry: Entry) -> [UInt8] {
    var long: [UInt8] = []
    if entry.size >= limit { long += littleEndian(UInt64(entry.size)) + littleEndian(UInt64(entry.size)) }
    if entry.offset >= limit { long += littleEndian(UInt64(entry.offset)) }
    let extra = long.isEmpty ? [] : Self.field(1, long)
    let size = littleEndian(entry.size >= limit ? .max : UInt32(entry.size))
    let head: [UInt8] =
      [0x50, 0x4B, 1, 2, 45, 3, 45, 0] + Self.flags + [0, 0] + Self.date + littleEndian(entry.checksum)
    let lengths = littleEndian(UInt16(entry.name.count)) + littleEndian(UInt16(extra.count))
    // No comment, disk 0, no attributes.
    let rest = [UInt8](repeating: 0, count: 10) + littleEndian(entry.offset >= limit ? .max : UInt32(entry.offset))
    return head + size + size + lengths + rest + entry.name + extra
  }

  private static func field(_ kind: UInt16, _ content: [UInt8]) -> [UInt8] {
    littleEndian(kind) + littleEndian(UInt16(content.count)) + content
  }

  private mutating func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try writer.write($0) }
    offset += bytes.count
  }
}
