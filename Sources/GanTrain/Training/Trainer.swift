import Foundation
import GanBase
import GanData
import GanModels
import GanNN
import GanStore
import GanTensor

/// Trains a model: the loop around its `trainStep`.
///
/// What a run computes depends on its configuration and its pictures alone. Interrupted anywhere and resumed, it gives
/// the same bytes in weights, optimizers and log as a run that was never interrupted.
public final class Trainer {
  private let parts: TrainingParts
  private let folder: RunFolder
  private weak var observer: TrainingObserver?
  private let stopSignal: () -> Int32?
  private let train: TrainSettings
  private let log: LossLog
  private let loader: Loader
  private let validation: Validation?
  private let checkpoints: CheckpointKeeper

  private var progress: TrainingProgress
  private var recent = LossAverages(memory: 0.98)
  private var lastSample: Int?
  private var stepsDone = 0, picturesDone = 0
  private let begin = ContinuousClock.now
  /// Seconds that earlier processes spent on this run, where time is limited.
  private let secondsBefore: Double

  /// - Parameters:
  ///   - checkpoint: where to go on; nil for a new run.
  ///   - program: this program's version, for checkpoints.
  ///   - stopSignal: the number of a signal that asks to stop, once there is one.
  /// - Throws: `GanError`: (checkpoint) for one that does not fit, (input) for pictures that cannot be used.
  public init(
    _ parts: TrainingParts, in folder: RunFolder, from checkpoint: CheckpointFile? = nil, program: String,
    observer: TrainingObserver?, stopSignal: @escaping () -> Int32? = { Signals.pending }
  ) throws {
    (self.parts, self.folder, self.observer, self.stopSignal) = (parts, folder, observer, stopSignal)
    train = parts.configuration.train
    let progress = try checkpoint.map { try Self.restore($0, parts, observer) } ?? TrainingProgress()
    self.progress = progress
    secondsBefore = progress.seconds ?? 0
    if let checkpoint {
      try folder.mark(checkpoint.path, as: .latest)
      try AtomicFile.write(parts.configuration.text, to: folder.configPath)
    }
    checkpoints = CheckpointKeeper(parts, folder, program: program, last: checkpoint.map { ($0.path, progress.step) })
    log = try LossLog(folder, from: progress.step)
    loader = try Loader(parts.pictures, from: progress.position)
    validation = Validation(parts)
    lastSample = checkpoint == nil ? nil : progress.step
    applyRate()
  }

  /// Trains until all is done, time is over, or a signal asks to stop.
  /// - Throws: `GanError`: (diverged) for a loss that is not finite, (input) for a damaged picture, (environment) when
  ///   the disk refuses. Checkpoints written before stay as they are.
  public func run() throws -> TrainingSummary {
    if let notice = train.precision.notice { observer?.notice(notice) }
    return try Precision.with(train.precision) { try runToTheEnd() }
  }

  private func runToTheEnd() throws -> TrainingSummary {
    if progress.step == 0, checkpoints.last == nil {
      // At once, so that a full disk is no surprise hours later.
      try saveCheckpoint()
      try writeSamples()
    }
    while true {
      if let reason = stopReason() { return try end(reason) }
      try step()
    }
  }

  // MARK: Steps

  private func step() throws {
    let batch = try loader.next()
    try parts.model.checkTraining(batch)
    let losses = try parts.model.trainStep(TrainingBatch(batch, of: parts.pictures)).entries
      .map { ($0.name, $0.value.item) }
    progress.step += 1
    progress.position = batch.following
    stepsDone += 1
    picturesDone += batch.count
    if let bad = losses.first(where: { !$0.1.isFinite }) {
      throw checkpoints.diverged("the loss \(bad.0) is \(bad.1.isNaN ? "nan" : "infinite") in step \(progress.step)")
    }
    try note(losses, epoch: batch.position.epoch + 1)
    if batch.endsEpoch { try endEpoch() }
    if isDue(train.sampleEvery) { try writeSamples() }
    if isDue(train.checkpointEvery) { try saveCheckpoint() }
  }

  private func note(_ losses: [(name: String, value: Double)], epoch: Int) throws {
    progress.averages.add(losses)
    recent.add(losses)
    if progress.step == 1 || isDue(train.logEvery) {
      try log.losses(progress.averages.means, step: progress.step, epoch: epoch, learningRate: learningRate)
      try log.pace(step: progress.step, seconds: seconds, pictures: picturesDone, waited: loader.waited)
      progress.averages.clear()
    }
    observer?.advanced(to: status(epoch: epoch))
  }

