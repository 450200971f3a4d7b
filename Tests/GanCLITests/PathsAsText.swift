import GanBase
import GanMetrics
import GanStore
import GanTrain
import GanTranslate

// Tests say paths as text.

extension TrainedModel {
  init(checkpoint path: String) throws { try self.init(checkpoint: FilePath(path)) }
}

extension PyTorchFile {
  init(path: String) throws { try self.init(path: FilePath(path)) }
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
