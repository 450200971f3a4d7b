import GanBase

/// A safetensors file, opened for reading. Opening checks the whole header; data are read when asked for.
package struct SafetensorsFile: Sendable {
  package let path: FilePath
  /// In the order in which the data lie in the file.
  package private(set) var tensors: [StoredTensor]
  /// The texts under `__metadata__`.
  package let metadata: [String: String]
  private let places: [String: Int]

  /// - Throws: `GanError` (checkpoint) naming file and tensor, what was expected and what was found.
  package init(path: FilePath) throws {
    let file = try InputFile(path, .checkpoint)
    try self.init(file, head: try SafetensorsHeader.read(file))
  }

  init(_ file: InputFile, head: ByteView) throws {
    let header = try SafetensorsHeader(head, fileSize: file.size, path: file.path)
    path = file.path
    metadata = header.metadata
    tensors = header.entries.map { entry in
      StoredTensor(
        name: entry.name, type: entry.type, shape: entry.shape, content: .file(file, entry.range), path: file.path)
    }
    places = Dictionary(tensors.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Whatever is read of the tensors must have these checksums, in the order of the data.
  mutating func expect(checksums: [String]) throws {
    guard checksums.count == tensors.count else {
      throw GanError.checkpoint(
        "expected \(counted(tensors.count, "checksum")) of tensors, found \(checksums.count)", at: path)
    }
    for (index, checksum) in checksums.enumerated() { tensors[index].checksum = checksum }
  }

  /// The tensor of that name, or nil.
  package subscript(name: String) -> StoredTensor? { places[name].map { tensors[$0] } }

  /// - Throws: `GanError` (checkpoint) if there is none of that name, or it has another shape.
  package func tensor(_ name: String, shape: [Int]? = nil) throws -> StoredTensor {
    guard let tensor = self[name] else {
      let near = suggestion(for: name, among: tensors.map(\.name))
      throw GanError.checkpoint(
        "it holds no tensor '\(name)'", at: path, help: near.map { "the nearest name in it is '\($0)'" })
    }
    if let shape { try tensor.expect(shape: shape) }
    return tensor
  }

  /// The tensors whose names begin with `prefix` (for example `generator.`), the prefix taken off.
  package func tensors(under prefix: String) -> [StoredTensor] {
    tensors.filter { $0.name.hasPrefix(prefix) }.map { tensor in
      var short = tensor
      short.name = String(tensor.name.dropFirst(prefix.count))
      return short
    }
  }
}
