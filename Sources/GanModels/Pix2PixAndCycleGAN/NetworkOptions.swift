import GanConfig
import GanNN

/// A generator by its usual name.
public enum GeneratorArchitecture: Equatable, Sendable, RawRepresentable, CaseIterable {
  /// Halvings; `unet_256` has 8.
  case unet(levels: Int)
  case resnet(blocks: Int)

  public static let allCases: [GeneratorArchitecture] =
    (5...10).map { .unet(levels: $0) } + [3, 6, 9].map { .resnet(blocks: $0) }

  public var rawValue: String {
    switch self {
    case .unet(let levels): return "unet_\(1 << levels)"
    case .resnet(let blocks): return "resnet_\(blocks)blocks"
    }
  }

  public init?(rawValue: String) {
    guard let found = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = found
  }
}

public enum DiscriminatorArchitecture: String, CaseIterable, Sendable {
  /// PatchGAN of `n_layers` = 3.
  case basic
  case nLayers = "n_layers"
  case pixel
}

public enum InitializationKind: String, CaseIterable, Sendable {
  case normal, xavier, kaiming, orthogonal
}

/// The networks of pix2pix and CycleGAN.
public struct NetworkOptions: Settings, Equatable, Sendable {
  public var generator: GeneratorArchitecture
  public var discriminator = DiscriminatorArchitecture.basic
  public var generatorWidth = 64
  public var discriminatorWidth = 64
  public var discriminatorLayers = 3
  public var norm: NormKind
  public var dropout: Bool
  public var adversarialLoss: AdversarialLoss
  public var penaltyWeight = 10.0
  public var initKind = InitializationKind.normal
  public var initGain = 0.02

  public init() { self.init(generator: .unet(levels: 8), norm: .batch, dropout: true, adversarialLoss: .vanilla) }

  init(generator: GeneratorArchitecture, norm: NormKind, dropout: Bool, adversarialLoss: AdversarialLoss) {
    (self.generator, self.norm, self.dropout, self.adversarialLoss) = (generator, norm, dropout, adversarialLoss)
  }

  public static let options: [Option<NetworkOptions>] = [
    .choice("generator", \.generator, "generator: a U-Net for pictures of that size and its multiples, or a ResNet"),
    .integer("ngf", \.generatorWidth, in: 1...512, "channels of the generator's first layer"),
    .choice("discriminator", \.discriminator, "discriminator; basic: a PatchGAN that sees 70x70 pixels"),
    .integer("ndf", \.discriminatorWidth, in: 1...512, "channels of the discriminator's first layer"),
    .integer("n_layers_d", \.discriminatorLayers, in: 1...6, "layers of stride 2 with discriminator: n_layers"),
    .choice("norm", \.norm, "normalisation of both networks"),
    .flag("dropout", \.dropout, "dropout of 0.5 in the generator"),
    .choice("gan_mode", \.adversarialLoss, "adversarial loss"),
    .number("lambda_gp", \.penaltyWeight, in: 0...1e6, "weight of the gradient penalty with gan_mode: wgangp"),
    .choice("init_type", \.initKind, "initial weights"),
    .number("init_gain", \.initGain, in: 0...100, "scale of the initial weights"),
  ]

  /// Whether the result for a picture depends on those beside it in a batch, or on what ran before.
  var needsSeparatePasses: Bool { norm == .batch || dropout }

  var initialization: Initialization {
    switch initKind {
    case .normal: return .normal(gain: initGain)
    case .xavier: return .xavier(gain: initGain)
    case .kaiming: return .kaiming(gain: initGain)
    case .orthogonal: return .orthogonal(gain: initGain)
    }
  }

  /// A generator from `inputs` to `outputs` channels, with its size rule.
  func makeGenerator(_ scope: Scope, inputs: Int, outputs: Int) -> (network: any Network, sizes: SizeRule) {
    switch generator {
    case .unet(let levels):
      let network = UNetGenerator(
        scope, inputs: inputs, outputs: outputs, width: generatorWidth, levels: levels, norm: norm, dropout: dropout)
      return (network, network.sizeRule)
    case .resnet(let blocks):
      let network = ResNetGenerator(
        scope, inputs: inputs, outputs: outputs, width: generatorWidth, blocks: blocks, norm: norm, dropout: dropout)
      return (network, network.sizeRule)
    }
  }

  /// A discriminator, with the least picture it can judge.
  func makeDiscriminator(_ scope: Scope, inputs: Int) -> (network: any Network, least: Int) {
    switch discriminator {
    case .pixel: return (PixelDiscriminator(scope, inputs: inputs, width: discriminatorWidth, norm: norm), 1)
    case .basic, .nLayers:
      let layers = discriminator == .basic ? 3 : discriminatorLayers
      let network = PatchDiscriminator(scope, inputs: inputs, width: discriminatorWidth, layers: layers, norm: norm)
      return (network, network.leastSize)
    }
  }
}

/// The optimizers of a model.
public struct AdamOptions: Settings, Equatable, Sendable {
  public var learningRate = 2e-4
  public var beta1 = 0.5
  public var beta2 = 0.999
  public var weightDecay = 0.0

  public init() {}
  init(learningRate: Double, weightDecay: Double) {
    (self.learningRate, self.weightDecay) = (learningRate, weightDecay)
  }

  public static let options: [Option<AdamOptions>] = [
    .number("learning_rate", \.learningRate, in: 0...1, "initial learning rate of Adam"),
    .number("beta1", \.beta1, in: 0...0.9999, "Adam's decay rate for the average of gradients"),
    .number("beta2", \.beta2, in: 0...0.999999, "Adam's decay rate for the average of squared gradients"),
    .number("weight_decay", \.weightDecay, in: 0...1, "L2 penalty on the weights, added to the gradient"),
  ]

  var settings: Adam.Settings {
    Adam.Settings(learningRate: learningRate, beta1: beta1, beta2: beta2, weightDecay: weightDecay)
  }
}

/// Pictures are grey or coloured; two channels are neither.
func channelProblems(_ channels: [(key: String, count: Int)]) -> [SettingsProblem] {
  channels.filter { $0.count == 2 }.map {
    SettingsProblem($0.key, "\($0.key): pictures have 1 or 3 channels, found 2")
  }
}
