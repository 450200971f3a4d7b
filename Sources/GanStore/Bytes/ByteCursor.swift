import GanBase

/// Reads little-endian numbers one after another and never past the end.
struct ByteCursor {
  let view: ByteView
  /// What is read, for messages: `data.pkl`, `zip directory`.
  let part: String
  let path: FilePath
  private(set) var position: Int

  init(_ view: ByteView, part: String, path: FilePath, at position: Int = 0) {
    (self.view, self.part, self.path, self.position) = (view, part, path, position)
  }

  var remaining: Int { view.count - position }

  mutating func byte() throws -> UInt8 { try number(UInt8.self) }

  mutating func number<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type) throws -> Number {
    let size = MemoryLayout<Number>.size
    try need(size)
    defer { position += size }
    return Number(littleEndian: view.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: type) })
  }

  /// A 64-bit count or offset that fits an `Int`.
  mutating func count64() throws -> Int {
    let value = try number(UInt64.self)
    guard let count = Int(exactly: value) else { throw problem("an impossible size, \(value)") }
    return count
  }

  mutating func bytes(_ count: Int) throws -> ByteView {
    try need(count)
    guard let slice = view.slice(at: position, count: count) else { throw problem("an impossible size, \(count)") }
    position += count
    return slice
  }

  mutating func skip(_ count: Int) throws {
    try need(count)
    position += count
  }

  mutating func string(_ count: Int) throws -> String {
    let start = position
    guard let text = try bytes(count).utf8 else { throw problem("text that is not UTF-8 at byte \(start)") }
    return text
  }

  /// Text up to the next line feed, which is skipped.
  mutating func line(upTo most: Int) throws -> String {
    let length = view.withUnsafeBytes { $0[position...].prefix(most + 1).firstIndex(of: 0x0A) }.map { $0 - position }
    guard let length else { throw problem("a line without an end") }
    let text = try string(length)
    position += 1
    return text
  }

  func problem(_ found: String) -> GanError {
    GanError.checkpoint("\(part) is damaged: found \(found)", at: path, help: "get the file again")
  }

  private func need(_ count: Int) throws {
    guard count >= 0, count <= remaining else {
      throw GanError.checkpoint(
        "\(part) is cut short: expected \(counted(count, "byte")) at byte \(position), found \(remaining)", at: path,
        help: "get the file again")
    }
  }
}

extension ByteView {
  /// The bytes as text, or nil if they are not UTF-8.
  var utf8: String? { withUnsafeBytes { String(validating: $0, as: UTF8.self) } }
}
