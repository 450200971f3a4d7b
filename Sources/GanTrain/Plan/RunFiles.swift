import GanBase

/// The disk space that a run takes for checkpoints and sample sheets.
struct RunFiles {
  /// Checkpoints at the same time, at most.
  let checkpoints: Int
  let checkpointBytes: Int
  let sheets: Int
  let sheetBytes: Int

  var bytes: Double { Double(checkpoints) * Double(checkpointBytes) + Double(sheets) * Double(sheetBytes) }

  /// - Parameters:
  ///   - steps: of the whole run, in so many epochs.
  ///   - secondsPerStep: nil if unknown; the sheets that are drawn by time are then not counted.
  ///   - pixels: of one picture.
  ///   - keepsBest: whether a checkpoint of the best evaluation is kept in addition.
  init(
    _ train: TrainSettings, steps: Int, epochs: Int, secondsPerStep: Double?, checkpointBytes: Int, pixels: Int,
    keepsBest: Bool = false
  ) {
    let lasting = train.epochCheckpointEvery > 0 ? epochs / train.epochCheckpointEvery : 0
    // A new checkpoint is written before the oldest is removed.
    checkpoints = train.keepCheckpoints + 1 + lasting + (keepsBest ? 1 : 0)
    self.checkpointBytes = checkpointBytes
    let all = secondsPerStep.map { $0 * Double(steps) } ?? 0
    let seconds = train.minutes.map { min($0 * 60, all) } ?? all
    let share = all > 0 ? min(1, seconds / all) : 1
    let times = train.sampleEvery.times(steps: Double(steps) * share, seconds: seconds)
    sheets = train.sampleCount == 0 ? 0 : Int(min(1e9, times)) + 1
    // A row has about five pictures; PNG halves their size.
    sheetBytes = 3 * (train.sampleCount * 5 * pixels) / 2
  }
}
