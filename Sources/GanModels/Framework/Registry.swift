import GanBase
import GanConfig

/// A model that can be chosen by name: everything that differs between models, with the type erased.
package struct RegisteredModel: Sendable {
  package let info: ModelInfo
  /// Reads the options from the section `model` of a configuration.
  package let configure: @Sendable (inout ConfigDocument) -> ConfiguredModel
  /// What a configuration for new pictures begins with.
  package let recipe: TrainingRecipe
  /// With the options that suit training pictures of a height and width.
  package let fitting: @Sendable (_ size: Int) -> ConfiguredModel
  /// Whether it is a `MultimodalTranslator`.
  package let isMultimodal: Bool
  /// Whether it is a `CyclicTranslator`.
  package let isCyclic: Bool
  package let type: any ImageTranslator.Type
  /// The keys of its options, in the order of their help.
  package let optionKeys: [String]
  /// The table of options.
  package let documentation: @Sendable () -> String
  /// Defects in the declaration of options; for tests.
  package let defects: @Sendable () -> [String]

  init<Model: ImageTranslator>(_ type: Model.Type) {
    self.type = type
    info = type.info
    recipe = type.recipe
    fitting = { ConfiguredModel(type, type.options(fitting: $0)) }
    isMultimodal = type is any MultimodalTranslator.Type
    isCyclic = type is any CyclicTranslator.Type
    configure = { document in
      let options = document.decode(ModelOptions<Model>.self, section: "model")
      return ConfiguredModel(type, options.own, options.augmentation)
    }
    optionKeys = ModelOptions<Model>.options.map(\.key)
    documentation = { GanConfig.documentation(of: ModelOptions<Model>.self) }
    defects = { declarationDefects(of: ModelOptions<Model>.self) }
  }
}

/// A model with its options, ready to be made.
package struct ConfiguredModel {
  package let info: ModelInfo
  /// Writes the options into the open section.
  package let write: (inout ConfigWriter) -> Void
  /// The options' keys and values as a configuration has them.
  package let values: [(key: String, text: String)]
  /// Options that make networks which the official program does not have, such as `upsample: nearest`.
  package let departures: [String]
  package let make: (ModelBuilder) throws -> any ImageTranslator
  /// nil for models of two sides.
  package let domains: DomainOptions?
  /// How long it is trained unless the configuration says so; nil for the usual schedule.
  package let schedule: TrainingSchedule?
  /// The same with other domains.
  package let with: (DomainOptions) -> ConfiguredModel
  /// The stage of training that the model is made for; nil without stages.
  package let stage: StagePlace?
  /// The same for a stage of training.
  package let at: (StagePlace?) -> ConfiguredModel
  /// Parts that a stage may name, the stages that the model has by itself, and what is wrong with stages.
  package let stageParts: [String]
  package let hasOwnStages: Bool
  package let ownStages: (_ width: Int, _ height: Int) -> [TrainingStage]
  package let stageProblem: ([TrainingStage]) -> SettingsProblem?

  init<Model: ImageTranslator>(
    _ type: Model.Type, _ given: Model.Options, _ augmentation: DiffAugmentOptions = DiffAugmentOptions(),
    at stage: StagePlace? = nil
  ) {
    let options = given.resolved(), all = ModelOptions<Model>(options, augmentation)
    info = type.info
    schedule = type.schedule(of: options)
    domains = (options as? any DomainSettings)?.domains
    with = { domains in
      var changed: any Settings = options
      if var settings = options as? any DomainSettings {
        settings.domains = domains
        changed = settings
      }
      return ConfiguredModel(type, changed as? Model.Options ?? options, augmentation, at: stage)
    }
    self.stage = stage
    at = { ConfiguredModel(type, options, augmentation, at: $0) }
    stageParts = type.stageParts(options)
    hasOwnStages = type.hasOwnStages
    ownStages = { type.stages(options, width: $0, height: $1) }
    stageProblem = { type.problem(with: $0, options) }
    write = { $0.settings(all) }
    values = all.values
    make = { builder in
      builder.stage = stage
      builder.augmentation = augmentation.augmentation(of: type.discriminators(options), builder.noise)
      return try type.init(options, builder)
    }
    departures = zip(options.values, Model.Options().values)
      .filter { isDeparture($0, from: $1) }.map { "\($0.0.key): \($0.0.text)" }
  }
}

/// The models that this program knows.
package enum Registry {
  package static let models: [RegisteredModel] = [
    RegisteredModel(Pix2Pix.self), RegisteredModel(CycleGAN.self), RegisteredModel(CUT.self),
    RegisteredModel(DiscoGAN.self), RegisteredModel(SRGAN.self),
    RegisteredModel(NICEGAN.self), RegisteredModel(UGATIT.self), RegisteredModel(UNIT.self),
    RegisteredModel(MUNIT.self),
    RegisteredModel(DRIT.self), RegisteredModel(DRITPlusPlus.self),
    RegisteredModel(StarGAN.self), RegisteredModel(INIT.self), RegisteredModel(DUNIT.self),
    RegisteredModel(InstaGAN.self),
  ]

  /// Models that can translate back.
  package static var cyclicNames: [String] { models.filter(\.isCyclic).map(\.info.name) }

  package static var names: [String] { models.map(\.info.name) }

  /// Models that make several translations of a picture.
  package static var multimodalNames: [String] { models.filter(\.isMultimodal).map(\.info.name) }

  package static func model(_ name: String) -> RegisteredModel? { models.first { $0.info.name == name } }
}
