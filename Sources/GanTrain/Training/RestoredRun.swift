import Foundation
import GanBase
import GanData
import GanStore
import GanTensor

/// What a resumed run takes from a checkpoint in addition to the tensors.
struct RestoredRun {
  let progress: TrainingProgress
  /// The generators' learning rate before resuming.
  let rateBefore: Double?
  /// Set if the kernels differ from those before, which changes bits.
  let engineChange: OptionChange?

  /// Loads the tensors into the model, and adapts the progress to the current configuration.
  /// - Throws: `GanError` (checkpoint) if the checkpoint does not fit.
  init(_ checkpoint: CheckpointFile, _ parts: TrainingParts, _ observer: TrainingObserver?) throws {
    let state = try TrainingState(restoring: checkpoint, into: parts.builder)
    let before = try TrainingConfiguration(of: checkpoint)
    engineChange = Self.engineChange(checkpoint, before.train.precision)
    if let engineChange {
      let setting = checkpoint.metadata[TrainingState.Key.engine].flatMap(Engine.environment(for:))
      observer?.notice(
        "The run was computed with \(engineChange.old) and continues with \(engineChange.new): its numbers will "
          + "differ in the last bits from those of an uninterrupted run."
          + (setting.map { " With \($0) in the environment it would continue with the same kernels." } ?? ""))
    }
    if !state.newOptimizers.isEmpty {
      observer?.notice(
        "The averages of another optimizer are dropped; starting afresh: "
          + "\(state.newOptimizers.joined(separator: ", ")).")
    }
    switch state.averagesChange {
    case .started: observer?.notice("The averages of the weights begin with those of step \(state.progress.step).")
    case .dropped: observer?.notice("The averages of the weights are dropped: train.ema is off.")
    case nil: break
    }
    var progress = state.progress
    let rates = try checkpoint.json(TrainingState.Key.state)["optimizers"]
    rateBefore = parts.mainOptimizer.flatMap { rates?[$0.name]?["learning_rate"]?.number }
    // If the end of an epoch is unfinished, it is finished at that epoch's rate.
    let completed =
      progress.position.epoch - (progress.unfinished == .last ? 1 : 0) - parts.configuration.epochsBefore
    progress.schedule.resume(completed: completed, parts.configuration.train.plan, after: before.train.policy)
    if state.fingerprint != parts.pictures.fingerprint || before.data.serial != parts.configuration.data.serial {
      observer?.warning(
        "the training pictures are not those of the checkpoint", help: "epoch \(progress.epoch) starts over with them")
      progress.position.index = 0
    } else if !parts.pictures.hasBatch(at: progress.position) {
      progress.position = .init(epoch: progress.position.epoch + 1)
    }
    if before.data.sizes != parts.configuration.data.sizes {
      for (_, pool) in parts.builder.pools { pool.pictures = [] }
    }
    self.progress = progress
  }

  /// - Parameter precision: the precision in the checkpoint; a different one now counts as a changed option.
  private static func engineChange(_ checkpoint: CheckpointFile, _ precision: Precision) -> OptionChange? {
    let metadata = checkpoint.metadata
    let engine = metadata[TrainingState.Key.engine] ?? "another engine", ours = Engine.kernels(precision)
    guard engine != ours else { return nil }
    let reason = metadata[TrainingState.Key.engineReason].map { " (\($0))" } ?? ""
    return OptionChange(key: "engine", old: engine + reason, new: "\(ours) (\(Engine.reasonForKernels))")
  }
}

extension DataOptions {
  /// The options that determine the picture sizes that the networks see.
  fileprivate var sizes: [Int?] {
    [Preprocess.allCases.firstIndex(of: preprocess), loadSize, cropSize, centreCrop ?? nil]
  }
}

extension RunFolder {
  /// Moves later files aside, then restores the folder.
  func goBack(
    to checkpoint: FilePath, _ progress: TrainingProgress, keeping count: Int, _ observer: TrainingObserver?
  ) throws {
    if let place = try setAside(after: progress.step, for: checkpoint) {
      observer?.notice("Files that the run wrote after step \(progress.step) are kept in \(place.shown).")
    }
    try restore(to: checkpoint, progress, keeping: count)
  }

  /// Restores the folder to its state just after a checkpoint was written: links, sample sheets, and older checkpoints.
  /// Later files will be written again.
  func restore(to checkpoint: FilePath, _ progress: TrainingProgress, keeping count: Int) throws {
    try mark(checkpoint, as: .latest)
    try restoreBest(progress)
    try removeSamples(after: progress.step)
    try pruneSteps(keeping: count, upTo: progress.step)
  }

  /// `best` may point to a checkpoint of a later step. If its checkpoint has been removed, it is left alone.
  private func restoreBest(_ progress: TrainingProgress) throws {
    guard let step = progress.best?.step else { return }
    let path = checkpointPath(step: step)
    if path.isFile { try mark(path, as: .best) }
  }
}
