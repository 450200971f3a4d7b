import GanBase

/// Somebody who watches a run: the console, or a test.
package protocol TrainingObserver: AnyObject {
  /// Worth a line.
  func notice(_ text: String)
  /// Worth a line that stands out.
  func warning(_ text: String, help: String?)
  /// What is being done, where that may take a while.
  func phase(_ text: String)
  /// Before the networks begin with a step.
  func began(step: Int)
  /// After each step.
  func advanced(to status: TrainingStatus)
}

extension TrainingObserver {
  package func phase(_ text: String) {}
  package func began(step: Int) {}
}

/// Where a run is, for a line of progress.
package struct TrainingStatus: Sendable {
  package let step: Int
  /// Steps in all, as far as is known.
  package let allSteps: Int
  package let epoch: Int
  package let epochs: Int
  /// Pictures that this process has trained on.
  package let pictures: Int
  /// Recent means.
  package let losses: [(name: String, value: Double)]
  /// What is left of the time budget, if there is one.
  package let secondsLeft: Double?
}

/// What a run came to.
package struct TrainingSummary: Sendable {
  package let reason: StopReason
  package let checkpoint: FilePath
  /// The newest sheet of samples, if there is one.
  package let samples: FilePath?
  package let step: Int
  package let epoch: Int
  /// Of this process: steps, pictures, seconds of training, and how many of them were spent waiting for pictures.
  package let steps: Int
  package let pictures: Int
  package let seconds: Double
  package let waited: Double
  /// The best that was measured, and when.
  let best: BestScore?
  /// How often a picture was passed over because it could not be read.
  package let skipped: Int

  /// `fid of built-in features 12.3 after step 400`; nil where nothing was measured.
  package var bestInWords: String? {
    guard let best else { return nil }
    let value = best.isSmallerBetter ? best.score : -best.score
    return "\(best.measure) \(short(value))" + (best.step.map { " after step \($0)" } ?? "")
  }
}
