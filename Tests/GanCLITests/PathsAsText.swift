import Foundation
import GanBase
import GanImage
import GanMetrics
import GanStore
import GanTrain

// Tests say paths as text.

extension CheckpointFile {
  init(path: String) throws { try self.init(path: FilePath(path)) }

  static func write(to path: String, tensors: [TensorSource], metadata: [String: String]) throws {
    try write(to: FilePath(path), tensors: tensors, metadata: metadata)
  }
}

extension PictureFile {
  static func header(of path: String) throws -> PictureHeader { try header(of: FilePath(path)) }
  static func read(_ path: String, channels: Int = 3) throws -> Picture {
    try read(FilePath(path), channels: channels)
  }
  static func writePNG(_ picture: Picture, to path: String) throws { try writePNG(picture, to: FilePath(path)) }
}

extension AtomicFile {
  static func makeFolder(_ path: String) throws { try makeFolder(FilePath(path)) }
  static func write(_ data: Data, to path: String) throws { try write(data, to: FilePath(path)) }
  static func write(_ text: String, to path: String) throws { try write(text, to: FilePath(path)) }
}

extension TrainedModel {
  init(checkpoint path: String) throws { try self.init(checkpoint: FilePath(path)) }
}

extension PyTorchFile {
  init(path: String) throws { try self.init(path: FilePath(path)) }
}

extension SafetensorsFile {
  init(path: String) throws { try self.init(path: FilePath(path)) }
}

extension SafetensorsWriter {
  static func write(to path: String, tensors: [TensorSource], metadata: [String: String] = [:]) throws {
    try write(to: FilePath(path), tensors: tensors, metadata: metadata)
  }
}

extension RunFolder {
  static func create(in runs: String, name: String, config: String) throws -> RunFolder {
    try create(in: FilePath(runs), name: FilePath(name), config: config)
  }
}

extension StatisticsFile {
  static func write(_ statistics: FeatureStatistics, to path: String) throws {
    try write(statistics, to: FilePath(path))
  }
}
