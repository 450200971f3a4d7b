import GanBase
import GanStore
import GanTranslate

@testable import GanTrain

// Tests say paths as text.

extension TrainedModel {
  init(checkpoint path: String) throws { try self.init(checkpoint: FilePath(path)) }
}

extension TrainingRun {
  static func create(
    _ configuration: TrainingConfiguration, at path: String?, configurationName: String
  ) throws -> RunFolder {
    try create(configuration, at: path.map { FilePath($0) }, configurationName: FilePath(configurationName))
  }

  static func resume(_ given: String, overrides: [String]) throws -> Continuation {
    try resume(FilePath(given), overrides: overrides)
  }
}

extension Proposal {
  init(_ name: String?, data root: String, _ wishes: Wishes = Wishes()) throws {
    try self.init(name, data: FilePath(root), wishes)
  }
}

extension DataSurvey {
  init(_ root: String) throws { try self.init(FilePath(root)) }
}
