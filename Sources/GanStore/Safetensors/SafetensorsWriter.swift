import GanBase

/// Writes safetensors files: same content, same bytes.
package enum SafetensorsWriter {
  /// Writes the tensors in the given order, whole or not at all (`AtomicFile`).
  /// - Throws: `GanError` (environment) if the disk refuses; (bug) for a name given twice or bytes that do
  ///   not fit the shape.
  package static func write(to path: FilePath, tensors: [TensorSource], metadata: [String: String] = [:]) throws {
    let header = try header(tensors, metadata: metadata.sorted { $0.key < $1.key }, path)
    try AtomicFile.write(to: path) { writer in
      try header.withUnsafeBytes { try writer.write($0) }
      for tensor in tensors { try provide(tensor, path) { try writer.write($0) } }
    }
  }

  /// Hands the bytes on after checking that they come once and are as many as the shape says.
  static func provide(_ tensor: TensorSource, _ path: FilePath, to sink: TensorSource.Sink) throws {
    let expected = try byteCount(tensor, path)
    var calls = 0
    try tensor.provide { bytes in
      calls += 1
      guard bytes.count == expected else {
        throw bug("tensor '\(tensor.name)': expected \(expected) bytes, was given \(bytes.count)", path)
      }
      try sink(bytes)
    }
    if calls != 1 { throw bug("tensor '\(tensor.name)': its bytes were given \(calls) times", path) }
  }

  /// Length and JSON, padded with spaces so that the data begin at a multiple of eight.
  static func header(
    _ tensors: [TensorSource], metadata: [(key: String, value: String)], _ path: FilePath
  ) throws -> [UInt8] {
    var members: [(key: String, value: JSONValue)] = []
    if !metadata.isEmpty {
      members.append(("__metadata__", .object(metadata.map { ($0.key, .string($0.value)) })))
    }
    var seen: Set<String> = ["__metadata__"]
    var offset = 0
    for tensor in tensors {
      guard seen.insert(tensor.name).inserted else { throw bug("two tensors are called '\(tensor.name)'", path) }
      let (end, overflow) = offset.addingReportingOverflow(try byteCount(tensor, path))
      if overflow { throw bug("tensor '\(tensor.name)': the file would be impossibly large", path) }
      members.append(
        (
          tensor.name,
          [
            "dtype": .string(tensor.type.rawValue), "shape": .array(tensor.shape.map { .integer($0) }),
            "data_offsets": [.integer(offset), .integer(end)],
          ]
        ))
      offset = end
    }
    var json = Array(JSONValue.object(members).encoded.utf8)
    json += [UInt8](repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8)
    guard json.count <= SafetensorsHeader.longest else { throw bug("the header would exceed 100 MB", path) }
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
  }

  private static func byteCount(_ tensor: TensorSource, _ path: FilePath) throws -> Int {
    guard let count = tensor.type.byteCount(shape: tensor.shape) else {
      throw bug("tensor '\(tensor.name)': shape \(tensor.shape) is impossible", path)
    }
    return count
  }

  static func bug(_ message: String, _ path: FilePath) -> GanError { GanError(.bug, message, at: path) }
}
