import GanBase
import GanConfig
import GanImage

/// The work after a step. The checkpoint comes last: everything that it relies on is on disk before it, and work that
/// is interrupted before it is repeated on resuming.
extension Trainer {
  /// Logs, measures, draws and saves what is due after a step; until then `progress.unfinished` is set.
  func finishStep(_ place: StepPlace) throws {
    let epoch = progress.position.epoch + (place == .last ? 0 : 1)
    try noteLosses(epoch)
    try watchPictures(epoch: epoch)
    let isBest = place == .last ? try endEpoch() : false
    progress.unfinished = nil
    let isLast = progress.end(parts.configuration) != nil || progress.isStageOver(parts.configuration)
    let drawsSamples = isLast || sampleTurn.isDue(step: progress.step, at: seconds)
    if drawsSamples { try writeSamples() }
    let isMeasured = place == .last && parts.evaluation?.isDue(afterEpoch: progress.position.epoch) == true
    if isMeasured || drawsSamples { try reporter.writeOnTheWay("training") }
    let completed = progress.position.epoch, interval = train.epochCheckpointEvery
    let files = CheckpointKeeper.Files(
      epoch: place == .last && interval > 0 && completed % interval == 0,
      step: isLast || checkpointTurn.isDue(step: progress.step, at: seconds), best: isBest)
    if !files.isEmpty { try save(files) }
    settled = progress
  }

  private func noteLosses(_ epoch: Int) throws {
    let endsStage = parts.configuration.stage != nil && progress.isStageOver(parts.configuration)
    if progress.step == 1 || endsStage || logTurn.isDue(step: progress.step, at: seconds) {
      let means = progress.averages.means
      try log.losses(
        means, step: progress.step, epoch: epoch, stage: parts.configuration.stage, learningRate: learningRate,
        skipped: progress.skipped)
      try watch(losses: means, epoch: epoch)
      try log.pace(step: progress.step, seconds: seconds, pictures: picturesDone, waited: waited)
      progress.averages.clear()
      logTurn.taken(at: seconds)
    }
    observer?.advanced(to: status(epoch: epoch))
  }

  /// Finishes an epoch; `progress.position` is already the start of the next one.
  /// - Returns: whether the model is the best so far.
  private func endEpoch() throws -> Bool {
    let completed = progress.position.epoch
    let tell = { (number: Int, all: Int) in try self.tell("epoch \(completed): validation picture", number, all) }
    let score = try withAverages { try interruptible { try validation?.score(tell: tell) } }
    if let score { try log.validation(Validation.name, score, step: progress.step, epoch: completed) }
    let evaluated = try withAverages {
      try interruptible { try parts.evaluation?.run(parts.model, afterEpoch: completed, tell: tell) }
    }
    if let evaluated {
      try watch(score: evaluated.score, of: evaluated.measure, epoch: completed)
    } else if let score, parts.evaluation == nil {
      try watch(score: score, of: "validation \(Validation.name)", epoch: completed)
    }
    progress.schedule.advance(
      completed: completed - parts.configuration.epochsBefore, train.plan,
      score: parts.evaluation == nil ? score : evaluated?.score)
    applyRate()
    return try evaluated.map { try note($0, epoch: completed) } ?? false
  }

  private func note(_ evaluated: Evaluation.Result, epoch: Int) throws -> Bool {
    let features = parts.evaluation?.features
    try log.evaluation(evaluated.values, features: features, step: progress.step, epoch: epoch)
    let before = progress.best.flatMap { $0.measure == evaluated.measure ? $0.score : nil } ?? .infinity
    let isBest = evaluated.score.isFinite && evaluated.score < before
    let values = evaluated.values.map { "\($0.name) \(short($0.value))" }.joined(separator: ", ")
    observer?.notice(
      "epoch \(epoch): \(values)\(features.map { " (\($0))" } ?? "")\(isBest ? "; the best so far" : "")")
    if isBest {
      progress.best = BestScore(score: evaluated.score, measure: evaluated.measure, step: progress.step)
      progress.evaluationsSinceBest = 0
    } else {
      progress.evaluationsSinceBest += 1
    }
    return isBest
  }

  /// Looks at the model's translations with the averages of its weights, if it keeps any. Not within
  /// `interruptible`: once that is cut short, nothing is computed, and the weights could not come back.
  private func withAverages<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard let averages = parts.builder.averages else { return try body() }
    return try averages.used(by: body)
  }

  // MARK: Files

  func saveCheckpoint() throws { try save(CheckpointKeeper.Files(step: true)) }

  private func save(_ files: CheckpointKeeper.Files) throws {
    try log.sync()
    progress.seconds = train.minutes == nil ? nil : secondsInAll
    try checkpoints.save(progress, files)
    if let path = checkpoints.last?.path { observer?.detail("step \(progress.step): saved \(path)") }
    checkpointTurn.taken(at: seconds)
  }

  func writeSamples() throws {
    guard let samples = parts.samples else { return }
    let sheet = try withAverages {
      try interruptible { try samples.drawn { try tell("sample sheet: picture", $0, $1) } }
    }
    try PictureFile.writePNG(sheet, to: folder.samplePath(step: progress.step))
    try log.drew(folder.samplePath(step: progress.step), step: progress.step)
    observer?.detail("step \(progress.step): drew \(folder.samplePath(step: progress.step))")
    lastSample = progress.step
    sampleTurn.taken(at: seconds)
  }
}

/// Thrown after a signal to stop; work after the step that is still open is done when the run is resumed.
struct Interruption: Error {
  let signal: Int32
}

/// Tells when periodic work is due.
struct Turn {
  private let cadence: Cadence
  /// Time of the last turn, in seconds since this process started.
  private var last = 0.0

  init(_ cadence: Cadence) { self.cadence = cadence }

  func isDue(step: Int, at seconds: Double) -> Bool {
    switch cadence {
    case .never: false
    case .steps(let steps): step % steps == 0
    case .seconds(let interval): seconds - last >= interval
    }
  }

  mutating func taken(at seconds: Double) { last = seconds }
}
