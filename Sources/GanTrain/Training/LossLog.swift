import Foundation
import GanBase
import GanModels
import GanReport
import GanStore
import GanTensor

/// The two logs of a run: `log.jsonl`, whose bytes do not depend on interruptions, and `timing.jsonl` (times, machines,
/// warnings), which differs from run to run. With `train.tensorboard` also an event file, which repeats the first.
final class LossLog {
  private let log: RunLog
  private let timing: RunLog
  private let events: EventFile?

  /// Continues the logs of a run, removing the lines after its checkpoint.
  /// - Parameters:
  ///   - progress: the progress in the checkpoint; nil for a new run, which keeps no lines.
  ///   - hasEvents: whether there is an event file.
  init(_ folder: RunFolder, from progress: TrainingProgress?, hasEvents: Bool) throws {
    let timingPath = folder.path.appending("timing.jsonl")
    try RunLog.truncate(folder.logPath) { line in
      guard let progress else { return false }
      guard let step = line["step"]?.integer else { return nil }
      // Changes are logged between two steps, possibly several at one step.
      if let number = line[Self.changeKey]?.integer { return number <= progress.history.count }
      // The same is true of stages.
      if let number = line[Self.stageKey]?["stage"]?.integer { return number <= progress.stage + 1 }
      return step <= progress.loggedStep
    }
    try RunLog.truncate(timingPath, toStep: progress?.loggedStep ?? 0)
    log = try RunLog(path: folder.logPath)
    timing = try RunLog(path: timingPath)
    events = hasEvents ? try EventFile(folder, through: progress?.loggedStep) : nil
  }

  private static let changeKey = "change", stageKey = "begins"

  private func append(_ line: JSONValue) throws {
    try log.append(line)
    try events?.append(line)
  }

  /// Adds a sample sheet to the event file.
  func drew(_ sheet: FilePath, step: Int) throws { try events?.append(sheet: sheet, step: step) }

  /// Flushes all logs to disk.
  func sync() throws {
    try log.sync()
    try timing.sync()
    try events?.sync()
  }

  /// Logs the start of a run with what its bits depend on in addition to the configuration. A resumed run with other
  /// kernels logs that as a change.
  func began(program: String, _ precision: Precision) throws {
    try append(
      [
        "step": 0, "epoch": 1, "program": .string(program), "engine": .string(Engine.kernels(precision)),
        "engine_reason": .string(Engine.reasonForKernels),
      ])
  }

  /// Logs that a stage of training begins after `step`; nothing without stages.
  func began(stage: StagePlace?, step: Int, epoch: Int) throws {
    guard let stage else { return }
    var members: [(key: String, value: JSONValue)] = [
      ("stage", .integer(stage.index + 1)), ("of", .integer(stage.stages.count)),
    ]
    if let size = stage.stage.size { members.append(("size", .integer(size))) }
    if !stage.stage.networks.isEmpty {
      members.append(("networks", .array(stage.stage.networks.map { .string($0) })))
    }
    try append(["step": .integer(step), "epoch": .integer(epoch), Self.stageKey: .object(members)])
  }

  /// Logs the mean losses since the last such line.
  func losses(
    _ means: [(name: String, value: Double)], step: Int, epoch: Int, stage: StagePlace? = nil, learningRate: Double,
    skipped: Int = 0
  ) throws {
    var members: [(key: String, value: JSONValue)] = [("step", .integer(step)), ("epoch", .integer(epoch))]
    if let stage { members.append(("stage", .integer(stage.index + 1))) }
    members += means.map { ($0.name, .number($0.value)) }
    members.append(("learning_rate", .number(learningRate)))
    if skipped > 0 { members.append(("skipped", .integer(skipped))) }
    try append(.object(members))
  }

  /// Logs options or an engine that changed when the run was resumed; `number` counts such changes of the run.
  func changed(_ change: RunChange, number: Int, epoch: Int) throws {
    try append(
      [
        "step": .integer(change.step), "epoch": .integer(epoch), Self.changeKey: .integer(number),
        "changed": change.options.json,
      ])
  }

  /// Logs something that should worry.
  func diagnosed(_ symptom: Symptom, _ text: String, step: Int, epoch: Int) throws {
    try append(
      [
        "step": .integer(step), "epoch": .integer(epoch), "diagnosis": .string(symptom.rawValue), "text": .string(text),
      ])
  }

  /// Logs a metric of the validation pairs after an epoch.
  func validation(_ name: String, _ value: Double, step: Int, epoch: Int) throws {
    try append(
      ["step": .integer(step), "epoch": .integer(epoch), "validation": .object([(name, .number(value))])])
  }

  /// Logs the values of an evaluation and the features that were used.
  func evaluation(_ values: [(name: String, value: Double)], features: String?, step: Int, epoch: Int) throws {
    var members: [(key: String, value: JSONValue)] = values.map { ($0.name, .number($0.value)) }
    if let features { members.append(("features", .string(features))) }
    try append(["step": .integer(step), "epoch": .integer(epoch), "eval": .object(members)])
  }

  func pace(step: Int, seconds: Double, pictures: Int, waited: Double) throws {
    try timing.append(
      [
        "step": .integer(step), "seconds": .number(rounded(seconds)), "images": .integer(pictures),
        "waited_for_data": .number(rounded(waited)), "peak_memory": .integer(Engine.peakResidentBytes),
      ])
  }

  /// Logs that a process begins to train the run after `step`: when, on which machine, and what it says of the pictures.
  func session(after step: Int, _ precision: Precision, notices: [String]) throws {
    let session: JSONValue = [
      "started": .string(timestamp(Date())), "processor": .string(processorName),
      "engine": .string(Engine.kernels(precision)), "threads": .integer(ThreadPool.shared.threads),
      "memory": .integer(Int(ProcessInfo.processInfo.physicalMemory)),
      "notices": .array(notices.map { .string($0) }),
    ]
    try timing.append(["step": .integer(step), "session": session])
  }

  func warned(_ text: String, step: Int) throws {
    try timing.append(["step": .integer(step), "warning": .string(text)])
  }

  private func rounded(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }
}
