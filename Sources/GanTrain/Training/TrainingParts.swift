import Foundation
import GanBase
import GanConfig
import GanData
import GanModels
import GanNN
import GanWeights

/// The parts of a training run, made from its configuration: the model with its state, and the pictures.
package struct TrainingParts {
  package let configuration: TrainingConfiguration
  package let builder: ModelBuilder
  package let model: any ImageTranslator
  package let pictures: DataSet
  /// Validation pictures, which are never trained on; nil if there are none.
  package let validation: DataSet?
  /// The result of looking at the training pictures.
  let report: DataReport
  /// Messages about the pictures, to print on a line each.
  package let notices: [String]
  /// nil if no sample sheets are configured.
  let samples: SampleSheet?
  /// nil if no evaluation is configured.
  let evaluation: Evaluation?
  /// The origins of the initial weights.
  var origins = NetworkOrigins()

  /// Unusable pictures, if the configuration says to skip them.
  package let unusable: [Diagnostic]
  /// Where the configuration was read, for messages.
  private let document: ConfigDocument

  /// Reads the header of every picture, then makes the networks.
  /// - Parameters:
  ///   - document: the source of the configuration, for locations in error messages.
  ///   - phase: called with a description of each stage that may take long.
  ///   - begins: whether the run starts with the weights that `train.init` names, so that these files are checked.
  ///   - memory: called with the memory that a step needs, before the networks are made; nil skips the estimate.
  /// - Throws: `GanError`: (usage) for options that do not fit the model, (input) for pictures that cannot be used,
  ///   (environment) if a step needs more memory than available; and the errors of `memory`.
  package init(
    _ configuration: TrainingConfiguration, _ document: ConfigDocument, begins: Bool = false,
    phase: (String) -> Void = { _ in }, memory: ((StepMemory) throws -> Void)? = nil
  ) throws {
    // Making the networks may take long and run out of memory, so everything else is checked first.
    let checked = try CheckedData(configuration, document, phase: phase)
    let configuration = checked.configuration, whole = checked.sketch, found = checked.found
    self.configuration = configuration
    self.document = document
    (pictures, validation) = (found.training, found.validation)
    (report, unusable, notices) = (found.report, found.unusable, found.notices)
    evaluation = try OutOfMemory.guarding { [validation] in try Evaluation(configuration, validation, document) }
    let train = configuration.train, info = configuration.model.configured.info
    try Self.checkPlateau(train, pictures, validation, measures: evaluation != nil, info, document)
    if begins { try whole.checkInitialWeights(train, configuration.model.configured) }
    let averaged = try train.averaging.map { _ in
      try whole.dryRun { try whole.builder.translatingNetworks(of: whole.model) }
    }
    if let memory {
      let measuring = evaluation?.bytes ?? (0, 0)
      func count(_ checked: CheckedData) throws -> StepMemory? {
        try Self.memory(checked, averaged: averaged ?? [], measuring: measuring, phase)
      }
      let later = try configuration.laterStages.map { try count(CheckedData($0, document, phase: phase)) }
      let steps = [try count(checked)] + later
      if let most = steps.compactMap({ $0 }).max(by: { $0.bytes < $1.bytes }) { try memory(most) }
    }
    phase("making the networks")
    let seed = UInt64(configuration.run.seed)
    let builder = ModelBuilder(seed: seed, readWeights: { try WeightFile.read(FilePath($0)) })
    let model = try OutOfMemory.guarding { try configuration.model.configured.make(builder) }
    if let rule = train.averaging, let averaged {
      try OutOfMemory.guarding { builder.average(averaged, rule) }
    }
    (self.builder, self.model) = (builder, model)
    samples = try OutOfMemory.guarding {
      try train.sampleCount == 0
        ? nil
        : SampleSheet(
          model, found.forSamples(), count: train.sampleCount, seed: seed,
          title: configuration.stage?.description ?? "")
    }
  }

  /// The memory of a step, which is there; nil if no picture can be used.
  /// - Throws: `GanError` (environment) if it is not there.
  private static func memory(
    _ checked: CheckedData, averaged: [String], measuring: (maps: Int, arrays: Int), _ phase: (String) -> Void
  ) throws -> StepMemory? {
    let configuration = checked.configuration, found = checked.found
    guard var work = work(found.report, found.training, found.validation, configuration.train) else { return nil }
    (work.averaged, work.measuring) = (averaged, measuring)
    phase("counting the memory of a step")
    let step = try StepMemory(configuration.model.configured, configuration.train.precision, work)
    try step.check()
    return step
  }

  /// The parts of the next stage of training, whose networks have new weights.
  /// - Throws: `GanError` as the initializer; (bug) if there is none.
  func next(phase: (String) -> Void) throws -> TrainingParts {
    guard let stage = configuration.stage, !stage.isLast else { throw GanError(.bug, "there is no further stage") }
    var parts = try TrainingParts(configuration.at(stage: stage.index + 1), document, phase: phase)
    parts.origins = origins
    return parts
  }

  /// The sizes for the memory estimate; nil if no picture can be used.
  private static func work(
    _ report: DataReport, _ pictures: DataSet, _ validation: DataSet?, _ train: TrainSettings
  ) -> StepMemory.Work? {
    guard let largest = report.largest, let file = report.largestFile else { return nil }
    var work = StepMemory.Work(batch: min(pictures.request.batchSize, pictures.count), size: 0)
    (work.width, work.height) = (largest.width, largest.height)
    (work.steps, work.isVaried) = (pictures.batchesPerEpoch, report.isVaried)
    (work.batchesAhead, work.filePixels) = (Loader.usualAhead, file.width * file.height)
    work.boxes = max(1, report.mostBoxes)
    work.samples = min(train.sampleCount, (validation ?? pictures).count)
    return work
  }

  private static func checkPlateau(
    _ train: TrainSettings, _ pictures: DataSet, _ validation: DataSet?, measures: Bool, _ info: ModelInfo,
    _ document: ConfigDocument
  ) throws {
    guard train.policy == .plateau, !measures, !hasValidationPairs(train, pictures, validation) else { return }
    var document = document
    let reason =
      !pictures.isPaired
      ? "\(info.name) learns without pairs, so there is none"
      : validation == nil ? "there are no validation pictures" : "train.validation_count is 0"
    document.report(
      "train.lr_policy plateau watches the mean distance of validation pairs, but \(reason)", at: "train.lr_policy",
      help: "use lr_policy: linear, give paired pictures in a folder \"val\", or measure with eval.every")
    try document.finish()
  }

  /// The optimizer of the generators, whose learning rate stands for the others' in logs and messages.
  var mainOptimizer: (name: String, optimizer: Optimizer)? {
    let generator = model.targets.first.flatMap { try? model.generator(for: $0).name } ?? ""
    let found = builder.optimizers.first { $0.optimizer.slots.contains { $0.name.hasPrefix(generator + ".") } }
    return found ?? builder.optimizers.first
  }

  /// Size of one checkpoint.
  var checkpointBytes: Int {
    let state = TrainingState(builder: builder, progress: TrainingProgress(), fingerprint: 0)
    return state.tensors.reduce(0) { $0 + 4 * $1.shape.reduce(1, *) }
  }

  /// Whether validation pairs are compared.
  var measuresValidation: Bool { Self.hasValidationPairs(configuration.train, pictures, validation) }

  private static func hasValidationPairs(
    _ train: TrainSettings, _ pictures: DataSet, _ validation: DataSet?
  ) -> Bool {
    pictures.isPaired && validation != nil && train.validationCount > 0
  }
}
