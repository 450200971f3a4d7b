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
  package init(_ name: String, official entry: NamedTensor) {
    self.init(name: name, type: .F32, shape: entry.officialShape.sizes) {
      try OutOfMemory.guarding { entry.officialValue }.withBytes($0)
    }
  }
}

extension TensorStore {
  /// Loads all of this network's tensors.
  /// - Parameters:
  ///   - stored: returns a tensor by its official key.
  ///   - optional: whether a tensor may be missing and keep its values.
  ///   - path: the file, for messages.
  /// - Throws: `GanError` (checkpoint) naming up to ten tensors that are missing or have the wrong shape, without
  ///   changing anything; (environment) if memory runs out.
  package func load(
    from path: FilePath, optional: (NamedTensor) -> Bool = { _ in false }, _ stored: (String) -> StoredTensor?
  ) throws {
    var found: [(NamedTensor, StoredTensor)] = []
    var faults: [Diagnostic] = []
    for entry in entries {
      guard let tensor = stored(entry.key) else {
        if !optional(entry) { faults.append(Diagnostic("\(name): the tensor \(entry.key) is missing", at: path)) }
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
    try OutOfMemory.guarding { for (entry, tensor) in found { entry.assign(official: try tensor.tensor()) } }
  }
}
