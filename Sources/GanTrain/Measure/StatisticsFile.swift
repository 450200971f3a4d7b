import GanBase
import GanMetrics
import GanStore

/// Mean and covariance of features in a `.npz` file with the arrays `mu` and `sigma`, as pytorch-fid and clean-fid
/// read and write them.
package enum StatisticsFile {
  /// The largest number of features that an extractor has.
  private static let mostFeatures = InceptionNetwork.featureCount

  /// - Throws: `GanError` (checkpoint) if it is not such a file.
  package static func read(_ path: FilePath) throws -> FeatureStatistics {
    let archive = try NumPyArchive(path: path)
    let mean = try archive.array("mu", ofAtMost: mostFeatures)
    let covariance = try archive.array("sigma", ofAtMost: mean.values.count * mean.values.count)
    guard mean.shape.count == 1, mean.shape[0] > 0, covariance.shape == [mean.shape[0], mean.shape[0]] else {
      throw GanError.checkpoint(
        "expected mu [d] and sigma [d,d], found \(mean.shape) and \(covariance.shape)", at: path)
    }
    guard (mean.values + covariance.values).allSatisfy(\.isFinite) else {
      throw GanError.checkpoint("mu or sigma hold numbers that are not finite", at: path)
    }
    return FeatureStatistics(count: nil, mean: mean.values, covariance: covariance.values)
  }

  /// - Throws: `GanError` (environment) if the file cannot be written.
  package static func write(_ statistics: FeatureStatistics, to path: FilePath) throws {
    let size = statistics.dimension
    try NumPyArchive.write(
      to: path,
      [
        ("mu", NumPyArray(statistics.mean, shape: [size])),
        ("sigma", NumPyArray(statistics.covariance, shape: [size, size])),
      ])
  }
}
