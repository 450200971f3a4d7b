import GanBase
import GanImage
import GanMetrics

/// Computes one or more metrics over the translations of the validation pictures.
protocol ValidationMeasure: AnyObject {
  /// Starts a new evaluation.
  func begin()
  /// - Parameters:
  ///   - translation: nil if only a real picture remains.
  ///   - real: a real picture of the target side; for pairs, the target. nil if it has been added before.
  func add(translation: Picture?, real: Picture?, path: FilePath) throws
  func values() throws -> [(metric: EvalMetric, value: Double)]
}

/// How far translations are from their targets.
final class PairedMeasure: ValidationMeasure {
  private let metrics: [EvalMetric]
  private var mean = MeanPairedScores()
  private var similarity = 0.0

  init(_ metrics: [EvalMetric]) { self.metrics = metrics }

  func begin() { (mean, similarity) = (MeanPairedScores(), 0) }

  func add(translation: Picture?, real: Picture?, path: FilePath) throws {
    guard let translation, let real else { return }
    mean.add(try PairedScores(translation, real, at: path))
    if metrics.contains(.ssim) { similarity += try StructuralSimilarity.of(translation, real, at: path) }
  }

  func values() -> [(metric: EvalMetric, value: Double)] {
    let all: [EvalMetric: Double] = [
      .l1: mean.l1, .psnr: mean.psnr, .ssim: similarity / Double(mean.count),
    ]
    return metrics.compactMap { metric in all[metric].map { (metric, $0) } }
  }
}

/// Distances between the set of translations and the set of real pictures.
final class SetMeasure: ValidationMeasure {
  /// Subsets for KID: a fifth of the usual number, enough to see a trend.
  private static let subsets = 20

  private let metrics: [EvalMetric]
  private let extractor: any FeatureExtractor
  private var translations: FeatureCollector
  private var realPictures: FeatureCollector
  /// Features of the real pictures, computed once.
  private var real: FeatureMatrix?

  init(_ metrics: [EvalMetric], _ extractor: any FeatureExtractor) {
    (self.metrics, self.extractor) = (metrics, extractor)
    (translations, realPictures) = (FeatureCollector(extractor), FeatureCollector(extractor))
  }

  func begin() { translations = FeatureCollector(extractor) }

  func add(translation: Picture?, real: Picture?, path: FilePath) throws {
    if let translation { try translations.add(translation) }
    if self.real == nil, let real { try realPictures.add(real) }
  }

  func values() throws -> [(metric: EvalMetric, value: Double)] {
    let generated = try translations.finish()
    let real = try self.real ?? realPictures.finish()
    self.real = real
    return try metrics.map { metric in
      if metric == .fid { return (metric, try FrechetDistance(generated, real).value) }
      let size = KernelDistance.usualSubsetSize(generated.rows, real.rows)
      return (metric, try KernelDistance.overRandomSubsets(generated, real, count: Self.subsets, size: size).mean)
    }
  }
}
