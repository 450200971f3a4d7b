import GanBase
import GanStore
import GanTensor
import GanWeights

/// Writes a run's checkpoints and removes old ones.
final class CheckpointKeeper {
  /// Which checkpoints a step is saved in.
  struct Files {
    /// That of the epoch, which is kept.
    var epoch = false
    /// That of the step.
    var step = false
    /// That of the step too, and `best` points to it.
    var best = false

    var isEmpty: Bool { !epoch && !step && !best }
  }

  private let parts: TrainingParts
  private let folder: RunFolder
  private var metadata: [String: String]
  /// The newest checkpoint of this run's course, and its step.
  private(set) var last: (path: FilePath, step: Int)?
  /// Whether a checkpoint could not be written.
  private(set) var hasFailed = false

  init(
    _ parts: TrainingParts, _ folder: RunFolder, program: String, origins: NetworkOrigins = NetworkOrigins(),
    last: (path: FilePath, step: Int)?
  ) {
    (self.parts, self.folder, self.last) = (parts, folder, last)
    metadata = [
      TrainingState.Key.config: parts.configuration.text,
      TrainingState.Key.model: parts.configuration.model.configured.info.name,
      TrainingState.Key.program: program,
      TrainingState.Key.engine: Engine.kernels(parts.configuration.train.precision),
      TrainingState.Key.engineReason: Engine.reasonForKernels,
    ]
    metadata[NetworkOrigins.key] = origins.text
  }

  /// Writes the files, then moves the marks, `latest` as the last: before that the run would go on from the checkpoint
  /// before and do all of this again.
  /// - Throws: `GanError`: (diverged) where a number is not finite, (environment) where the disk refuses. Then there
  ///   is no new file, and the last checkpoint is what it was.
  func save(_ progress: TrainingProgress, _ files: Files) throws {
    let epoch = folder.checkpointPath(epoch: progress.position.epoch)
    let step = folder.checkpointPath(step: progress.step)
    if files.epoch { try write(progress, to: epoch) }
    if files.step || files.best { try write(progress, to: step) }
    let newest = files.step || !files.epoch ? step : epoch
    do {
      if files.best { try folder.mark(step, as: .best) }
      try folder.mark(newest, as: .latest)
      last = (newest, progress.step)
      if files.step || files.best {
        try folder.pruneSteps(keeping: parts.configuration.train.keepCheckpoints, upTo: progress.step)
      }
    } catch {
      hasFailed = true
      throw error
    }
  }

  private func write(_ progress: TrainingProgress, to path: FilePath) throws {
    let state = TrainingState(builder: parts.builder, progress: progress, fingerprint: parts.pictures.fingerprint)
    if let name = state.firstNotFinite {
      throw diverged("\(name) holds numbers that are not finite after step \(progress.step)")
    }
    var metadata = metadata
    metadata[TrainingState.Key.state] = state.json.encoded
    do {
      try folder.replaceLostFolder(config: parts.configuration.text)
      try CheckpointFile.write(to: path, tensors: state.tensors, metadata: metadata)
    } catch let error as GanError where error.code == .environment {
      hasFailed = true
      let again = last == nil ? "start the run again, or continue it with" : "continue with"
      let advice = Diagnostic(
        "this checkpoint was not written; \(lastInWords)",
        help: "when there is room again, \(again): ganctl train --resume \(folder.path.shellWord)")
      throw GanError(.environment, error.diagnostics + [advice])
    }
  }

  func diverged(_ what: String) -> GanError {
    GanError(
      .diverged, "training diverged: \(what)", at: folder.path,
      help: "\(lastInWords); go on from there, or start again, with a smaller model.learning_rate (--set), or look at "
        + "the newest samples")
  }

  private var lastInWords: String {
    last.map { "the last good checkpoint is \($0.path)" } ?? "there is no earlier checkpoint"
  }
}
