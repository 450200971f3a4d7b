import Foundation
import GanBase
import GanData
import GanModels
import GanNN
import GanStore
import GanTensor
import GanWeights

/// Trains a model: the loop around its `trainStep`.
///
/// The results of a run depend only on its configuration and its pictures. A run that is interrupted anywhere and
/// resumed writes the same bytes (weights, optimizers, log, sheets, checkpoints) as an uninterrupted one.
package final class Trainer {
  /// Those of the stage of training.
  private(set) var parts: TrainingParts
  let folder: RunFolder
  private(set) weak var observer: TrainingObserver?
  let stopSignal: () -> Int32?
  var train: TrainSettings { parts.configuration.train }
  let log: LossLog
  private(set) var loader: Loader
  private(set) var validation: Validation?
  let checkpoints: CheckpointKeeper
  var reporter: RunReporter
  private var revocable: RevocableStep
  private let changes: [OptionChange]
  /// The learning rate before this process; nil for a new run.
  let rateBefore: Double?

  var progress: TrainingProgress
  /// The progress that matches the networks in memory, to save a checkpoint after a failure; nil while a step changes
  /// them.
  var settled: TrainingProgress?
  var recent = LossAverages(memory: 0.98)
  var watchRules = WatchRules()
  var lastSample: Int?
  var logTurn: Turn, sampleTurn: Turn, checkpointTurn: Turn
  private(set) var stepsDone = 0, picturesDone = 0
  private var told: Set<String> = []
  private(set) var isEnding = false
  let begin = ContinuousClock.now
  /// Seconds that earlier processes spent on this run, if its time is limited.
  let secondsBefore: Double
  /// The optimizer whose rate is shown.
  var main: Optimizer? { parts.mainOptimizer?.optimizer }
  /// Seconds spent waiting for pictures of earlier stages.
  private var waitedBefore = 0.0

  /// - Parameters:
  ///   - checkpoint: the checkpoint to resume from; nil for a new run.
  ///   - changes: options that differ from the checkpoint's.
  ///   - program: this program's version, for checkpoints.
  ///   - stopSignal: returns the number of a signal to stop, once one has arrived.
  /// - Throws: `GanError`: (checkpoint) if the checkpoint does not fit, (input) for pictures that cannot be used.
  package init(
    _ parts: TrainingParts, in folder: RunFolder, from checkpoint: CheckpointFile? = nil,
    changes: [OptionChange] = [], program: String, observer: TrainingObserver?,
    stopSignal: @escaping () -> Int32? = { Signals.pending }
  ) throws {
    (self.parts, self.folder, self.observer, self.stopSignal) = (parts, folder, observer, stopSignal)
    self.changes = changes
    let train = parts.configuration.train
    revocable = RevocableStep(parts.builder) { stopSignal() != nil }
    logTurn = Turn(train.logEvery)
    sampleTurn = Turn(train.sampleEvery)
    checkpointTurn = Turn(train.checkpointEvery)
    let restored = try checkpoint.map { file in try OutOfMemory.guarding { try RestoredRun(file, parts, observer) } }
    checkpoint?.close()
    let progress = restored?.progress ?? TrainingProgress()
    self.progress = progress
    rateBefore = restored?.rateBefore
    secondsBefore = progress.seconds ?? 0
    if let checkpoint {
      try folder.goBack(to: checkpoint.path, progress, keeping: train.keepCheckpoints, observer)
      settled = progress
    }
    try folder.write(config: parts.configuration.text)
    let origins = try checkpoint.map { try NetworkOrigins($0).afterTraining } ?? parts.origins
    checkpoints = CheckpointKeeper(
      parts, folder, program: program, origins: origins, last: checkpoint.map { ($0.path, progress.step) })
    log = try LossLog(folder, from: checkpoint == nil ? nil : progress, hasEvents: train.tensorboard)
    if checkpoint == nil {
      try log.began(program: program, train.precision)
      try log.began(stage: parts.configuration.stage, step: 0, epoch: 1)
    }
    try log.session(after: progress.step, train.precision, notices: parts.notices)
    reporter = RunReporter(folder)
    let lasting = changes.filter(\.countsForNumbers) + [restored?.engineChange].compactMap { $0 }
    if !lasting.isEmpty {
      let change = RunChange(step: progress.step, program: program, options: lasting)
      self.progress.history.append(change)
      try log.changed(change, number: self.progress.history.count, epoch: progress.epoch)
    }
    loader = try Loader(parts.pictures, from: progress.position)
    validation = Validation(parts)
    lastSample = checkpoint == nil || progress.unfinished != nil ? nil : progress.step
    // Weights that the run begins with may have been loaded since the model was made.
    if checkpoint == nil { parts.builder.averages?.start() }
    applyRate()
    reportSkipped()
  }

  /// Goes on with the parts of another stage.
  func adopt(_ parts: TrainingParts) throws {
    waitedBefore += loader.waited
    self.parts = parts
    checkpoints.parts = parts
    revocable = RevocableStep(parts.builder) { [stopSignal] in stopSignal() != nil }
    loader = try Loader(parts.pictures, from: progress.position)
    validation = Validation(parts)
    recent = LossAverages(memory: 0.98)
    reportSkipped()
  }

  /// Seconds spent waiting for pictures in this process.
  var waited: Double { waitedBefore + loader.waited }

  private func reportSkipped() {
    let onSkip: ([Diagnostic]) -> Void = { [weak self] in self?.note(skipped: $0) }
    parts.evaluation?.onSkip = onSkip
    validation?.onSkip = onSkip
  }

  /// Trains until the run is complete, its time is used up, or a signal arrives.
  /// - Throws: `GanError`: (diverged) for a loss that is not finite, (input) for a damaged picture, (environment) for
  ///   files that cannot be written. Unless it diverged, the state is saved first if possible.
  package func run() throws -> TrainingSummary {
    if let notice = train.precision.notice { observer?.notice(notice) }
    return try Precision.with(train.precision) {
      do {
        return try runToTheEnd()
      } catch let interruption as Interruption {
        return try end(after: interruption)
      } catch let error as GanError {
        let reason = saving(before: error)
        RunFailure(reason, step: progress.step).write(in: folder.path)
        try? reporter.write("failed")
        throw reason
      }
    }
  }

  private func runToTheEnd() throws -> TrainingSummary {
    if checkpoints.last == nil {
      try watchBeginning()
      if train.sampleEvery != .never { try writeSamples() }
      // At once, so that a full disk is noticed now and not hours later.
      try saveCheckpoint()
    } else if !changes.isEmpty {
      // At once, so that the changes are recorded whatever happens next.
      try saveCheckpoint()
    }
    settled = progress
    if let place = progress.unfinished { try finishStep(place) }
    while true {
      if let reason = stopReason() { return try end(reason) }
      if progress.isStageOver(parts.configuration) { try enterNextStage() } else { try step() }
    }
  }

  private func step() throws {
    let batch = try loader.next()
    try parts.model.checkTraining(batch)
    if train.minutes != nil { applyRate() }
    observer?.began(step: progress.step + 1)
    let losses = try trainStep(OutOfMemory.guarding { try TrainingBatch(batch, of: parts.pictures) })
    progress.step += 1
    progress.position = batch.following
    stepsDone += 1
    picturesDone += batch.count
    if let bad = losses.first(where: { !$0.1.isFinite }) {
      throw checkpoints.diverged("the loss \(bad.0) is \(bad.1.isNaN ? "nan" : "infinite") in step \(progress.step)")
    }
    progress.averages.add(losses)
    recent.add(losses)
    note(skipped: batch.skipped)
    let place: StepPlace = batch.endsEpoch ? .last : .within
    progress.unfinished = place
    settled = progress
    try finishStep(place)
  }

  /// - Throws: `Interruption` after a signal, or `GanError`, for instance if memory runs out; the model is then usually
  ///   unchanged.
  private func trainStep(_ batch: TrainingBatch) throws -> [(name: String, value: Double)] {
    settled = nil
    let kind = (batch.place?.index ?? 0) % max(1, parts.model.cycleOfSteps)
    defer { if revocable.isTakenBack { settled = progress } }
    let losses = try revocable.run(kind: kind) {
      let losses = try parts.model.trainStep(batch).entries.map { (name: $0.name, value: $0.value.item) }
      return losses + (parts.builder.augmentation?.strength?.endStep(pictures: batch.count) ?? [])
    }
    guard let losses else { throw interruption }
    parts.builder.averages?.update(pictures: batch.count)
    return losses
  }

  /// Runs work that does not change the state of the run, so that a signal may cut it short: at once, or, if the run is
  /// ending already, after a short grace period.
  /// - Throws: `Interruption` if it was cut short; `GanError` (environment) if memory runs out.
  func interruptible<Result>(_ body: () throws -> Result) throws -> Result {
    let result = try Cancellation.run { [isEnding, stopSignal] in
      isEnding ? Signals.age > Self.lastSheetSeconds : stopSignal() != nil
    } _: { _ in
      try body()
    }
    guard let result else { throw interruption }
    return result
  }

  /// The time for the last sheet after a signal.
  private static let lastSheetSeconds = 1.3

  private var interruption: Interruption { Interruption(signal: stopSignal() ?? SIGTERM) }

  /// Reports each skipped picture once, and counts it each time.
  private func note(skipped: [Diagnostic]) {
    progress.skipped += skipped.count
    for picture in skipped where told.insert(picture.location ?? picture.message).inserted {
      let text = "\(picture.location.map { "\($0): " } ?? "")\(picture.message): skipped"
      observer?.warning(text, help: nil)
      // A log that cannot be written is noticed by the next line of losses.
      try? log.warned(text, step: progress.step)
    }
  }

  // MARK: The end

  private func stopReason() -> StopReason? {
    if let reason = progress.end(parts.configuration) { return reason }
    if let number = stopSignal() { return .signal(number) }
    return train.minutes.map { secondsInAll >= $0 * 60 } == true ? .time : nil
  }

  private func end(_ reason: StopReason) throws -> TrainingSummary {
    isEnding = true
    if reason.isFinished {
      if lastSample != progress.step { try writeSamples() }
      if reason == .time || checkpoints.last?.step != progress.step { try saveCheckpoint() }
      try reporter.write("finished")
    } else {
      // The sender of a signal may not wait long.
      if checkpoints.last?.step != progress.step { try saveCheckpoint() }
      do {
        if lastSample != progress.step { try writeSamples() }
      } catch let error as GanError {
        observer?.warning("no sample sheet: \(error.diagnostics.first?.message ?? "")", help: nil)
      } catch is Interruption {
        observer?.notice("No sample sheet was drawn: it takes too long after a signal.")
      }
      reportStop()
    }
    return summary(reason)
  }

  private func reportStop() {
    guard reporter.fits(within: Self.lastSheetSeconds - Signals.age) else { return }
    do { try reporter.write("stopped") } catch {
      observer?.warning("no report: \((error as? GanError)?.diagnostics.first?.message ?? "\(error)")", help: nil)
    }
  }

  /// Ends the run after a signal during a step, during the work after one, or before the first.
  private func end(after interruption: Interruption) throws -> TrainingSummary {
    guard let settled else { return summary(.signal(interruption.signal)) }
    progress = settled
    if progress.unfinished == nil { return try end(.signal(interruption.signal)) }
    if checkpoints.last?.step != progress.step { try saveCheckpoint() }
    return summary(.signal(interruption.signal))
  }

  private func summary(_ reason: StopReason) -> TrainingSummary {
    TrainingSummary(
      reason: reason, checkpoint: checkpoints.last?.path ?? folder.path,
      samples: lastSample.map(folder.samplePath).flatMap { $0.isFile ? $0 : nil },
      step: progress.step, epoch: progress.position.epoch, steps: stepsDone, pictures: picturesDone, seconds: seconds,
      waited: waited, best: progress.best, skipped: progress.skipped)
  }

  /// Saves the state, and returns the error that ends the run with advice on how to continue.
  private func saving(before error: GanError) -> GanError {
    guard let settled, error.code != .diverged, !checkpoints.hasFailed else { return error }
    do {
      if checkpoints.last?.step != settled.step {
        progress = settled
        try saveCheckpoint()
      }
    } catch let second as GanError {
      return GanError(error.code, error.diagnostics + second.diagnostics)
    } catch {
      return GanError(.bug, "\(error)")
    }
    return error.adding(
      help: "step \(settled.step) is saved in \(checkpoints.last?.path ?? folder.path): when this is fixed, continue "
        + "with: ganctl train --resume \(folder.path.shellWord)")
  }
}
