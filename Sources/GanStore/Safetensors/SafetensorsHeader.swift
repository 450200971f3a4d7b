import GanBase

/// The table of contents of a safetensors file: eight bytes of length, JSON, then the data.
/// Format: https://github.com/huggingface/safetensors#format
struct SafetensorsHeader {
  struct Entry {
    let name: String
    let type: StoredType
    let shape: [Int]
    /// Bytes, counted from the start of the file.
    let range: Range<Int>
  }

  /// The bound that the reference implementation sets.
  static let longest = 100_000_000

  let metadata: [String: String]
  /// In the order of the data.
  let entries: [Entry]

  /// The file up to the data: the length, and the JSON.
  /// - Throws: `GanError` (checkpoint) if the file is cut short or something else altogether.
  static func read(_ file: InputFile) throws -> ByteView {
    let start = ByteView(copying: try file.head(32))
    guard start.count >= 8 else { throw cutShort(expected: "at least 8", found: start.count, file.path) }
    let length = start.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    let begins = start.count == 8 || start[8] == UInt8(ascii: "{")
    guard length >= 2, length <= UInt64(longest), begins else { throw notSafetensors(start, file.path) }
    let end = 8 + Int(length)
    guard end <= file.size else { throw cutShort(expected: "at least \(end)", found: file.size, file.path) }
    return ByteView(copying: try file.bytes(0..<end))
  }

  /// - Parameter head: the file up to the data, as `read` gives it.
  init(_ head: ByteView, fileSize: Int, path: FilePath) throws {
    let range = 8..<head.count
    let document: JSONValue
    do {
      document = try head.withUnsafeBytes { try JSONValue(parsing: UnsafeRawBufferPointer(rebasing: $0[range])) }
    } catch let error as JSONError {
      throw GanError.checkpoint(
        "the header is not valid JSON: \(error.message) at byte \(8 + error.position)", at: path, help: Self.again)
    }
    guard case .object(let members) = document else {
      throw GanError.checkpoint("expected the header to be a JSON object", at: path, help: Self.again)
    }
    var metadata: [String: String] = [:]
    var entries: [Entry] = []
    for (name, value) in members {
      if name == "__metadata__" {
        metadata = try Self.metadata(value, path)
      } else {
        entries.append(try Self.entry(name, value, dataStart: range.upperBound, path))
      }
    }
    self.metadata = metadata
    self.entries = try Self.ordered(entries, dataStart: range.upperBound, fileSize: fileSize, path)
  }

  private static func metadata(_ value: JSONValue, _ path: FilePath) throws -> [String: String] {
    guard case .object(let members) = value else {
      throw GanError.checkpoint("__metadata__: expected an object of texts", at: path)
    }
    var metadata: [String: String] = [:]
    for (key, value) in members {
      guard let text = value.string else {
        throw GanError.checkpoint("__metadata__: '\(key)' is not a text", at: path)
      }
      metadata[key] = text
    }
    return metadata
  }

  private static func entry(_ name: String, _ value: JSONValue, dataStart: Int, _ path: FilePath) throws -> Entry {
    func problem(_ message: String) -> GanError { GanError.checkpoint("tensor '\(name)': \(message)", at: path) }
    guard let typeName = value["dtype"]?.string else { throw problem("it has no dtype") }
    guard let type = StoredType(rawValue: typeName) else {
      let known = StoredType.allCases.map(\.rawValue).joined(separator: ", ")
      throw problem("expected a dtype among \(known), found '\(typeName)'")
    }
    guard let shape = sizes(value["shape"]) else { throw problem("its shape is not a list of sizes") }
    guard let bytes = type.byteCount(shape: shape) else { throw problem("shape \(shape) is impossibly large") }
    guard let offsets = sizes(value["data_offsets"]), offsets.count == 2, offsets[0] <= offsets[1] else {
      throw problem("its data_offsets are not [begin, end]")
    }
    guard offsets[1] - offsets[0] == bytes else {
      throw problem(
        "\(typeName) \(shape) takes \(counted(bytes, "byte")), its data_offsets hold \(offsets[1] - offsets[0])")
    }
    guard offsets[1] <= Int.max - dataStart else { throw problem("its data_offsets are impossibly large") }
    return Entry(name: name, type: type, shape: shape, range: offsets[0] + dataStart..<offsets[1] + dataStart)
  }

  private static func sizes(_ value: JSONValue?) -> [Int]? {
    guard let values = value?.array else { return nil }
    let sizes = values.compactMap(\.integer)
    return sizes.count == values.count && sizes.allSatisfy { $0 >= 0 } ? sizes : nil
  }

  /// Sorts by place, and checks that the tensors fill the file without gap, overlap or rest.
  private static func ordered(
    _ entries: [Entry], dataStart: Int, fileSize: Int, _ path: FilePath
  ) throws -> [Entry] {
    let sorted = entries.enumerated().sorted {
      ($0.element.range.lowerBound, $0.element.range.upperBound, $0.offset)
        < ($1.element.range.lowerBound, $1.element.range.upperBound, $1.offset)
    }.map(\.element)
    var end = dataStart
    for entry in sorted {
      guard entry.range.lowerBound == end else {
        let what = entry.range.lowerBound < end ? "overlaps the tensor before it" : "leaves a gap before it"
        let found = entry.range.lowerBound - dataStart
        throw GanError.checkpoint(
          "tensor '\(entry.name)': \(what): expected it at byte \(end - dataStart) of the data, found \(found)",
          at: path)
      }
      end = entry.range.upperBound
    }
    if fileSize < end { throw cutShort(expected: "\(end)", found: fileSize, path) }
    if fileSize > end {
      throw GanError.checkpoint("too long: expected \(counted(end, "byte")), found \(fileSize)", at: path, help: again)
    }
    return sorted
  }

  private static let again = "the file is damaged: copy or download it again"

  private static func cutShort(expected: String, found: Int, _ path: FilePath) -> GanError {
    GanError.checkpoint("cut short: expected \(expected) bytes, found \(found)", at: path, help: again)
  }

  private static func notSafetensors(_ file: ByteView, _ path: FilePath) -> GanError {
    let help = PyTorchFile.looksLike(file) ? "this is a PyTorch file: 'ganctl import' reads those" : nil
    let known = ForeignFile.look(at: file)
    return GanError.checkpoint(known?.kind ?? "not a safetensors file", at: path, help: known?.help ?? help)
  }
}
