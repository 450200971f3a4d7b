import Foundation
import GanBase
import GanStore

/// What the files of a run tell about it, which another process may be writing. Lines that are damaged are left out and
/// counted, files that are missing are named.
package struct RunRecord {
  package let path: FilePath
  /// The name of the run's folder.
  package let name: String
  /// `config.yaml` as it is; nil if it cannot be read.
  package internal(set) var configuration: String?
  /// The last step that is known, and the last epoch in the log.
  package internal(set) var step = 0, epoch = 0
  /// The stage of training, from 1, and how many there are; 0 without stages.
  package internal(set) var stage = 0, stages = 0
  /// How often a picture was skipped because it could not be used.
  package internal(set) var skipped = 0
  /// The program and the kernels that began the run.
  package internal(set) var program: String?, engine: String?
  /// Losses by name, in the order of the log.
  var losses: [(name: String, curve: Curve)] = []
  var learningRate = Curve()
  /// Pictures a second.
  var pace = Curve()
  var metrics: [Metric] = []
  /// Why the run ended with an error.
  package internal(set) var failure: RunFailure?
  /// Options that were changed and stages that began, and warnings that were given, with the step.
  var changes: [Event] = [], warnings: [Event] = []
  /// What was noticed that should worry.
  var diagnoses: [Diagnosis] = []
  package internal(set) var sessions: [Session] = []
  /// Seconds of training, pictures trained on, and seconds spent waiting for pictures, in all sessions.
  package internal(set) var seconds = 0.0, pictures = 0, waited = 0.0
  /// The most memory of any session, in bytes.
  package internal(set) var peakMemory: Int?
  /// Lines of the logs that could not be read, and files that could not.
  var damagedLines = 0, unreadable: [String] = []

  /// A metric after several epochs.
  struct Metric {
    let name: String
    /// What it was computed from, if that matters.
    let features: String?
    var values: [(step: Int, epoch: Int, value: Double)] = []

    var isSmallerBetter: Bool { GanBase.isSmallerBetter(metric: name) }

    var best: (step: Int, epoch: Int, value: Double)? {
      values.min { isSmallerBetter ? $0.value < $1.value : $0.value > $1.value }
    }
  }

  struct Event {
    let step: Int
    let text: String
  }

  struct Diagnosis {
    let step: Int
    /// nil if this version does not know it.
    let symptom: Symptom?
    let text: String
  }

  /// A process that trained the run.
  package struct Session {
    package let step: Int
    package let started: String?, processor: String?, engine: String?
    package let threads: Int?, memory: Int?
    package let notices: [String]
  }

  /// - Throws: `GanError` (checkpoint) if the folder is not that of a run.
  package init(_ folder: FilePath) throws {
    guard folder.appending("config.yaml").isFile else {
      throw GanError.checkpoint(
        folder.isFolder ? "not a run folder: it has no config.yaml" : "there is no such run", at: folder,
        help: CheckpointLocator.nearbyRuns(folder))
    }
    path = folder
    name = folder.shownName
    if let bytes = try? InputFile(folder.appending("config.yaml"), .checkpoint).content(limit: 1 << 20) {
      configuration = String(decoding: bytes, as: UTF8.self)
    } else {
      unreadable.append("config.yaml")
    }
    readLog()
    // The last steps may have come after the last line.
    step = max(step, RunFolder.savedStep(ofRun: folder) ?? 0)
    readTiming()
    failure = RunFailure(in: folder)
  }
}
