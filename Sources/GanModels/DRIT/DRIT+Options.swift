import GanConfig

extension DRIT {
  public struct Options: Settings, Equatable, Sendable {
    public var networks = DRITNetworkOptions()
    public var scales = 3
    public var discriminatorLayers: Int?
    public var inputChannels = 3
    public var outputChannels = 3
    public var seeksModes = true
    public var modeWeight = 1.0
    public var training = DRITTrainingOptions()

    public init() {}

    public static let options: [Option<Options>] =
      Option.all(of: \.networks) + [
        .integer(
          "dis_scale", \.scales, in: 1...6, "scales at which a discriminator judges; 1: one, with smaller kernels"),
        .optionalInteger(
          "dis_layers", \.discriminatorLayers, in: 1...8,
          "layers of stride 2 at each scale; null: 4, or 6 with dis_scale: 1"),
        .integer("input_channels", \.inputChannels, in: 1...3, "channels of A: 3, or 1 for grey"),
        .integer("output_channels", \.outputChannels, in: 1...3, "channels of B: 3, or 1 for grey"),
        .flag("mode_seeking", \.seeksModes, "mode-seeking loss: different attributes should give different pictures"),
        .number("lambda_ms", \.modeWeight, in: 0...1e6, "weight of the mode-seeking loss"),
      ] + Option.all(of: \.training)

    public func problems() -> [SettingsProblem] {
      channelProblems([("input_channels", inputChannels), ("output_channels", outputChannels)])
    }

    var layers: Int { discriminatorLayers ?? (scales > 1 ? 4 : 6) }
  }
}

extension DRIT {
  public static var recipe: TrainingRecipe { TrainingRecipe(size: 216, loadSize: 256, batchSize: 2) }

  public static func options(fitting size: Int) -> Options {
    var options = Options()
    options.scales = judgedScales(size)
    options.discriminatorLayers = options.scales == 1 ? 4 : nil
    options.networks.fit(size)
    return options
  }
}
