import GanConfig

extension DRIT {
  package struct Options: Settings, Equatable, Sendable {
    package var networks = DRITNetworkOptions()
    package var scales = 3
    package var discriminatorLayers: Int?
    package var channels = ChannelOptions()
    package var seeksModes = true
    @Scheduled package var modeWeight = 1.0
    package var training = DRITTrainingOptions()

    package init() {}

    package static let options: [Option<Options>] =
      Option.all(of: \.networks) + [
        .integer(
          "dis_scale", \.scales, in: 1...6, "scales at which a discriminator judges; 1: one, with smaller kernels"),
        .optionalInteger(
          "dis_layers", \.discriminatorLayers, in: 1...8,
          "layers of stride 2 at each scale; null: 4, or 6 with dis_scale: 1"),
      ] + Option.all(of: \.channels) + [
        .flag("mode_seeking", \.seeksModes, "mode-seeking loss: different attributes should give different pictures"),
        .weight("lambda_ms", \.$modeWeight, in: 0...1e6, "weight of the mode-seeking loss"),
      ] + Option.all(of: \.training)

    package func problems() -> [SettingsProblem] {
      channels.problems() + training.problems(isSpectral: networks.isSpectral)
    }

    var layers: Int { discriminatorLayers ?? (scales > 1 ? 4 : 6) }
  }
}

extension DRIT {
  package static var recipe: TrainingRecipe { TrainingRecipe(size: 216, loadSize: 256, batchSize: 2) }

  package static func options(fitting size: Int) -> Options {
    var options = Options()
    options.scales = judgedScales(size)
    options.discriminatorLayers = options.scales == 1 ? 4 : nil
    options.networks.fit(size)
    return options
  }
}
