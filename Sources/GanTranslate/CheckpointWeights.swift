import GanBase
import GanModels
import GanNN
import GanStore
import GanTensor
import GanWeights

/// Loads a model's weights from its checkpoint, network by network. A translation needs few of them: reading one direction
/// of CycleGAN, without its discriminators, takes less than half as long as reading all.
final class CheckpointWeights {
  private let file: CheckpointFile
  private let builder: ModelBuilder
  /// The same model without numbers, which finds out quickly what a translation uses.
  private let sketch: ModelSketch
  /// Loads one network.
  private let loadOne: (TensorStore) throws -> Void
  private var loaded: Set<String> = []

  init(
    _ file: CheckpointFile, _ builder: ModelBuilder, _ sketch: ModelSketch,
    load: @escaping (TensorStore) throws -> Void
  ) {
    (self.file, self.builder, self.sketch, loadOne) = (file, builder, sketch, load)
  }

  /// Loads the networks that a translation uses.
  /// - Throws: `GanError` (checkpoint) if they are damaged, (usage) for a target that the model does not have.
  func load(for target: TranslationTarget, _ extras: TranslationExtras) throws {
    let names = try sketch.dryRun { try sketch.builder.networks(behind: target, of: sketch.model, extras) }
    try load { names.contains($0) }
  }

  /// Bytes of tensors that the translation of a picture of this size holds at most, besides the weights.
  func bytesOfTranslation(
    _ width: Int, _ height: Int, to target: TranslationTarget, _ extras: TranslationExtras
  ) throws -> Int {
    // A run of its own: the sketch's counts the weights.
    let dryRun = DryRun(), model = sketch.model
    let channels = target == .bToA ? model.inputs.channels.b : model.inputs.channels.a
    let pass = Pass(model.testTimeStatistics == .running ? .running : .batchWithoutUpdate)
    try dryRun {
      try Tape.paused {
        let rule = model.inputs.sizeRule
        let input = Tensor.zeros([1, rule.covering(height), rule.covering(width), channels + model.inputs.masks])
        let output = try model.translate(input, to: target, pass)
        guard extras.reconstructs, let model = model as? any CyclicTranslator else { return }
        _ = try model.reconstruct(output, of: input, to: model.wayBack(from: target), pass)
      }
    }
    return dryRun.mostBytes
  }

  /// Loads the networks of the names that are wanted.
  func load(_ isWanted: (String) -> Bool) throws {
    for network in builder.networks where isWanted(network.name) && !loaded.contains(network.name) {
      try CheckpointFile.reading(file.path) { try loadOne(network) }
      loaded.insert(network.name)
    }
  }
}
