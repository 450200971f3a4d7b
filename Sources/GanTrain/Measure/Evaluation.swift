import GanBase
import GanConfig
import GanData
import GanImage
import GanMetrics
import GanModels
import GanNN
import GanTensor
import GanWeights

/// Translates the validation pictures every few epochs and measures the results. This does not affect training,
/// except with `lr_policy: plateau`.
final class Evaluation {
  /// The values of one evaluation.
  struct Result {
    let values: [(name: String, value: Double)]
    /// The value of the first metric, negated if larger is better.
    let score: Double
    /// The name of the first metric, with the features that it uses, if any.
    let measure: String
  }

  /// The name of the features that `fid` and `kid` use, for messages and the log; nil if neither is measured.
  let features: String?

  private let pictures: DataSet
  private let settings: EvalSettings
  private let metrics: [EvalMetric]
  private let measures: [any ValidationMeasure]
  private let extractor: (any FeatureExtractor)?
  private let seed: UInt64
  /// Called with the pictures that could not be used and were replaced by others.
  var onSkip: ([Diagnostic]) -> Void = { _ in }

  /// - Parameter document: the source of the configuration, for locations in error messages.
  /// - Returns: nil if `eval.every` is 0.
  /// - Throws: `GanError`: (usage) if the pictures do not allow it, (environment) if weights are missing.
  init?(
    _ configuration: TrainingConfiguration, _ pictures: DataSet?, _ document: ConfigDocument
  ) throws {
    settings = configuration.eval
    guard settings.every > 0 else { return nil }
    let isPaired = pictures?.isPaired == true
    metrics = settings.metrics.isEmpty ? isPaired ? [.ssim, .psnr, .l1] : [.fid, .kid] : settings.metrics
    try Self.check(settings, metrics, pictures, document)
    guard let pictures else { return nil }
    self.pictures = pictures
    seed = UInt64(configuration.run.seed)
    var measures: [any ValidationMeasure] = []
    let (paired, others) = (metrics.filter(\.needsPairs), metrics.filter { !$0.needsPairs })
    if !paired.isEmpty { measures.append(PairedMeasure(paired)) }
    extractor = others.isEmpty ? nil : try Self.extractor(settings.features)
    if let extractor { measures.append(SetMeasure(others, extractor)) }
    (self.measures, features) = (measures, extractor?.title)
  }

  private static func check(
    _ settings: EvalSettings, _ metrics: [EvalMetric], _ pictures: DataSet?, _ document: ConfigDocument
  ) throws {
    var document = document
    if let pictures {
      let mode = pictures.request.mode
      if !pictures.isPaired, mode != .unaligned {
        document.report(
          "eval.every: pictures in domains are not measured during training", at: "eval.every",
          help: "leave it at 0, and measure translations with ganctl eval-fid")
      } else if mode == .unaligned, let metric = metrics.first(where: \.needsPairs) {
        document.report(
          "eval.metrics \(metric.rawValue) needs pairs, but the pictures have no targets", at: "eval.metrics",
          help: "use fid and kid")
      } else if pictures.count < 2 {
        document.report("eval.every: there is only one validation picture", at: "eval.every", help: "give at least 2")
      }
    } else {
      document.report(
        "eval.every: there are no validation pictures", at: "eval.every",
        help: "put some in a folder \"val\" or \"valA\" and \"valB\", or name them with data.validation")
    }
    try document.finish()
  }

  private static func extractor(_ choice: EvalFeatures) throws -> any FeatureExtractor {
    guard choice != .builtIn else { return BuiltInExtractor() }
    guard let path = InceptionWeights.find() else {
      if choice == .auto { return BuiltInExtractor() }
      throw InceptionWeights.missing
    }
    let weights = try InceptionWeights(path: path)
    return InceptionExtractor(weights.network, .pytorchFID, isPublished: weights.isVerified)
  }

  /// Memory that measuring needs: the feature network's activations, and arrays of features and their products.
  var bytes: (maps: Int, arrays: Int) {
    guard let extractor else { return (0, 0) }
    let rows = min(settings.count ?? pictures.count, pictures.count)
    let features = 2 * 4 * rows * extractor.featureCount
    return (extractor.bytesOfBatch, features + FrechetDistance.bytes(rows: rows, columns: extractor.featureCount))
  }

  func isDue(afterEpoch epoch: Int) -> Bool { epoch % settings.every == 0 }

  /// - Parameter tell: called before each picture with its number and the total; may throw to stop the evaluation.
  /// - Returns: nil if no evaluation is due after this epoch.
  /// - Throws: `GanError` (input) for a picture that cannot be read or used.
  func run(
    _ model: any ImageTranslator, afterEpoch epoch: Int, tell: (_ number: Int, _ all: Int) throws -> Void = { _, _ in }
  ) throws -> Result? {
    guard isDue(afterEpoch: epoch) else { return nil }
    let pass = Pass.testTime(of: model, seed: seed, stream: RunStream.evaluation)
    let count = min(settings.count ?? pictures.count, pictures.count)
    for measure in measures { measure.begin() }
    // The smaller side of an unpaired set repeats: each picture counts once.
    var seen: (inputs: Set<FilePath>, targets: Set<FilePath>) = ([], [])
    for index in 0..<count {
      try tell(index + 1, count)
      let item = try pictures.item(index * pictures.count / count)
      onSkip(item.skipped)
      let paths = item.direction == .aToB ? (item.pathsA, item.pathsB) : (item.pathsB, item.pathsA)
      let input = paths.0.first ?? "", target = paths.1.first ?? ""
      let translation = seen.inputs.insert(input).inserted ? try translated(item, by: model, pass) : nil
      // Targets were 8 bit and rounding restores them exactly; translations are rounded as the official program does.
      let isNew = seen.targets.insert(target).inserted || pictures.isPaired
      let real = isNew ? item.target.map { Picture($0, rounding: .nearest) } : nil
      for measure in measures { try measure.add(translation: translation, real: real, path: input) }
    }
    let values = try measures.flatMap { try $0.values() }
    let ordered = metrics.compactMap { metric in values.first { $0.metric == metric } }
    guard let first = ordered.first else { return nil }
    return Result(
      values: ordered.map { ($0.metric.rawValue, $0.value) },
      score: first.metric.isSmallerBetter ? first.value : -first.value,
      measure: first.metric.rawValue + (first.metric.needsPairs ? "" : features.map { " of \($0)" } ?? ""))
  }

  private func translated(_ item: Batch, by model: any ImageTranslator, _ pass: Pass) throws -> Picture {
    try model.inputs.check(item)
    let (a, _) = try TrainingBatch(item).sides()
    let translation = try Tape.paused { try model.translate(a, to: .aToB, pass) }
    return Picture(translation.sliced(0..<model.inputs.channels.b, axis: 3), rounding: model.rounding)
  }
}

extension Picture {
  /// The first picture of a batch.
  init(_ batch: PictureBatch, rounding: ByteRounding) {
    let values = Array(batch.values.prefix(batch.height * batch.width * batch.channels))
    self.init(
      normalized: values, width: batch.width, height: batch.height, channels: batch.channels, rounding: rounding)
  }
}
