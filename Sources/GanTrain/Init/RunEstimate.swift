import Foundation
import GanBase

/// Time, memory and disk space of a whole run, estimated from a few steps.
struct RunEstimate {
  /// The text, line by line.
  let lines: [String]

  init(_ trial: TrainingTrial, _ plan: SchedulePlan, _ train: TrainSettings, size: Int) {
    let all = Double(plan.steps) * trial.secondsPerStep
    let files = RunFiles(
      train, steps: plan.steps, epochs: plan.epochs, secondsPerStep: trial.secondsPerStep,
      checkpointBytes: trial.checkpointBytes, pixels: size * size)
    let disk = files.bytes
    var lines = [
      "\(grouped(plan.steps)) steps in \(plan.epochs) epochs of \(grouped(plan.stepsPerEpoch)), "
        + "\(Self.seconds(trial.secondsPerStep)) each on this machine: \(Self.duration(all)) in all",
      "\(Self.gigabytes(Double(trial.peakBytes))) of memory; \(Self.gigabytes(disk)) of disk, of which "
        + "\(train.keepCheckpoints + 1) checkpoints of \(Self.gigabytes(Double(trial.checkpointBytes)))",
    ]
    if let minutes = train.minutes, minutes * 60 < all {
      lines.append("train.minutes ends the run after \(Self.duration(minutes * 60)), before all epochs are done")
    } else if all > 36 * 3600 {
      lines.append(
        "shorter: --hours 24 ends it after a day; --size \(size / 2) takes about a quarter of the time; "
          + "fewer channels less still")
    }
    self.lines = lines
  }

  private static func seconds(_ value: Double) -> String {
    value < 0.0995 ? String(format: "%.0f ms", value * 1000) : String(format: "%.2g s", value)
  }

  /// A duration in words, rounded.
  private static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<90: "about a minute"
    case ..<5400: "about \(Int((seconds / 60).rounded())) minutes"
    case ..<172_800: "about \(Int((seconds / 3600).rounded())) hours"
    default: "about \(Int((seconds / 86_400).rounded())) days"
    }
  }

  private static func gigabytes(_ bytes: Double) -> String { String(format: "%.2g GB", bytes / 1e9) }
}
