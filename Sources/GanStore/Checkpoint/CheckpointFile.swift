import GanBase

/// A checkpoint: one safetensors file in which every bit is covered by a checksum.
///
/// The header begins with its own CRC-32, computed with zeros in its place over the eight length bytes and
/// the JSON. The metadata hold one CRC-32 per tensor, in the order of the data.
package struct CheckpointFile: Sendable {
  package static let format = "ganctl-checkpoint"
  package static let formatVersion = 1

  enum Key {
    static let headerChecksum = "header_crc32"
    static let format = "format"
    static let formatVersion = "format_version"
    static let tensorChecksums = "tensor_crc32"
    static let all: Set = [headerChecksum, format, formatVersion, tensorChecksums]
  }

  package let path: FilePath
  /// Of the file, in bytes.
  package let size: Int
  /// What the writer put in; the keys of the format itself are left out.
  package let metadata: [String: String]
  private let content: SafetensorsFile
  private let file: InputFile

  /// The file stays open, and the tensors' data are read when they are asked for; whatever is read is compared
  /// with its checksum.
  /// - Parameter verifyingData: false leaves out reading all data at once, for a quick look at the metadata.
  /// - Throws: `GanError` (checkpoint): no safetensors file, cut short, damaged (naming the tensor), made by a
  ///   newer version, or a plain safetensors file.
  package init(path: FilePath, verifyingData: Bool = true) throws {
    let file = try InputFile(path, .checkpoint)
    let head = try SafetensorsHeader.read(file)
    let isSealed = try CheckpointSeal.check(head, path: path)
    var content = try SafetensorsFile(file, head: head)
    guard content.metadata[Key.format] == Self.format else {
      throw GanError.checkpoint(
        "a plain safetensors file, not a checkpoint of ganctl", at: path,
        help: "weights alone are read by 'ganctl import'")
    }
    guard isSealed else {
      throw GanError.checkpoint(
        "the header's checksum is missing: the file was damaged, or rewritten by another program", at: path,
        help: "use the file as ganctl wrote it, or 'ganctl import' for its weights")
    }
    try Self.checkVersion(content)
    try content.expect(checksums: (content.metadata[Key.tensorChecksums] ?? "").split(separator: " ").map(String.init))
    (self.content, self.file) = (content, file)
    (self.path, size) = (path, file.size)
    metadata = content.metadata.filter { !Key.all.contains($0.key) }
    if verifyingData { try verifyData() }
  }

  package var tensors: [StoredTensor] { content.tensors }

  package subscript(name: String) -> StoredTensor? { content[name] }

  /// - Throws: `GanError` (checkpoint) if there is none of that name, or it has another shape.
  package func tensor(_ name: String, shape: [Int]? = nil) throws -> StoredTensor {
    try content.tensor(name, shape: shape)
  }

  /// The tensors whose names begin with `prefix`, the prefix taken off.
  package func tensors(under prefix: String) -> [StoredTensor] { content.tensors(under: prefix) }

  /// Closes the file, which others may want to remove. No tensor can be read from then on.
  package func close() { file.close() }

  /// - Throws: `GanError` (checkpoint) if the metadata lack the key.
  package func text(_ key: String) throws -> String {
    guard let text = metadata[key] else { throw GanError.checkpoint("its metadata lack '\(key)'", at: path) }
    return text
  }

  /// A metadata value that is JSON.
  package func json(_ key: String) throws -> JSONValue {
    do { return try JSONValue(parsing: try text(key)) } catch let error as JSONError {
      throw GanError.checkpoint("metadata '\(key)' are not valid JSON: \(error)", at: path)
    }
  }

  /// Compares the checksum of every tensor with its data.
  /// - Throws: `GanError` (checkpoint) naming the first tensor that differs.
  package func verifyData() throws {
    for tensor in tensors { try tensor.withBytes { _ in } }
  }

  private static func checkVersion(_ content: SafetensorsFile) throws {
    let text = content.metadata[Key.formatVersion] ?? ""
    guard let version = Int(text), version >= 1 else {
      throw GanError.checkpoint("expected a format version, found '\(text)'", at: content.path)
    }
    guard version <= formatVersion else {
      throw GanError.checkpoint(
        "made by a newer ganctl: format version \(version); this one reads up to \(formatVersion)",
        at: content.path, help: "update ganctl")
    }
  }
}
