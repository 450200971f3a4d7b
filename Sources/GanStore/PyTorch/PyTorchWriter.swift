import GanBase

/// Writes files as `torch.save` does since PyTorch 1.6, for `torch.load`: same content, same bytes.
package enum PyTorchWriter {
  /// What a file holds.
  package enum Content {
    /// The `state_dict` of one network.
    case state([TensorSource])
    /// A dictionary of the `state_dict`s of several.
    case states([(key: String, tensors: [TensorSource])])

    var tensors: [TensorSource] {
      switch self {
      case .state(let tensors): tensors
      case .states(let networks): networks.flatMap(\.tensors)
      }
    }
  }

  /// Writes the tensors in the given order, whole or not at all (`AtomicFile`).
  /// - Throws: `GanError` (environment) if the disk refuses; (bug) for bytes that do not fit their shape.
  package static func write(to path: FilePath, _ content: Content) throws {
    try write(to: path, content) { ZipWriter($0) }
  }

  static func write(to path: FilePath, _ content: Content, _ zip: (AtomicFile.Writer) -> ZipWriter) throws {
    let sizes = try content.tensors.map { tensor in
      guard let size = tensor.type.byteCount(shape: tensor.shape) else {
        throw SafetensorsWriter.bug("tensor '\(tensor.name)': shape \(tensor.shape) is impossible", path)
      }
      return size
    }
    try AtomicFile.write(to: path) { writer in
      var archive = zip(writer)
      try archive.add("archive/data.pkl", pickle(content))
      try archive.add("archive/byteorder", Array("little".utf8))
      for (number, (tensor, size)) in Swift.zip(content.tensors, sizes).enumerated() {
        try archive.add("archive/data/\(number)", size: size) { try SafetensorsWriter.provide(tensor, path, to: $0) }
      }
      try archive.add("archive/version", Array("3\n".utf8))
      try archive.finish()
    }
  }

  private static func pickle(_ content: Content) -> [UInt8] {
    var pickle = PickleWriter(), storages = 0
    func state(_ tensors: [TensorSource], to pickle: inout PickleWriter) {
      pickle.dictionary(tensors.map { ($0.name, $0) }, isOrdered: true) { pickle, tensor in
        pickle.tensor(tensor, storage: storages)
        storages += 1
      }
    }
    switch content {
    case .state(let tensors): state(tensors, to: &pickle)
    case .states(let networks):
      pickle.dictionary(networks.map { ($0.key, $0.tensors) }, isOrdered: false) { state($1, to: &$0) }
    }
    pickle.finish()
    return pickle.bytes
  }
}
