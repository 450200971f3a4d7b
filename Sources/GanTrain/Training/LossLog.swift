import Foundation
import GanBase
import GanStore

/// The two logs of a run: `log.jsonl`, the same bytes however often the run was interrupted, and `timing.jsonl` with
/// what differs from run to run.
final class LossLog {
  private let log: RunLog
  private let timing: RunLog

  /// Continues the logs of a run after `step`.
  init(_ folder: RunFolder, from step: Int) throws {
    let timingPath = folder.path + "/timing.jsonl"
    try RunLog.truncate(folder.logPath, toStep: step)
    try RunLog.truncate(timingPath, toStep: step)
    log = try RunLog(path: folder.logPath)
    timing = try RunLog(path: timingPath)
  }

  /// The mean losses since the last such line.
  func losses(_ means: [(name: String, value: Double)], step: Int, epoch: Int, learningRate: Double) throws {
    let losses: [(key: String, value: JSONValue)] = means.map { ($0.name, .number($0.value)) }
    try log.append(
      .object(
        [("step", .integer(step)), ("epoch", .integer(epoch))] + losses + [("learning_rate", .number(learningRate))]))
  }

  /// A measure of the validation pictures after an epoch.
  func validation(_ name: String, _ value: Double, step: Int, epoch: Int) throws {
    try log.append(
      ["step": .integer(step), "epoch": .integer(epoch), "validation": .object([(name, .number(value))])])
  }

  /// What was measured on the validation pictures, and with which features.
  func evaluation(_ values: [(name: String, value: Double)], features: String?, step: Int, epoch: Int) throws {
    var members: [(key: String, value: JSONValue)] = values.map { ($0.name, .number($0.value)) }
    if let features { members.append(("features", .string(features))) }
    try log.append(["step": .integer(step), "epoch": .integer(epoch), "eval": .object(members)])
  }

  func pace(step: Int, seconds: Double, pictures: Int, waited: Double) throws {
    try timing.append(
      [
        "step": .integer(step), "seconds": .number(rounded(seconds)), "images": .integer(pictures),
        "waited_for_data": .number(rounded(waited)),
      ])
  }

  private func rounded(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }
}
