import GanBase

extension CheckpointFile {
  /// Writes a checkpoint, whole or not at all. Tensors keep their order; same content gives the same bytes.
  /// Every tensor's bytes are asked for twice: for the checksum and for the file.
  /// - Throws: `GanError` (environment) where the disk refuses; (bug) for reserved metadata keys, names given
  ///   twice, or bytes that do not fit the shape.
  public static func write(to path: FilePath, tensors: [TensorSource], metadata: [String: String]) throws {
    try write(to: path, tensors: tensors, metadata: metadata, version: formatVersion)
  }

  static func write(to path: FilePath, tensors: [TensorSource], metadata: [String: String], version: Int) throws {
    if let reserved = metadata.keys.filter({ Key.all.contains($0) }).min() {
      throw SafetensorsWriter.bug("the metadata key '\(reserved)' belongs to the format", path)
    }
    var all = metadata
    all[Key.format] = format
    all[Key.formatVersion] = String(version)
    all[Key.tensorChecksums] = try tensors.map { try checksum($0, path) }.joined(separator: " ")
    let ordered = [(key: Key.headerChecksum, value: CheckpointSeal.blank)] + all.sorted { $0.key < $1.key }
    var header = try SafetensorsWriter.header(tensors, metadata: ordered, path)
    CheckpointSeal.close(&header)
    try SafetensorsWriter.write(header, tensors, to: path)
  }

  private static func checksum(_ tensor: TensorSource, _ path: FilePath) throws -> String {
    var sum: UInt32 = 0
    try SafetensorsWriter.provide(tensor, path) { sum = CRC32.checksum($0) }
    return CRC32.text(sum)
  }
}