  /// `progress.position` is the beginning of the next epoch.
  private func endEpoch() throws {
    let completed = progress.position.epoch
    let score = try validation?.score()
    if let score { try log.validation(Validation.name, score, step: progress.step, epoch: completed) }
    let evaluated = try parts.evaluation?.run(afterEpoch: completed)
    progress.schedule.advance(
      completed: completed, train.plan, score: parts.evaluation == nil ? score : evaluated?.score)
    applyRate()
    if let evaluated { try note(evaluated, epoch: completed) }
    if train.epochCheckpointEvery > 0, completed % train.epochCheckpointEvery == 0 {
      keepTime()
      try checkpoints.saveEpoch(progress)
    }
  }

  /// The best model so far gets a checkpoint that `best` points to.
  private func note(_ evaluated: Evaluation.Result, epoch: Int) throws {
    let features = parts.evaluation?.features
    try log.evaluation(evaluated.values, features: features, step: progress.step, epoch: epoch)
    let before = progress.best.flatMap { $0.measure == evaluated.measure ? $0.score : nil } ?? .infinity
    let isBest = evaluated.score.isFinite && evaluated.score < before
    let values = evaluated.values.map { "\($0.name) \(rounded($0.value))" }.joined(separator: ", ")
    observer?.notice(
      "epoch \(epoch): \(values)\(features.map { " (\($0))" } ?? "")\(isBest ? "; the best so far" : "")")
    guard isBest else { return }
    progress.best = BestScore(score: evaluated.score, measure: evaluated.measure)
    try saveCheckpoint()
    if let path = checkpoints.last?.path { try folder.mark(path, as: .best) }
  }

  private func rounded(_ value: Double) -> String { String(format: "%.5g", value) }

  private func isDue(_ interval: Int) -> Bool { interval > 0 && progress.step % interval == 0 }

  private func applyRate() {
    for (_, optimizer) in parts.builder.optimizers where optimizer.settings.followsSchedule {
      optimizer.learningRate = optimizer.settings.learningRate * progress.schedule.factor
    }
  }

  private var learningRate: Double { parts.builder.optimizers.first?.optimizer.learningRate ?? 0 }

  // MARK: The end

  private func stopReason() -> StopReason? {
    if let reason = progress.end(train) { return reason }
    if let number = stopSignal() { return .signal(number) }
    return train.minutes.map { seconds + secondsBefore >= $0 * 60 } == true ? .time : nil
  }

  private func end(_ reason: StopReason) throws -> TrainingSummary {
    if reason == .time || checkpoints.last?.step != progress.step { try saveCheckpoint() }
    if reason.isFinished, lastSample != progress.step { try writeSamples() }
    return TrainingSummary(
      reason: reason, checkpoint: checkpoints.last?.path ?? folder.path, step: progress.step,
      epoch: progress.position.epoch, steps: stepsDone, pictures: picturesDone, seconds: seconds,
      waited: loader.waited)
  }

  // MARK: Files

  private func saveCheckpoint() throws {
    keepTime()
    try checkpoints.saveStep(progress)
  }

  private func keepTime() { progress.seconds = train.minutes == nil ? nil : secondsBefore + seconds }

  private func writeSamples() throws {
    guard let samples = parts.samples else { return }
    try samples.write(to: folder.samplePath(step: progress.step))
    lastSample = progress.step
  }

  // MARK: Telling

  /// Seconds of this process.
  private var seconds: Double { (ContinuousClock.now - begin) / .seconds(1) }

  private func status(epoch: Int) -> TrainingStatus {
    let data = parts.pictures
    let position = progress.position
    let left = (train.allEpochs - position.epoch) * data.batchesPerEpoch - position.index / data.options.batchSize
    let byEpochs = progress.step + max(0, left)
    return TrainingStatus(
      step: progress.step, allSteps: min(byEpochs, max(train.steps ?? byEpochs, progress.step)), epoch: epoch,
      epochs: train.allEpochs, pictures: picturesDone, losses: recent.means,
      secondsLeft: train.minutes.map { max(0, $0 * 60 - secondsBefore - seconds) })
  }

  private static func restore(
    _ checkpoint: CheckpointFile, _ parts: TrainingParts, _ observer: TrainingObserver?
  ) throws -> TrainingProgress {
    let state = try TrainingState(restoring: checkpoint, into: parts.builder)
    let engine = checkpoint.metadata[TrainingState.Key.engine] ?? "another engine"
    let ours = Engine.kernels(parts.configuration.train.precision)
    if engine != ours {
      observer?.notice(
        "The run was computed with \(engine), and goes on with \(ours): its numbers may differ in the last bits from "
          + "those of an uninterrupted run.")
    }
    var progress = state.progress
    if state.fingerprint != parts.pictures.fingerprint {
      observer?.warning(
        "the training pictures are not those of the checkpoint", help: "epoch \(progress.epoch) begins anew with them")
      progress.position.index = 0
    }
    return progress
  }
}
