import GanBase
import GanStore
import GanTensor

/// A weight file of an official program: a state_dict written by `torch.save`, or safetensors.
package enum WeightFile {
  /// The tensors of a weight file.
  /// - Throws: `GanError` (checkpoint) for other files, including checkpoints of this program.
  package static func tensors(of path: FilePath) throws -> [StoredTensor] {
    guard try isSafetensors(path) else { return try PyTorchFile(path: path).tensors }
    let file = try SafetensorsFile(path: path)
    guard file.metadata["format"] != CheckpointFile.format else {
      throw GanError.checkpoint(
        "is a checkpoint of ganctl already", at: path, help: "use it directly: ganctl translate --checkpoint")
    }
    return file.tensors
  }

  /// Whether the file is a checkpoint of this program.
  /// - Throws: `GanError` (checkpoint) for a file that cannot be read.
  package static func isCheckpoint(_ path: FilePath) throws -> Bool {
    try isSafetensors(path) && (try? SafetensorsFile(path: path))?.metadata["format"] == CheckpointFile.format
  }

  /// Whether it has the start of a safetensors file: a length of eight bytes, then JSON.
  private static func isSafetensors(_ path: FilePath) throws -> Bool {
    let head = try InputFile(path, .checkpoint).head(9)
    return head.count == 9 ? head.last == UInt8(ascii: "{") : path.ending == "safetensors"
  }

  /// Reads the tensors of a file by name, in PyTorch's layouts.
  /// - Throws: `GanError` (checkpoint) for a file that cannot be read or holds numbers that are not finite.
  package static func read(_ path: FilePath) throws -> [String: Tensor] {
    var found: [String: Tensor] = [:]
    for stored in try tensors(of: path) {
      let tensor = try OutOfMemory.guarding { try stored.tensor() }
      guard tensor.isFinite else {
        throw GanError.checkpoint("\(stored.name) holds numbers that are not finite", at: path)
      }
      found[stored.name] = tensor
    }
    return found
  }
}
