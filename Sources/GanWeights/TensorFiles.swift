import GanBase
import GanNN
import GanStore
import GanTensor

// Converts between tensors and files. Networks are stored in PyTorch's layouts under `<network>.<key>`, which any
// program that reads safetensors expects.

extension TensorSource {
  /// A tensor in its own layout.
  package init(_ name: String, _ tensor: Tensor) {
    self.init(name: name, type: tensor.type == .float32 ? .F32 : .F64, shape: tensor.shape.sizes) {
      try tensor.withBytes($0)
    }
  }

  /// A network's tensor in PyTorch's layout.
  /// - Parameter value: what is written in place of its own numbers, in the same layout.
  package init(_ name: String, official entry: NamedTensor, value: Tensor? = nil) {
    self.init(name: name, type: .F32, shape: entry.officialShape.sizes) {
      try OutOfMemory.guarding { value.map(entry.layout.toOfficial) ?? entry.officialValue }.withBytes($0)
    }
  }
}

extension TensorStore {
  /// Loads all of this network's tensors. Constants are compared, and may be missing.
  /// - Parameters:
  ///   - stored: returns a tensor by its official key.
  ///   - optional: whether a tensor may be missing and keep its values.
  ///   - path: the file, for messages.
  /// - Throws: `GanError` (checkpoint) naming up to ten tensors that are missing or have the wrong shape, or a constant
  ///   that is another, without changing anything; (environment) if memory runs out.
  package func load(
    from path: FilePath, optional: (NamedTensor) -> Bool = { _ in false }, _ stored: (String) -> StoredTensor?
  ) throws {
    var found: [(NamedTensor, StoredTensor)] = []
    var faults: [Diagnostic] = []
    for entry in entries {
      guard let tensor = stored(entry.key) else {
        if !optional(entry) && !entry.isConstant {
          faults.append(Diagnostic("\(name): the tensor \(entry.key) is missing", at: path))
        }
        continue
      }
      if tensor.shape == entry.officialShape.sizes {
        found.append((entry, tensor))
      } else {
        let shapes = "expected shape \(entry.officialShape), found \(Shape(tensor.shape))"
        faults.append(Diagnostic("\(name): \(entry.key): \(shapes)", at: path))
      }
    }
    if !faults.isEmpty { throw GanError(.checkpoint, Array(faults.prefix(10))) }
    try OutOfMemory.guarding {
      for (entry, tensor) in found where entry.isConstant { try require(entry, in: tensor, from: path) }
      for (entry, tensor) in found where !entry.isConstant { entry.assign(official: try tensor.tensor()) }
    }
  }

  /// - Throws: `GanError` (checkpoint) if the stored constant is not the network's.
  private func require(_ entry: NamedTensor, in stored: StoredTensor, from path: FilePath) throws {
    let expected = entry.officialValue.doubles, found = try stored.tensor().doubles
    guard let place = expected.indices.first(where: { !(abs(found[$0] - expected[$0]) <= 1e-6) }) else { return }
    throw GanError.checkpoint(
      "\(name): \(entry.key) is a constant of the network: expected \(expected[place]), found \(found[place])",
      at: path, help: "the file is of a network with other layers")
  }
}
