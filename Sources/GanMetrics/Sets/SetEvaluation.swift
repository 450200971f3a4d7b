import GanBase

/// Compares generated pictures with real ones: extracts their features and computes the metrics.
package struct SetEvaluation {
  package struct Settings: Sendable {
    package var metrics: [SetMetric] = [.fid, .kid]
    /// Random subsets for KID, and pictures in each; nil for 1,000, or half of the smaller set if that is less.
    package var kernelSubsets = 100
    package var kernelSubsetSize: Int?
    /// Neighbours k for precision and recall.
    package var neighbours = 3
    /// Splits for the Inception Score.
    package var splits = 10
    package var seed: UInt64 = 0

    package init() {}
  }

  /// The current stage, for the progress line.
  package enum Stage: String, Sendable {
    case generated, real
    case kid = "KID"
  }

  /// Called with `done` of `total` pictures or subsets; may throw to stop.
  package typealias Progress = (_ stage: Stage, _ done: Int, _ total: Int) throws -> Void

  private let extractor: any FeatureExtractor
  private let settings: Settings

  package init(_ extractor: any FeatureExtractor, _ settings: Settings = Settings()) {
    (self.extractor, self.settings) = (extractor, settings)
  }

  /// - Throws: `GanError`: (input) for too few pictures or one that cannot be read, (usage) for metrics that the sets
  ///   or features do not allow, (environment) if memory runs out.
  package func run(generated: PictureSet, real: PictureSet, progress: Progress = { _, _, _ in }) throws -> SetReport {
    try check(generated, real)
    let metrics = Set(settings.metrics)
    let logits = metrics.contains(.inceptionScore)
    let first = try measured(generated, .generated, withLogits: logits, progress)
    // The Inception Score uses only the generated pictures.
    let needsBoth = metrics != [.inceptionScore]
    let second = needsBoth ? try measured(real, .real, withLogits: false, progress) : MeasuredSet()
    var report = SetReport(
      features: extractor.title, isPublished: extractor.isPublished, dimension: extractor.featureCount,
      generatedCount: generated.count, realCount: real.count)
    if metrics.contains(.fid) { report.frechet = try OutOfMemory.guarding { try Self.frechet(first, second) } }
    if metrics.contains(.kid), let a = first.features, let b = second.features {
      report.kernel = try OutOfMemory.guarding {
        try KernelDistance.overRandomSubsets(
          a, b, count: settings.kernelSubsets,
          size: settings.kernelSubsetSize ?? KernelDistance.usualSubsetSize(a.rows, b.rows), seed: settings.seed
        ) { try progress(.kid, $0, settings.kernelSubsets) }
      }
    }
    if let logits = first.logits {
      var random = RandomStream(seed: settings.seed, stream: 1)
      report.inceptionScore = try InceptionScore(
        logits, splits: settings.splits, order: random.permutation(logits.rows))
    }
    if metrics.contains(.precisionRecall), let a = first.features, let b = second.features {
      report.precisionRecall = try OutOfMemory.guarding {
        try PrecisionRecall(generated: a, real: b, neighbours: settings.neighbours)
      }
    }
    return report
  }

  /// Mean and covariance of one set.
  package func statistics(of set: PictureSet, progress: Progress = { _, _, _ in }) throws -> FeatureStatistics {
    if case .pictures(let places, let place) = set, places.count < 2 {
      throw tooFewPictures(places.count, atLeast: 2, for: "a covariance", at: place)
    }
    let measured = try measured(set, .real, withLogits: false, progress)
    return try OutOfMemory.guarding { try measured.asStatistics() }
  }

  // MARK: Checks, before hours of work

  private func check(_ generated: PictureSet, _ real: PictureSet) throws {
    if settings.metrics.contains(.inceptionScore), !extractor.hasClasses {
      throw GanError.usage(
        "the Inception Score needs the Inception network", help: "fetch its weights: scripts/fetch_inception.py")
    }
    for metric in settings.metrics {
      let sides = metric == .inceptionScore ? [generated] : [generated, real]
      for side in sides { try check(side, for: metric) }
    }
    if settings.metrics.contains(.kid), let size = settings.kernelSubsetSize, let a = generated.count,
      let b = real.count, size > min(a, b)
    {
      throw GanError.input(
        "KID subsets of \(counted(size, "picture")) cannot be drawn from \(min(a, b))",
        help: "use --kid-subset-size \(min(a, b)) or less, or leave it out")
    }
  }

  private func check(_ set: PictureSet, for metric: SetMetric) throws {
    switch set {
    case .statistics(let statistics, let place):
      guard metric == .fid else {
        throw GanError.usage(
          "--metrics \(metric.rawValue) needs the pictures, but statistics hold only their mean and covariance",
          at: place, help: "give a folder of pictures, or use --metrics fid")
      }
      guard statistics.dimension == extractor.featureCount else {
        throw GanError.input(
          "the statistics have \(counted(statistics.dimension, "feature")), but \(extractor.title) has "
            + "\(extractor.featureCount)", at: place, help: "statistics must come from the same network")
      }
    case .pictures(let paths, let place):
      let least = metric == .precisionRecall ? settings.neighbours + 1 : metric == .inceptionScore ? settings.splits : 2
      if paths.count < least {
        throw tooFewPictures(paths.count, atLeast: least, for: "--metrics \(metric.rawValue)", at: place)
      }
    }
  }

  private func tooFewPictures(_ found: Int, atLeast least: Int, for what: String, at place: String) -> GanError {
    .input(
      "\(what) needs at least \(least) pictures, found \(found)", at: place,
      help: "add pictures, or leave this measure out of --metrics")
  }

  // MARK: Features

  private func measured(
    _ set: PictureSet, _ stage: Stage, withLogits: Bool, _ progress: Progress
  ) throws -> MeasuredSet {
    switch set {
    case .statistics(let statistics, _): return MeasuredSet(statistics: statistics)
    case .pictures(let paths, _):
      // Few rows take less memory than a covariance, and give an exact distance.
      let keepsRows = settings.metrics.contains { $0.needsRows } || paths.count <= 2 * extractor.featureCount
      let reader = SetReader(extractor: extractor, keepsRows: keepsRows, withLogits: withLogits)
      try progress(stage, 0, paths.count)
      return try reader.read(paths) { try progress(stage, $0, paths.count) }
    }
  }

  private static func frechet(_ a: MeasuredSet, _ b: MeasuredSet) throws -> FrechetDistance {
    if let a = a.features, let b = b.features { return try FrechetDistance(a, b) }
    return try FrechetDistance(a.asStatistics(), b.asStatistics())
  }
}

extension MeasuredSet {
  func asStatistics() throws -> FeatureStatistics {
    if let statistics { return statistics }
    if let features { return try FeatureStatistics(features) }
    guard var moments else { throw GanError(.bug, "a set was measured without features") }
    return try moments.statistics()
  }
}
