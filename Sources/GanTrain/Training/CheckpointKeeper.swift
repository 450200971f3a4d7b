import GanBase
import GanReport
import GanStore
import GanTensor
import GanWeights

/// Writes a run's checkpoints and removes old ones.
final class CheckpointKeeper {
  /// The checkpoints to write after a step.
  struct Files {
    /// The epoch checkpoint, which is never removed.
    var epoch = false
    /// The step checkpoint.
    var step = false
    /// The step checkpoint, with `best` pointing to it.
    var best = false

    var isEmpty: Bool { !epoch && !step && !best }
  }

  /// Those of the stage of training.
  var parts: TrainingParts { didSet { metadata.merge(parts.metadataOfStage) { $1 } } }
  private let folder: RunFolder
  private var metadata: [String: String]
  /// The newest checkpoint of this run, and its step.
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
    metadata.merge(parts.metadataOfStage) { $1 }
    metadata[NetworkOrigins.key] = origins.text
  }

  /// Writes the files, then moves the links `best` and `latest`, `latest` last: if interrupted before that, the run
  /// resumes from the previous checkpoint and repeats all of this.
  /// - Throws: `GanError`: (diverged) if a number is not finite, (environment) if a file cannot be written. The
  ///   incomplete file is removed, and the last checkpoint remains valid.
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
        help: "when the problem is solved, \(again): ganctl train --resume \(folder.path.shellWord)")
      throw GanError(.environment, error.diagnostics + [advice])
    }
  }

  func diverged(_ what: String) -> GanError {
    GanError(
      .diverged, "training diverged: \(what)", at: folder.path,
      help: "\(lastInWords); continue from there or start again with a smaller model.learning_rate (--set), or look at "
        + "the newest samples; see \(Symptom.notFinite.link)")
  }

  private var lastInWords: String {
    last.map { "the last good checkpoint is \($0.path)" } ?? "there is no earlier checkpoint"
  }
}

extension TrainingParts {
  /// What differs between stages of training.
  fileprivate var metadataOfStage: [String: String] {
    var metadata = [TrainingState.Key.stepsPerEpoch: String(pictures.batchesPerEpoch)]
    metadata[TrainingState.Key.stage] = configuration.stage.map { String($0.index) }
    return metadata
  }
}
