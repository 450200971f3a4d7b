import Foundation
import GanBase
import GanData
import GanStore
import GanTensor

/// What a run that goes on takes over from a checkpoint, besides the tensors.
struct RestoredRun {
  let progress: TrainingProgress
  /// The first optimizer's rate until now.
  let rateBefore: Double?
  /// Set where other kernels compute than until now, which changes bits.
  let engineChange: OptionChange?

  /// Loads the tensors into the model, and adapts what is left to do to the configuration that holds now.
  /// - Throws: `GanError` (checkpoint) for one that does not fit.
  init(_ checkpoint: CheckpointFile, _ parts: TrainingParts, _ observer: TrainingObserver?) throws {
    let state = try TrainingState(restoring: checkpoint, into: parts.builder)
    let before = try TrainingConfiguration(of: checkpoint)
    engineChange = Self.engineChange(checkpoint, before.train.precision)
    if let engineChange {
      let setting = checkpoint.metadata[TrainingState.Key.engine].flatMap(Engine.environment(for:))
      observer?.notice(
        "The run was computed with \(engineChange.old), and goes on with \(engineChange.new): its numbers will differ in "
          + "the last bits from those of an uninterrupted run."
          + (setting.map { " With \($0) in the environment it would go on with the same kernels." } ?? ""))
    }
    var progress = state.progress
    let rates = try checkpoint.json(TrainingState.Key.state)["optimizers"]
    rateBefore = parts.builder.optimizers.first.flatMap { rates?[$0.name]?["learning_rate"]?.number }
    // What is still to be done for the last step of an epoch is done at that epoch's rate.
    let completed = progress.position.epoch - (progress.unfinished == .last ? 1 : 0)
    progress.schedule.resume(completed: completed, parts.configuration.train.plan, after: before.train.policy)
    if state.fingerprint != parts.pictures.fingerprint || before.data.serial != parts.configuration.data.serial {
      observer?.warning(
        "the training pictures are not those of the checkpoint", help: "epoch \(progress.epoch) begins anew with them")
      progress.position.index = 0
    } else if !parts.pictures.hasBatch(at: progress.position) {
      progress.position = .init(epoch: progress.position.epoch + 1)
    }
    if before.data.sizes != parts.configuration.data.sizes {
      for (_, pool) in parts.builder.pools { pool.pictures = [] }
    }
    self.progress = progress
  }

  /// - Parameter precision: that of the checkpoint; another one now is a change of an option.
  private static func engineChange(_ checkpoint: CheckpointFile, _ precision: Precision) -> OptionChange? {
    let metadata = checkpoint.metadata
    let engine = metadata[TrainingState.Key.engine] ?? "another engine", ours = Engine.kernels(precision)
    guard engine != ours else { return nil }
    let reason = metadata[TrainingState.Key.engineReason].map { " (\($0))" } ?? ""
    return OptionChange(key: "engine", old: engine + reason, new: "\(ours) (\(Engine.reasonForKernels))")
  }
}

extension DataOptions {
  /// What decides on the sizes of pictures that the networks see.
  fileprivate var sizes: [Int?] {
    [Preprocess.allCases.firstIndex(of: preprocess), loadSize, cropSize, centreCrop ?? nil]
  }
}

extension RunFolder {
  /// The same as `restore`, but sets aside what was written later.
  func goBack(
    to checkpoint: FilePath, _ progress: TrainingProgress, keeping count: Int, _ observer: TrainingObserver?
  ) throws {
    if let place = try setAside(after: progress.step, for: checkpoint) {
      observer?.notice("What the run wrote after step \(progress.step) is kept in \(place.shown).")
    }
    try restore(to: checkpoint, progress, keeping: count)
  }

  /// Brings the folder back to how it was when a checkpoint had just been written: its marks, the sheets of samples,
  /// and which older checkpoints are kept. What was written later will be written again.
  func restore(to checkpoint: FilePath, _ progress: TrainingProgress, keeping count: Int) throws {
    try mark(checkpoint, as: .latest)
    try restoreBest(progress)
    try removeSamples(after: progress.step)
    try pruneSteps(keeping: count, upTo: progress.step)
  }

  /// `best` may have gone on to a checkpoint of a step that is yet to come. One that is gone stays what it is.
  private func restoreBest(_ progress: TrainingProgress) throws {
    guard let step = progress.best?.step else { return }
    let path = checkpointPath(step: step)
    if path.isFile { try mark(path, as: .best) }
  }
}

/// With so many significant digits at most.
func short(_ value: Double, digits: Int = 5) -> String { String(format: "%.\(digits)g", value) }
