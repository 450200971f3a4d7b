import GanBase
import GanConfig
import GanData
import GanModels
import GanWeights

/// The pictures of a configuration, looked at and found fit for its model, before any network is made.
struct CheckedData {
  /// With everything that pictures and model decide.
  let configuration: TrainingConfiguration
  let sketch: ModelSketch
  let found: FoundPictures

  /// Reads the header of every picture.
  /// - Parameters:
  ///   - document: the source of the configuration, for locations in error messages.
  ///   - phase: called with a description of each stage that may take long.
  /// - Throws: `GanError`: (usage) for options that do not fit the model, (input) for pictures that cannot be used.
  init(_ configuration: TrainingConfiguration, _ document: ConfigDocument, phase: (String) -> Void) throws {
    phase("listing the pictures")
    var completed = try configuration.completed(document)
    if let stages = try completed.ownStages() { completed = completed.with(stages: stages) }
    sketch = try ModelSketch(completed.model.configured)
    self.configuration = completed.sized(for: sketch.model)
    try TrainingParts.check(self.configuration.data, sketch.model, document, stage: self.configuration.stage)
    try Self.checkBatch(self.configuration.data, sketch.model, document)
    try Self.checkColours(self.configuration.data, sketch.model, document)
    found = try FoundPictures(self.configuration, sketch.model, phase)
    try Self.checkDomains(found.training, found.validation)
  }

  private static func checkBatch(
    _ data: DataOptions, _ model: any ImageTranslator, _ document: ConfigDocument
  ) throws {
    let rule = model.inputs.batchRule
    guard let size = data.batchSize, size < rule.least || size % rule.multiple != 0 else { return }
    var document = document
    document.report(
      "data.batch_size \(size) does not suit this model: it must be \(rule)", at: "data.batch_size",
      help: "use batch_size: \(nextMultiple(of: rule.multiple, from: max(size, rule.least)))")
    try document.finish()
  }

  /// Checks that labels mean the same in training and validation pictures.
  private static func checkDomains(_ pictures: DataSet, _ validation: DataSet?) throws {
    guard let validation, validation.domains != pictures.domains else { return }
    throw GanError.input(
      "the validation pictures have the domains \(validation.domains.joined(separator: ", ")), but the training "
        + "pictures \(pictures.domains.joined(separator: ", "))",
      at: validation.request.root.appending(validation.request.options.phase), help: "give both the same subfolders")
  }

  /// Rejects changes of colours in pictures that are grey.
  private static func checkColours(
    _ data: DataOptions, _ model: any ImageTranslator, _ document: ConfigDocument
  ) throws {
    let channels = model.inputs.channels
    let folders = data.direction == .aToB ? channels : (channels.b, channels.a)
    let sides = data.augmentation.colourSides
    let changed = (sides == .b ? [] : [folders.0]) + (sides == .a ? [] : [folders.1])
    guard !changed.contains(3) else { return }
    var document = document
    for (key, isOn) in data.augmentation.ofColour where isOn {
      document.report(
        "data.\(key) has no effect on grey pictures", at: "data.\(key)",
        help: "leave it out; brightness and contrast can be changed")
    }
    try document.finish()
  }
}

extension TrainingParts {
  /// Checks that the configured sizes fit generator and discriminator.
  static func check(
    _ data: DataOptions, _ model: any ImageTranslator, _ document: ConfigDocument, stage: StagePlace? = nil
  ) throws {
    guard data.preprocess.endsInCrop else { return }
    // What says so.
    let isStages = stage?.stage.size != nil, place = isStages ? "train.stages" : "data.crop_size"
    let key = isStages ? "train.stages: \(stage?.description ?? ""): size" : "data.crop_size"
    let option = isStages ? "size" : "crop_size"
    let rule = model.inputs.pictureRule
    let data = data.sized(for: model)
    guard let size = data.cropSize, let load = data.loadSize else { return }
    var document = document
    if let exact = model.inputs.exactTrainingSize, exact != size {
      document.report(
        "\(key) \(size) is not model.image_size \(exact)", at: place,
        help: "give both the same value")
    } else if !rule.allows(size) || size < model.inputs.leastTrainingSize {
      let least = nextMultiple(of: rule.multiple, from: max(rule.least, model.inputs.leastTrainingSize))
      let fitting = rule.multiple == 1 ? "at least \(least)" : "a multiple of \(rule.multiple), at least \(least)"
      let near = max(least, (size + rule.multiple / 2) / rule.multiple * rule.multiple)
      document.report(
        "\(key) \(size) does not suit the networks of this model: it must be \(fitting)", at: place,
        help: "use \(option): \(near), or other networks in the section model")
    } else if data.preprocess.scalesThenCrops, load < size {
      document.report(
        "data.load_size \(load) is smaller than the crop of \(size) that these networks need", at: "data.load_size",
        help: "use load_size: \(size) or more, or other networks in the section model")
    }
    try document.finish()
  }
}
