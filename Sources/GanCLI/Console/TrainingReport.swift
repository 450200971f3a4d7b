import GanBase
import GanStore
import GanTensor
import GanTrain

/// The summary of a training run, for its last lines.
struct TrainingReport {
  private let summary: TrainingSummary
  private let configuration: TrainingConfiguration
  private let folder: RunFolder

  init(_ summary: TrainingSummary, _ configuration: TrainingConfiguration, _ folder: RunFolder) {
    (self.summary, self.configuration, self.folder) = (summary, configuration, folder)
  }

  var lines: [String] {
    var lines = [outcome, usage]
    if summary.skipped > 0 {
      lines.append("Pictures that could not be used were skipped \(times(summary.skipped)).")
    }
    if let best = summary.bestInWords { lines.append("Best: \(best), in \(folder.path)/checkpoints/best") }
    if let samples = summary.samples { lines.append("Sample sheet: \(samples)") }
    return lines + [next]
  }

  private var outcome: String {
    let steps = counted(summary.step, "step")
    let session = summary.steps == summary.step ? steps : "\(steps); \(summary.steps) in this session"
    let time = Format.duration(summary.seconds)
    switch summary.reason {
    case .epochs:
      return "Finished \(counted(configuration.allEpochs, "epoch")), \(session), in \(time)."
    case .steps: return "Finished \(session), in \(time)."
    case .time:
      return "Stopped: train.minutes: \(minutes) is used up (\(session))."
    case .patience:
      let evaluations = counted(configuration.eval.patience, "evaluation")
      return "Stopped: eval.patience: no better score in \(evaluations) (\(session), in \(time))."
    case .signal(let number):
      return "Stopped by \(signalName(number)) (\(session), in \(time))."
    }
  }

  private var minutes: String {
    configuration.train.minutes.map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" } ?? ""
  }

  private var usage: String {
    let rate = summary.seconds > 0 ? Double(summary.pictures) / summary.seconds : 0
    let waited = summary.seconds > 0 ? Int((summary.waited / summary.seconds * 100).rounded()) : 0
    return "\(Format.rate(rate)); \(waited)% of the time was spent waiting for pictures. Peak memory "
      + "\(Format.bytes(Engine.peakResidentBytes)), of which tensors \(Format.bytes(MemoryCache.shared.peakBytes))."
  }

  /// A suggestion for the next command.
  private var next: String {
    let path = folder.path.shellWord
    if case .signal = summary.reason { return "Continue with: ganctl train --resume \(path)" }
    if summary.reason == .patience {
      return "Next: ganctl translate PICTURE... --checkpoint \(folder.path.appending("checkpoints/best").shellWord)"
    }
    return "Next: ganctl translate PICTURE... --run \(path)"
  }

  private func signalName(_ number: Int32) -> String {
    switch number {
    case 1: "a hangup (SIGHUP)"
    case 2: "an interrupt"
    case 15: "SIGTERM"
    default: "signal \(number)"
    }
  }

  private func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }
}
