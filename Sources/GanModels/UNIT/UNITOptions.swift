import GanConfig
import GanNN
import GanTensor

/// The networks of UNIT and MUNIT. Keys follow the official configurations, where these
/// stand in the sections `gen` and `dis`.
package struct UNITNetworkOptions: Settings, Equatable, Sendable {
  package enum Activation: String, CaseIterable, Sendable {
    case relu, lrelu

    var slope: Double { self == .relu ? 0 : 0.2 }
  }

  package enum InitialWeights: String, CaseIterable, Sendable {
    case kaiming, xavier, gaussian, orthogonal, `default`
  }

  package var generatorWidth = 64
  package var halvings = 2
  package var residualBlocks = 4
  package var generatorActivation = Activation.relu
  package var generatorPadding = PaddingMode.reflect
  package var discriminatorWidth = 64
  package var discriminatorLayers = 4
  package var scales = 3
  package var discriminatorNorm = MultiScaleDiscriminator.NormKind.none
  package var discriminatorActivation = Activation.lrelu
  package var discriminatorPadding = PaddingMode.reflect
  package var initialWeights = InitialWeights.kaiming
  package var upsampling = UpsamplingOptions(.nearest)
  package var spectralNorm = SpectralNormOptions()

  package init() {}

  package static let options: [Option<UNITNetworkOptions>] =
    [
      .integer("gen_dim", \.generatorWidth, in: 1...512, "channels of the generators' first layer"),
      .integer("gen_n_downsample", \.halvings, in: 0...6, "how many times the encoder halves the picture"),
      .integer("gen_n_res", \.residualBlocks, in: 0...64, "residual blocks of the encoder, and of the decoder"),
      .choice("gen_activ", \.generatorActivation, "activation of the generators"),
      .choice("gen_pad_type", \.generatorPadding, "padding of the generators"),
      .integer("dis_dim", \.discriminatorWidth, in: 1...512, "channels of the discriminators' first layer"),
      .integer("dis_n_layer", \.discriminatorLayers, in: 1...8, "layers of stride 2 at each scale"),
      .integer("dis_num_scales", \.scales, in: 1...6, "scales at which a discriminator judges"),
      .choice("dis_norm", \.discriminatorNorm, "normalisation of the discriminators"),
      .choice("dis_activ", \.discriminatorActivation, "activation of the discriminators"),
      .choice("dis_pad_type", \.discriminatorPadding, "padding of the discriminators"),
      .choice(
        "init", \.initialWeights,
        "initial weights of the generators (the discriminators always start from a normal distribution, 0.02)"),
    ] + Option.all(of: \.upsampling) + Option.all(of: \.spectralNorm)

  var plan: AutoencoderPlan {
    AutoencoderPlan(
      width: generatorWidth, halvings: halvings, residualBlocks: residualBlocks, mode: generatorPadding,
      slope: generatorActivation.slope,
      switches: NetworkSwitches(
        upsampling: upsampling.kind, isSpectral: spectralNorm.networks.hasGenerator))
  }

  var initialization: Initialization {
    let gain = 2.0.squareRoot()
    switch initialWeights {
    case .kaiming: return .kaiming(gain: gain)
    case .xavier: return .xavier(gain: gain)
    case .orthogonal: return .orthogonal(gain: gain)
    case .gaussian: return .normal(gain: 0.02)
    case .default: return .pytorch
    }
  }
}

/// The perceptual distance between a picture and its translation.
package struct PerceptualOptions: Settings, Equatable, Sendable {
  package var weight = 0.0
  package var weightsFile: String?

  package init() {}

  package static let options: [Option<PerceptualOptions>] = [
    .number("vgg_w", \.weight, in: 0...1e6, "weight of the perceptual distance to the source picture; 0 for none"),
    .optionalText(
      "vgg_weights", \.weightsFile, "file with the Caffe weights of VGG16 (.safetensors or .pth), for vgg_w above 0"),
  ]

  func problems(channels: ChannelOptions) -> [SettingsProblem] {
    guard weight > 0 else { return [] }
    var problems: [SettingsProblem] = []
    if weightsFile == nil {
      problems.append(
        SettingsProblem("vgg_w", "the perceptual distance needs vgg_weights", help: "name the file, or set vgg_w: 0"))
    }
    if channels.both != (3, 3) {
      problems.append(SettingsProblem("vgg_w", "the perceptual distance needs colour pictures", help: "set vgg_w: 0"))
    }
    return problems
  }
}

extension OptimizerOptions {
  /// As the official configurations of UNIT and MUNIT have it.
  static var unit: OptimizerOptions {
    var options = OptimizerOptions()
    (options.learningRate, options.weightDecay) = (1e-4, 1e-4)
    return options
  }
}
