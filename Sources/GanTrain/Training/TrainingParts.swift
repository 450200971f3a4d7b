import Foundation
import GanBase
import GanConfig
import GanData
import GanModels

/// What a training run works with, made from its configuration: the model, its state, and the pictures.
public struct TrainingParts {
  public let configuration: TrainingConfiguration
  public let builder: ModelBuilder
  public let model: any ImageTranslator
  public let pictures: DataSet
  /// Pictures that are never trained on; nil where there are none.
  public let validation: DataSet?
  /// Worth a line each about the pictures.
  public let notices: [String]
  /// nil where no samples are wanted.
  let samples: SampleWriter?
  /// nil where nothing is measured.
  let evaluation: Evaluation?
  /// Where the weights come from that a new run begins with.
  var origins = NetworkOrigins()

  /// Pictures that cannot be used, where the configuration says that they are to be skipped.
  public let unusable: [Diagnostic]

  /// Makes the model and looks at the header of every picture.
  /// - Parameters:
  ///   - document: where the configuration was read from, so that faults are reported at their place.
  ///   - phase: told what is being done, where that may take a while.
  ///   - memory: told what a step takes, before any picture is read; without it nobody asks. Nothing else may compute
  ///     meanwhile.
  /// - Throws: `GanError`: (usage) for options that do not fit the model, (input) for pictures that cannot be used,
  ///   (environment) where there is too little memory for a step, or what `memory` throws.
  public init(
    _ configuration: TrainingConfiguration, _ document: ConfigDocument, phase: (String) -> Void = { _ in },
    memory: ((StepMemory) throws -> Void)? = nil
  ) throws {
    phase("listing the pictures")
    var configuration = try configuration.completed(document)
    let info = configuration.model.configured.info
    phase("making the networks")
    builder = ModelBuilder(seed: UInt64(configuration.run.seed), readWeights: { try WeightFile.read(FilePath($0)) })
    model = try configuration.model.configured.make(builder)
    configuration = configuration.sized(for: model)
    self.configuration = configuration
    try Self.check(configuration.data, model, document)
    try Self.checkBatch(configuration.data, model, document)
    guard let mode = configuration.data.mode(for: info.data) else {
      throw GanError(.bug, "no data mode for \(info.name)")
    }
    var options = configuration.data.options(
      mode, channels: model.channels, seed: UInt64(configuration.run.seed))
    // Validation pictures are taken one by one.
    options.dropLast = configuration.data.dropLast || model.batchRule.isFull
    pictures = try DataSet(options)
    phase("looking at \(grouped(pictures.count)) \(pictures.count == 1 ? "picture" : "pictures")")
    let report = try pictures.checkAll(model.needs(isTraining: true, configuration.data))
    options.dropLast = false
    validation = try ValidationFolders.options(configuration.data, options).map { try DataSet($0, testing: true) }
    let further = try validation?.checkAll(model.needs(isTraining: false, configuration.data))
    unusable = report.unusable + (further?.unusable ?? [])
    notices = report.notices + (validation?.skipped ?? [])
    if let memory, let step = try StepMemory(configuration, pictures, model) {
      try step.check()
      try memory(step)
    }
    let train = configuration.train
    samples =
      train.sampleCount == 0
      ? nil
      : try SampleWriter(
        model, validation ?? pictures.forTesting(), count: train.sampleCount, seed: UInt64(configuration.run.seed))
    evaluation = try Evaluation(configuration, model, validation, document)
    try checkPlateau(document)
    try checkDomains()
  }

  /// Training pictures must fit generator and discriminator.
  static func check(
    _ data: DataSettings, _ model: any ImageTranslator, _ document: ConfigDocument
  ) throws {
    guard data.preprocess.endsInCrop else { return }
    let rule = model.sizeRule
    let data = data.sized(for: model)
    guard let size = data.cropSize, let load = data.loadSize else { return }
    var document = document
    if let exact = model.exactTrainingSize, exact != size {
      document.report(
        "data.crop_size \(size) is not model.image_size \(exact)", at: "data.crop_size",
        help: "give both the same value")
    } else if !rule.allows(size) || size < model.leastTrainingSize {
      let least = nextMultiple(of: rule.multiple, from: max(rule.least, model.leastTrainingSize))
      let fitting = rule.multiple == 1 ? "at least \(least)" : "a multiple of \(rule.multiple), at least \(least)"
      let near = max(least, (size + rule.multiple / 2) / rule.multiple * rule.multiple)
      document.report(
        "data.crop_size \(size) does not suit the networks of this model: it must be \(fitting)", at: "data.crop_size",
        help: "use crop_size: \(near), or other networks in the section model")
    } else if data.preprocess.scalesThenCrops, load < size {
      document.report(
        "data.load_size \(load) is smaller than the crop of \(size) that these networks need", at: "data.load_size",
        help: "use load_size: \(size) or more, or other networks in the section model")
    }
    try document.finish()
  }

  private static func checkBatch(
    _ data: DataSettings, _ model: any ImageTranslator, _ document: ConfigDocument
  ) throws {
    let rule = model.batchRule
    guard let size = data.batchSize, size < rule.least || size % rule.multiple != 0 else { return }
    var document = document
    document.report(
      "data.batch_size \(size) does not suit this model: it must be \(rule.words)", at: "data.batch_size",
      help: "use batch_size: \(nextMultiple(of: rule.multiple, from: max(size, rule.least)))")
    try document.finish()
  }

  /// Labels of both sets of pictures must mean the same.
  private func checkDomains() throws {
    guard let validation, validation.domains != pictures.domains else { return }
    throw GanError.input(
      "the validation pictures have the domains \(validation.domains.joined(separator: ", ")), those to train on "
        + pictures.domains.joined(separator: ", "),
      at: validation.options.root.appending(validation.options.phase), help: "give both the same subfolders")
  }

  private func checkPlateau(_ document: ConfigDocument) throws {
    let train = configuration.train
    guard train.policy == .plateau, !measuresValidation, evaluation == nil else { return }
    var document = document
    let reason =
      pictures.options.mode != .aligned
      ? "\(configuration.model.configured.info.name) learns without pairs, so there is none"
      : validation == nil ? "there are no validation pictures" : "train.validation_count is 0"
    document.report(
      "train.lr_policy plateau watches the mean distance of validation pairs, but \(reason)", at: "train.lr_policy",
      help: "use lr_policy: linear, give paired pictures in a folder \"val\", or measure with eval.every")
    try document.finish()
  }

  /// The first optimizer's rate before any schedule.
  var fullRate: Double { builder.optimizers.first?.optimizer.settings.learningRate ?? 0 }

  /// Whether there are validation pairs to compare with.
  var measuresValidation: Bool {
    pictures.options.mode == .aligned && validation != nil && configuration.train.validationCount > 0
  }
}

func nextMultiple(of multiple: Int, from least: Int) -> Int { (least + multiple - 1) / multiple * multiple }

extension Preprocess {
  /// Whether `crop_size` is the size that the networks see.
  var endsInCrop: Bool { self == .crop || scalesThenCrops }

  /// Whether `load_size` must not be smaller than `crop_size`.
  var scalesThenCrops: Bool { [.resizeAndCrop, .scaleWidthAndCrop, .scaleShorterAndCrop].contains(self) }
}
