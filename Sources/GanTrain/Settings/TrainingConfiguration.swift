import GanBase
import GanConfig
import GanData
import GanModels
import GanStore
import GanWeights

/// A complete training configuration, written to the run folder and to every checkpoint.
package struct TrainingConfiguration {
  package let run: RunSettings
  package private(set) var model: ModelConfiguration
  /// Both are those of the stage, if there are stages: with its sizes and its epochs.
  package private(set) var data: DataOptions
  package private(set) var train: TrainSettings
  package let eval: EvalSettings
  /// The stage of training that all this is for; nil without stages.
  package private(set) var stage: StagePlace?
  /// The sections as they are written.
  private var whole: (data: DataOptions, train: TrainSettings)

  /// - Throws: `GanError` (usage) listing all errors in the document.
  package init(_ document: inout ConfigDocument) throws {
    document.foreignNames = OfficialNames.table
    run = document.decode(RunSettings.self)
    let model = ModelConfiguration(&document)
    data = document.decode(DataOptions.self, section: "data")
    var train = document.decode(TrainSettings.self, section: "train")
    if let schedule = model?.configured.schedule {
      if !document.has("train.epochs") { train.epochs = schedule.epochs }
      if !document.has("train.decay_epochs") { train.decayEpochs = schedule.decayEpochs }
    }
    self.train = train
    // Scaled pictures are blurred, or of another sharpness: parts of pictures as they are teach what was lost.
    if model?.configured.info.data == .single, !document.has("data.preprocess") { data.preprocess = .crop }
    whole = (data, train)
    eval = document.decode(EvalSettings.self, section: "eval")
    let hasTwoFolders = model.map { [.aligned, .unaligned].contains($0.configured.info.data) } ?? true
    if data.root == nil, data.folderA == nil || !hasTwoFolders {
      document.report(
        "data.root is missing", at: "data.root",
        help: "give the folder of the data set" + (hasTwoFolders ? ", or folder_a and folder_b" : ""))
    }
    if let model, data.mode(for: model.configured.info.data) == nil {
      let info = model.configured.info
      document.report(
        "data.mode \(data.mode.rawValue) does not suit \(info.name)", at: "data.mode",
        help: "\(info.name) learns from \(info.pictures): leave it at auto")
    }
    if let model, data.hasAttributeFile, !model.configured.info.learnsAttributes || data.mode(for: .domains) == nil {
      document.report(
        "data.attributes does not suit \(model.configured.info.name)", at: "data.attributes",
        help: "leave it out, or use a model that learns from attributes, such as stargan")
    }
    if let model { Self.check(train.staged.stages, model.configured, data, &document) }
    if let model, data.secondRoot != nil, !model.configured.info.learnsAttributes {
      document.report(
        "data.second_root does not suit \(model.configured.info.name)", at: "data.second_root",
        help: "leave it out, or use a model that learns from two data sets at once, such as stargan")
    }
    if data.secondRoot == nil, model?.configured.domains?.second.isEmpty == false {
      document.report(
        "model.second_domains needs a second data set", at: "model.second_domains",
        help: "name its folder in data.second_root, or leave the names out")
    }
    if let model { Self.checkBoxes(model.configured.info, data, &document) }
    try document.finish()
    guard let model else { throw GanError(.bug, "a configuration without a model was accepted", at: document.name) }
    self.model = model
    enter(stage: 0)
  }

  /// Reads the configuration in a checkpoint.
  /// - Throws: `GanError` (checkpoint) if it is missing or cannot be read.
  init(of checkpoint: CheckpointFile) throws {
    do {
      var document = try ConfigDocument(
        text: try checkpoint.text(TrainingState.Key.config), name: checkpoint.path.shown)
      try self.init(&document)
      enter(stage: try checkpoint.stage)
    } catch let error as GanError where error.code != .checkpoint {
      throw GanError(
        .checkpoint,
        error.diagnostics.map { Diagnostic("its configuration: \($0.message)", at: checkpoint.path, help: $0.help) })
    }
  }

  /// A copy in which sizes that are not configured suit the model.
  func sized(for model: any ImageTranslator) -> TrainingConfiguration {
    var result = self
    result.whole.data = whole.data.sized(for: model, stages: whole.train.staged.stages)
    result.data = stage.map { result.whole.data.during($0) } ?? result.whole.data
    return result
  }

  /// A copy with what the data determines: the attribute list and, for models that need them, the domains.
  /// - Throws: `GanError`: (usage) if the configuration names other domains, (input) for data without domains.
  func completed(_ document: ConfigDocument) throws -> TrainingConfiguration {
    var result = self
    result.data = data.withAttributesFound(for: model.configured.info)
    result.whole.data = whole.data.withAttributesFound(for: model.configured.info)
    return try result.withDomains(document)
  }

  /// Rejects options in section `data` that would have no effect for this kind of data.
  /// Resumed runs are not checked.
  /// - Throws: `GanError` (usage) naming each such option.
  package func checkUse(_ document: ConfigDocument) throws {
    let info = model.configured.info, kind = info.data
    let data = data.withAttributesFound(for: info)
    var document = document
    let unused = data.mode(for: kind).map {
      data.unused($0, hasMasks: info.needsMasks, hasBoxes: info.boxes != .none)
    }
    for option in unused ?? [] {
      document.report("data.\(option.key) \(option.reason)", at: "data.\(option.key)", help: option.help)
    }
    try document.finish()
  }

  private func withDomains(_ document: ConfigDocument) throws -> TrainingConfiguration {
    guard let written = model.configured.domains, let mode = data.mode(for: .domains) else { return self }
    var found = DomainOptions(
      mode == .attributes ? data.selectedAttributes : try DataSet(DataRequest(data, mode)).domains,
      mode == .attributes ? .attributes : .classes)
    var document = document
    if !written.names.isEmpty, written.names != found.names {
      document.report(
        "model.domains are \(written.names.joined(separator: ", ")), but the data has "
          + found.names.joined(separator: ", "),
        at: "model.domains", help: "leave model.domains out, or use the data that has them, in this order")
    }
    // Without configured names, the kind of labels also comes from the data.
    if !written.names.isEmpty, written.kind != found.kind {
      document.report(
        "model.labels are \(written.kind.rawValue), but the data has \(found.kind.rawValue)", at: "model.labels",
        help: "leave model.labels out")
    }
    found.second = try DataRequest(data, mode).second.map { try DataSet($0).domains } ?? []
    if !written.second.isEmpty, written.second != found.second {
      document.report(
        "model.second_domains are \(written.second.joined(separator: ", ")), but the data has "
          + found.second.joined(separator: ", "),
        at: "model.second_domains", help: "leave model.second_domains out, or use the data that has them, in this order"
      )
    }
    if let twice = found.second.first(where: found.names.contains) {
      document.report(
        "both data sets have \(twice), and a label could mean either", at: "data.second_root",
        help: "rename its folder in the second one")
    }
    try document.finish()
    var result = self
    result.model = model.with(found)
    return result
  }

  /// The configuration as YAML with every option; reading it gives the same configuration.
  package var text: String {
    var writer = ConfigWriter()
    writer.settings(run)
    model.write(to: &writer)
    writer.section("data", help: "Which pictures, and in which form")
    writer.settings(whole.data)
    writer.section("train", help: "How long, at which learning rate, and what is written on the way")
    writer.settings(whole.train)
    writer.section("eval", help: "What is measured on the validation pictures during training")
    writer.settings(eval)
    return writer.text
  }

  /// Data and training as they are written, not those of a stage.
  var written: (data: DataOptions, train: TrainSettings) { whole }

  // MARK: Stages

  /// The configuration of a stage, from 0.
  func at(stage index: Int) -> TrainingConfiguration {
    var result = self
    result.enter(stage: index)
    return result
  }

  /// With the stages that a model has by itself.
  func with(stages: [TrainingStage]) -> TrainingConfiguration {
    var result = self
    result.whole.train.staged.stages = stages
    result.enter(stage: 0)
    return result
  }

  private mutating func enter(stage index: Int) {
    guard let place = StagePlace(whole.train.staged.stages, index) else { return }
    stage = place
    train = whole.train.during(place)
    data = whole.data.during(place)
    model = model.at(place)
  }
}
