import GanBase
import GanConfig
import GanData
import GanModels
import GanNN
import GanStore
import GanWeights

/// A model with the weights of a checkpoint.
package struct TrainedModel {
  /// The checkpoint.
  package let path: FilePath
  package let configuration: ModelConfiguration
  /// The direction in which the model was trained on side-by-side pairs.
  package let pairDirection: Direction
  /// The height and width of its training pictures; nil if unknown or varying.
  package let trainingSize: Int?
  /// How the masks of its training pictures were named.
  let maskPattern: MaskPattern
  package let builder: ModelBuilder
  package let model: any ImageTranslator
  /// Where the networks' weights come from.
  package let origins: NetworkOrigins
  /// Whether the weights are averages over the steps of training.
  package let isAveraged: Bool
  private let weights: CheckpointWeights

  package var info: ModelInfo { configuration.configured.info }
  /// Options that make other networks than those of the official program.
  package var departures: [String] { configuration.configured.departures }

  /// Reads a checkpoint. Of its configuration it uses only the section `model` and `data.direction`, so that checkpoints
  /// of versions with other training options can be used.
  /// - Parameter loadingAll: whether to load the weights of all networks; else they are zeros until `load`.
  /// - Throws: `GanError`: (checkpoint) naming what is missing, damaged or of the wrong form, (usage) if averages are
  ///   wanted that it does not hold.
  package init(checkpoint path: FilePath, weights choice: WeightChoice = .auto, loadingAll: Bool = true) throws {
    // What is read is verified then; the state of the training, most of the file, is not read at all.
    let file = try CheckpointFile.open(path, verifyingData: false)
    let isAveraged = try file.usesAverages(choice, option: "option --weights \(choice.rawValue)")
    self.isAveraged = isAveraged
    func load(_ network: TensorStore) throws {
      try network.load(from: path) { file.tensor($0, of: network.name, averaged: isAveraged) }
    }
    self.path = path
    let text = try file.text(ModelMetadata.config)
    let crop: Int?
    do {
      var document = try ConfigDocument(text: text, name: path.shown)
      let stage = file.metadata[ModelMetadata.stage].flatMap { Int($0) }
      (configuration, pairDirection) = try TrainedModel.read(&document, stage: stage)
      crop = configuration.configured.stage?.stage.size ?? Self.cropSize(document)
      maskPattern = Self.maskPattern(document)
    } catch let error as GanError {
      throw GanError(
        .checkpoint,
        error.diagnostics.map { Diagnostic("its configuration: \($0.message)", at: path, help: $0.help) })
    }
    // Networks that do not match the file are rejected before memory is allocated for them.
    let sketch = try ModelSketch(configuration.configured, ModelBuilder(seed: 0, forTraining: false))
    try sketch.dryRun {
      for network in sketch.builder.networks { try load(network) }
    }
    try sketch.checkRoom(at: path)
    builder = ModelBuilder(seed: 0, forTraining: false)
    model = try OutOfMemory.guarding { [configuration, builder] in try configuration.configured.make(builder) }
    trainingSize = crop ?? model.inputs.exactTrainingSize
    origins = try Self.origins(file, model, builder)
    weights = CheckpointWeights(file, builder, sketch, load: load)
    if loadingAll { try weights.load { _ in true } }
  }

  /// Bytes of tensors that the translation of a picture of this size holds at most, besides the weights.
  func bytesOfTranslation(
    _ width: Int, _ height: Int, to target: TranslationTarget, _ extras: TranslationExtras
  ) throws -> Int {
    try weights.bytesOfTranslation(width, height, to: target, extras)
  }

  /// Loads the weights of the networks that a translation uses, unless they are loaded already.
  /// - Throws: `GanError` (checkpoint) if they are damaged, (usage) for a target that the model does not have.
  func load(for target: TranslationTarget, _ extras: TranslationExtras) throws {
    try weights.load(for: target, extras)
  }

  /// `data.crop_size`, if the pictures were cropped.
  private static func cropSize(_ document: ConfigDocument) -> Int? {
    // A copy, because unreadable values do not matter here.
    var document = document
    let preprocess = document.text("data.preprocess").flatMap(Preprocess.init(rawValue:)) ?? .resizeAndCrop
    return preprocess.endsInCrop ? document.text("data.crop_size").flatMap { Int($0) } : nil
  }

  private static func maskPattern(_ document: ConfigDocument) -> MaskPattern {
    var document = document
    let written = document.text("data.masks").flatMap { MaskPattern($0) }
    return written ?? .usual
  }

  private static func origins(
    _ file: CheckpointFile, _ model: any ImageTranslator, _ builder: ModelBuilder
  ) throws -> NetworkOrigins {
    // Earlier versions imported one generator, and recorded only its direction.
    guard file.metadata[NetworkOrigins.key] == nil, file.metadata[ModelMetadata.state] != nil,
      let state = try? file.json(ModelMetadata.state), let imported = state["imported"]?.string,
      let direction = state["direction"]?.string, let target = model.targets.first(where: { $0.name == direction })
    else { return try NetworkOrigins(file) }
    let generator = try model.generator(for: target).name
    return NetworkOrigins(imported: generator, from: imported, among: builder.networks.map(\.name))
  }

  /// Networks with random weights that a translation would use; nil if there are none.
  func missing(for target: TranslationTarget, _ extras: TranslationExtras = TranslationExtras()) throws
    -> MissingNetworks?
  {
    try MissingNetworks(builder, info, origins) { try $0.networks(behind: target, of: model, extras) }
  }

  /// Reads the parts of a configuration that are needed without training.
  /// - Parameter stage: the stage of training, from 0, whose networks are wanted; nil: the last, if there are any.
  /// - Throws: `GanError` (usage) listing all errors in these parts.
  static func read(
    _ document: inout ConfigDocument, stage: Int? = nil
  ) throws -> (model: ModelConfiguration, pairs: Direction) {
    let stages = document.decode(StageOptions.self, section: "train").stages
    let model = ModelConfiguration(&document)?.at(StagePlace(stages, stage ?? stages.count - 1))
    let direction = document.text("data.direction").flatMap(Direction.init(rawValue:)) ?? .aToB
    document.ignoreAll(except: "model")
    try document.finish()
    guard let model else { throw GanError(.bug, "a configuration without a model was accepted", at: document.name) }
    return (model, direction)
  }

  /// The generator of a direction, with the official layout; nil for the model's first direction.
  /// - Throws: `GanError` (usage) for a direction that the model does not have.
  package func generator(_ target: TranslationTarget?) throws -> TensorStore {
    try model.generator(for: target ?? defaultTarget)
  }

  /// Whether domains are attributes, so that a picture can have any number of them.
  package var hasAttributes: Bool { configuration.configured.domains?.kind == .attributes }

  /// The classes of the second data set of a model that learned from two; empty for others.
  package var secondClasses: [String] { configuration.configured.domains?.second ?? [] }

  package var defaultTarget: TranslationTarget { model.targets.first ?? .aToB }
}
