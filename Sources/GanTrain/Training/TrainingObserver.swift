import GanBase

/// Receives the messages and the progress of a run.
package protocol TrainingObserver: AnyObject {
  /// A message, on a line of its own.
  func notice(_ text: String)
  /// A warning, with advice.
  func warning(_ text: String, help: String?)
  /// A message for those who want to know all, such as that a file was written.
  func detail(_ text: String)
  /// The current work, if it may take long.
  func phase(_ text: String)
  /// Called before each step.
  func began(step: Int)
  /// Called after each step.
  func advanced(to status: TrainingStatus)
}

extension TrainingObserver {
  package func detail(_ text: String) {}
  package func phase(_ text: String) {}
  package func began(step: Int) {}
}

/// The progress of a run, for the progress line.
package struct TrainingStatus: Sendable {
  package let step: Int
  /// The expected number of steps of the whole run.
  package let allSteps: Int
  package let epoch: Int
  package let epochs: Int
  /// The stage of training, from 1, and their number; nil without stages.
  package var stage: (number: Int, count: Int)?
  /// Pictures trained on by this process.
  package let pictures: Int
  /// Moving averages.
  package let losses: [(name: String, value: Double)]
  /// The rest of the time budget; nil if there is none.
  package let secondsLeft: Double?
}

/// The outcome of a run.
package struct TrainingSummary: Sendable {
  package let reason: StopReason
  package let checkpoint: FilePath
  /// The newest sample sheet, if any.
  package let samples: FilePath?
  package let step: Int
  package let epoch: Int
  /// Counts for this process: steps, pictures, seconds of training, and seconds spent waiting for pictures.
  package let steps: Int
  package let pictures: Int
  package let seconds: Double
  package let waited: Double
  /// The best evaluation.
  let best: BestScore?
  /// How often a picture was skipped because it could not be read.
  package let skipped: Int

  /// For instance `fid of built-in features 12.3 after step 400`; nil if nothing was measured.
  package var bestInWords: String? {
    best.map { best in "\(best.measure) \(short(best.value))" + (best.step.map { " after step \($0)" } ?? "") }
  }
}
