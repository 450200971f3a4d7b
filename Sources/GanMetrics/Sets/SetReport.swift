/// The measures of a comparison, and what is needed to judge them.
public struct SetReport: Sendable {
  /// `FeatureExtractor.title`
  public let features: String
  public let isPublished: Bool
  /// Features of a picture.
  public let dimension: Int
  /// nil for statistics from a file, which does not say.
  public let generatedCount: Int?
  public let realCount: Int?
  public internal(set) var frechet: FrechetDistance?
  public internal(set) var kernel: KernelDistance.Result?
  public internal(set) var inceptionScore: InceptionScore?
  public internal(set) var precisionRecall: PrecisionRecall?

  /// Numbers by name, for logs: smaller is better for `fid` and `kid` only.
  public var values: [(name: String, value: Double)] {
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
  public var scarceCount: Int? {
    guard frechet != nil, let least = [generatedCount, realCount].compactMap({ $0 }).min() else { return nil }
    return least < dimension ? least : nil
  }
}
