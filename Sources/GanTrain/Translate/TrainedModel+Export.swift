import GanBase
import GanModels
import GanNN
import GanStore

extension TrainedModel {
  /// Writes one generator as PyTorch programs store it: official keys and layouts, safetensors.
  /// - Parameter target: nil for the model's first direction.
  /// - Returns: the number of tensors.
  /// - Throws: `GanError`: (usage) for a direction that the model does not have, (environment) where the disk refuses.
  @discardableResult
  public func exportGenerator(_ target: TranslationTarget?, to path: String, program: String) throws -> Int {
    let generator = try generator(target)
    // `format: pt` is what Python's reader takes for PyTorch tensors.
    let metadata = [
      "format": "pt", "model": info.name, "direction": (target ?? defaultTarget).name,
      "program": "ganctl \(program)",
    ]
    let tensors = try generator.entries.map { try Self.source($0) }
    try SafetensorsWriter.write(to: path, tensors: tensors, metadata: metadata)
    return tensors.count
  }

  private static func source(_ entry: NamedTensor) throws -> TensorSource {
    guard entry.key.hasSuffix(".num_batches_tracked") else { return TensorSource(entry.key, official: entry) }
    guard let count = Int64(exactly: entry.tensor.item) else {
      throw GanError.checkpoint("\(entry.key): expected a whole number, found \(entry.tensor.item)")
    }
    return TensorSource(name: entry.key, shape: [], integers: [count])
  }
}
