import GanBase

extension CheckpointFile {
  /// Writes a checkpoint, whole or not at all. Tensors keep their order; same content gives the same bytes.
  /// Every tensor's bytes are asked for once: the header, which holds their checksums, is written last into its place.
  /// - Throws: `GanError` (environment) if the disk refuses; (bug) for reserved metadata keys, names given
  ///   twice, or bytes that do not fit the shape.
  package static func write(to path: FilePath, tensors: [TensorSource], metadata: [String: String]) throws {
    try write(to: path, tensors: tensors, metadata: metadata, version: formatVersion)
  }

  static func write(to path: FilePath, tensors: [TensorSource], metadata: [String: String], version: Int) throws {
    if let reserved = metadata.keys.filter({ Key.all.contains($0) }).min() {
      throw SafetensorsWriter.bug("the metadata key '\(reserved)' belongs to the format", path)
    }
    var all = metadata
    all[Key.format] = format
    all[Key.formatVersion] = String(version)
    func header(_ checksums: [String]) throws -> [UInt8] {
      all[Key.tensorChecksums] = checksums.joined(separator: " ")
      let ordered = [(key: Key.headerChecksum, value: CheckpointSeal.blank)] + all.sorted { $0.key < $1.key }
      return try SafetensorsWriter.header(tensors, metadata: ordered, path)
    }
    let blank = try header(tensors.map { _ in CheckpointSeal.blank })
    try AtomicFile.write(to: path) { writer in
      try blank.withUnsafeBytes { try writer.write($0) }
      var checksums: [String] = []
      for tensor in tensors {
        try SafetensorsWriter.provide(tensor, path) { bytes in
          checksums.append(CRC32.text(CRC32.checksum(bytes)))
          try writer.write(bytes)
        }
      }
      var final = try header(checksums)
      guard final.count == blank.count else { throw SafetensorsWriter.bug("the header changed its length", path) }
      CheckpointSeal.close(&final)
      try final.withUnsafeBytes { try writer.replace(from: 0, with: $0) }
    }
  }
}
