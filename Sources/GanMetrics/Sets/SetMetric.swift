/// A metric of one or two sets of pictures.
package enum SetMetric: String, CaseIterable, Sendable {
  /// Fréchet distance.
  case fid
  /// Kernel distance.
  case kid
  /// Inception Score of the generated pictures.
  case inceptionScore = "is"
  /// Precision, recall, density and coverage.
  case precisionRecall = "pr"

  /// Whether it needs the features of each picture, not only their mean and covariance.
  var needsRows: Bool { self == .kid || self == .precisionRecall }
}
