import GanBase
import GanStore
import GanTensor

/// Writes a run's checkpoints and removes old ones.
final class CheckpointKeeper {
  private let parts: TrainingParts
  private let folder: RunFolder
  private let metadata: [String: String]
  /// The newest checkpoint of this run's course, and its step.
  private(set) var last: (path: String, step: Int)?

  init(_ parts: TrainingParts, _ folder: RunFolder, program: String, last: (path: String, step: Int)?) {
    (self.parts, self.folder, self.last) = (parts, folder, last)
    metadata = [
      TrainingState.Key.config: parts.configuration.text,
      TrainingState.Key.model: parts.configuration.model.configured.info.name,
      TrainingState.Key.program: program,
      TrainingState.Key.engine: Engine.kernels(parts.configuration.train.precision),
    ]
  }

  func saveStep(_ progress: TrainingProgress) throws {
    try save(progress, to: folder.checkpointPath(step: progress.step))
    try folder.pruneSteps(keeping: parts.configuration.train.keepCheckpoints, upTo: progress.step)
  }

  func saveEpoch(_ progress: TrainingProgress) throws {
    try save(progress, to: folder.checkpointPath(epoch: progress.position.epoch))
  }

  /// - Throws: `GanError`: (diverged) where a number is not finite, (environment) where the disk refuses. Then there
  ///   is no new file, and the last checkpoint is what it was.
  private func save(_ progress: TrainingProgress, to path: String) throws {
    let state = TrainingState(builder: parts.builder, progress: progress, fingerprint: parts.pictures.fingerprint)
    if let name = state.firstNotFinite {
      throw diverged("\(name) holds numbers that are not finite after step \(progress.step)")
    }
    var metadata = metadata
    metadata[TrainingState.Key.state] = state.json.encoded
    do {
      try folder.saveCheckpoint(to: path, tensors: state.tensors, metadata: metadata)
    } catch let error as GanError where error.code == .environment {
      let way =
        last == nil
        ? "remove \(folder.path) and start again" : "continue with: ganctl train --resume \(folder.path)"
      let advice = Diagnostic(
        "this checkpoint was not written; \(lastInWords)", help: "when there is room again, \(way)")
      throw GanError(.environment, error.diagnostics + [advice])
    }
    last = (path, progress.step)
  }

  func diverged(_ what: String) -> GanError {
    GanError(
      .diverged, "training diverged: \(what)", at: folder.path,
      help: "\(lastInWords); start again with a smaller model.learning_rate, or look at the newest samples")
  }

  private var lastInWords: String {
    last.map { "the last good checkpoint is \($0.path)" } ?? "there is no earlier checkpoint"
  }
}
