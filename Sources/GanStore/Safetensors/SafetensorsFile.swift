import GanBase

/// A safetensors file, opened for reading. Opening checks the whole header; data are read when asked for.
public struct SafetensorsFile: Sendable {
  public let path: String
  /// In the order in which the data lie in the file.
  public let tensors: [StoredTensor]
  /// The texts under `__metadata__`.
  public let metadata: [String: String]
  private let places: [String: Int]

  /// - Throws: `GanError` (checkpoint) naming file and tensor, what was expected and what was found.
  public init(path: String) throws {
    try self.init(ByteView(MappedFile(path: path)), path: path)
  }

  init(_ file: ByteView, path: String) throws {
    let header = try SafetensorsHeader(file, path: path)
    self.path = path
    metadata = header.metadata
    tensors = try header.entries.map { entry in
      guard let bytes = file.slice(entry.range) else {
        throw GanError(.bug, "tensor '\(entry.name)' lies outside the file", at: path)
      }
      return StoredTensor(name: entry.name, type: entry.type, shape: entry.shape, bytes: bytes, path: path)
    }
    places = Dictionary(tensors.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The tensor of that name, or nil.
  public subscript(name: String) -> StoredTensor? { places[name].map { tensors[$0] } }

  /// - Throws: `GanError` (checkpoint) where there is none of that name, or it has another shape.
  public func tensor(_ name: String, shape: [Int]? = nil) throws -> StoredTensor {
    guard let tensor = self[name] else {
      let near = suggestion(for: name, among: tensors.map(\.name))
      throw GanError.checkpoint(
        "it holds no tensor '\(name)'", at: path, help: near.map { "the nearest name in it is '\($0)'" })
    }
    if let shape { try tensor.expect(shape: shape) }
    return tensor
  }

  /// The tensors whose names begin with `prefix` (for example `generator.`), the prefix taken off.
  public func tensors(under prefix: String) -> [StoredTensor] {
    tensors.filter { $0.name.hasPrefix(prefix) }.map { tensor in
      var short = tensor
      short.name = String(tensor.name.dropFirst(prefix.count))
      return short
    }
  }
}
