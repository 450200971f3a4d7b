import GanBase

/// Somebody who watches a run: the console, or a test.
public protocol TrainingObserver: AnyObject {
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
  public func phase(_ text: String) {}
  public func began(step: Int) {}
}

/// Where a run is, for a line of progress.
public struct TrainingStatus: Sendable {
  public let step: Int
  /// Steps in all, as far as is known.
  public let allSteps: Int
  public let epoch: Int
  public let epochs: Int
  /// Pictures that this process has trained on.
  public let pictures: Int
  /// Recent means.
  public let losses: [(name: String, value: Double)]
  /// What is left of the time budget, if there is one.
  public let secondsLeft: Double?
}

/// What a run came to.
public struct TrainingSummary: Sendable {
  public let reason: StopReason
  public let checkpoint: FilePath
  /// The newest sheet of samples, if there is one.
  public let samples: FilePath?
  public let step: Int
  public let epoch: Int
  /// Of this process: steps, pictures, seconds of training, and how many of them were spent waiting for pictures.
  public let steps: Int
  public let pictures: Int
  public let seconds: Double
  public let waited: Double
  /// The best that was measured, and when.
  let best: BestScore?
  /// How often a picture was passed over because it could not be read.
  public let skipped: Int

  /// `fid of built-in features 12.3 after step 400`; nil where nothing was measured.
  public var bestInWords: String? {
    guard let best else { return nil }
    let value = best.isSmallerBetter ? best.score : -best.score
    return "\(best.measure) \(short(value))" + (best.step.map { " after step \($0)" } ?? "")
  }
}
