/// The results of a comparison.
package struct SetReport: Sendable {
  /// `FeatureExtractor.title`
  package let features: String
  package let isPublished: Bool
  /// Features per picture.
  package let dimension: Int
  /// The number of generated pictures; nil for statistics from a file that does not record it.
  package let generatedCount: Int?
  package let realCount: Int?
  package internal(set) var frechet: FrechetDistance?
  package internal(set) var kernel: KernelDistance.Result?
  package internal(set) var inceptionScore: InceptionScore?
  package internal(set) var precisionRecall: PrecisionRecall?

  /// Values by name, for logs.
  package var values: [(name: String, value: Double)] {
    var values: [(name: String, value: Double)] = []
    if let frechet { values.append(("fid", frechet.value)) }
    if let kernel { values += [("kid", kernel.mean), ("kid_deviation", kernel.deviation)] }
    if let inceptionScore { values += [("is", inceptionScore.mean), ("is_deviation", inceptionScore.deviation)] }
    if let precisionRecall {
      values += [
        ("precision", precisionRecall.precision), ("recall", precisionRecall.recall),
        ("density", precisionRecall.density), ("coverage", precisionRecall.coverage),
      ]
    }
    return values
  }

  /// The smaller of the two counts if it is too small for a meaningful Fréchet distance: a covariance
  /// of fewer pictures than features is singular, and the distance is biased upwards.
  package var scarceCount: Int? {
    guard frechet != nil, let least = [generatedCount, realCount].compactMap({ $0 }).min() else { return nil }
    return least < dimension ? least : nil
  }
}
