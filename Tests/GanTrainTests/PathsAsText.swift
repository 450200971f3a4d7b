import GanBase
import GanImage
import GanStore

@testable import GanTrain

// Tests say paths as text.

extension CheckpointFile {
  init(path: String) throws { try self.init(path: FilePath(path)) }

  static func write(to path: String, tensors: [TensorSource], metadata: [String: String]) throws {
    try write(to: FilePath(path), tensors: tensors, metadata: metadata)
  }
}

extension PictureFile {
  static func read(_ path: String) throws -> Picture { try read(FilePath(path)) }
  static func writePNG(_ picture: Picture, to path: String) throws { try writePNG(picture, to: FilePath(path)) }
}

extension AtomicFile {
  static func link(_ path: String, to target: String) throws { try link(FilePath(path), to: FilePath(target)) }
  static func makeFolder(_ path: String) throws { try makeFolder(FilePath(path)) }
  static func write(_ text: String, to path: String) throws { try write(text, to: FilePath(path)) }
}

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
