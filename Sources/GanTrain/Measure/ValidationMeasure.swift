import GanBase
import GanImage
import GanMetrics

/// Something that is measured on translations of pictures that were never trained on.
protocol ValidationMeasure: AnyObject {
  /// Forgets the translations of the last time.
  func begin()
  /// - Parameters:
  ///   - translation: nil where only a real picture is left.
  ///   - real: a picture as they should become; for pairs this one's target. nil where it has been seen before.
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

/// How near the translations together come to the real pictures together.
final class SetMeasure: ValidationMeasure {
  /// Enough for a trend, and a fifth of the usual work.
  private static let subsets = 20

  private let metrics: [EvalMetric]
  private let extractor: any FeatureExtractor
  private var translations: FeatureCollector
  private var realPictures: FeatureCollector
  /// They stay the same.
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
