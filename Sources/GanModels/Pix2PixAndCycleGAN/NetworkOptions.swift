import GanConfig
import GanNN

/// A generator by its usual name.
package enum GeneratorArchitecture: Equatable, Sendable, RawRepresentable, CaseIterable {
  /// Halvings; `unet_256` has 8.
  case unet(levels: Int)
  case resnet(blocks: Int)

  package static let allCases: [GeneratorArchitecture] =
    (5...10).map { .unet(levels: $0) } + [3, 6, 9].map { .resnet(blocks: $0) }

  package var rawValue: String {
    switch self {
    case .unet(let levels): return "unet_\(1 << levels)"
    case .resnet(let blocks): return "resnet_\(blocks)blocks"
    }
  }

  /// Also of sizes that are not among the usual ones.
  package init?(rawValue: String) {
    let all = (5...12).map { Self.unet(levels: $0) } + (1...64).map { .resnet(blocks: $0) }
    guard let found = all.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = found
  }
}

extension GeneratorArchitecture {
  /// How many times maps are halved on which attention can stand: not on single pixels.
  fileprivate var attentionLevels: Int {
    switch self {
    case .unet(let levels): levels - 1
    case .resnet: 2
    }
  }
}

package enum DiscriminatorArchitecture: String, CaseIterable, Sendable {
  /// PatchGAN of `n_layers` = 3.
  case basic
  case nLayers = "n_layers"
  case pixel
}

package enum InitializationKind: String, CaseIterable, Sendable {
  case normal, xavier, kaiming, orthogonal
}

/// The networks of pix2pix and CycleGAN.
package struct NetworkOptions: Settings, Equatable, Sendable {
  package var generator: GeneratorArchitecture
  package var discriminator = DiscriminatorArchitecture.basic
  package var generatorWidth = 64
  package var discriminatorWidth = 64
  package var discriminatorLayers = 3
  package var norm: NormKind
  package var dropout: Bool
  package var initKind = InitializationKind.normal
  package var initGain = 0.02
  // The options of these stand in lists of their own.
  package var architecture = ArchitectureOptions()
  package var antialias = AntialiasOptions()
  package var scales = ScaleOptions()

  package init() { self.init(generator: .unet(levels: 8), norm: .batch, dropout: true) }

  init(generator: GeneratorArchitecture, norm: NormKind, dropout: Bool) {
    (self.generator, self.norm, self.dropout) = (generator, norm, dropout)
  }

  package static let options: [Option<NetworkOptions>] = [
    .choice("generator", \.generator, "generator: a U-Net for pictures of that size and its multiples, or a ResNet"),
    .integer("ngf", \.generatorWidth, in: 1...512, "channels of the generator's first layer"),
    .choice("discriminator", \.discriminator, "discriminator; basic: a PatchGAN that sees 70x70 pixels"),
    .integer("ndf", \.discriminatorWidth, in: 1...512, "channels of the discriminator's first layer"),
    .integer("n_layers_d", \.discriminatorLayers, in: 1...6, "layers of stride 2 with discriminator: n_layers"),
    .choice("norm", \.norm, "normalisation of both networks; layer: of all channels together (Ba et al. 2016)"),
    .flag("dropout", \.dropout, "dropout of 0.5 in the generator"),
    .choice("init_type", \.initKind, "initial weights"),
    .number("init_gain", \.initGain, in: 0...100, "scale of the initial weights"),
  ]

  package func problems() -> [SettingsProblem] {
    architecture.attention.problems(generator: generator.attentionLevels, discriminator: attentionLevels)
      + antialiasProblems() + scaleProblems()
  }

  private func scaleProblems() -> [SettingsProblem] {
    guard scales.count > 1, discriminator == .pixel else { return [] }
    let message = "num_d \(scales.count): a pixel discriminator sees single pixels at any scale"
    return [SettingsProblem("num_d", message, help: "use discriminator: basic or n_layers, or num_d: 1")]
  }

  private func antialiasProblems() -> [SettingsProblem] {
    let kind = architecture.upsampling.kind
    guard antialias.smoothsDoubling, kind != .transposed else { return [] }
    let message = "antialias: \(antialias.kind.rawValue) and upsample: \(kind.rawValue) both say how maps are doubled"
    return [SettingsProblem("antialias", message, help: "leave one of them out")]
  }

  private var generatorSwitches: NetworkSwitches {
    var switches = architecture.ofGenerator
    (switches.smoothsHalving, switches.smoothsDoubling) = (antialias.smoothsHalving, antialias.smoothsDoubling)
    return switches
  }

  /// Convolutions of stride 2 of the discriminator.
  private var attentionLevels: Int {
    switch discriminator {
    case .basic: 3
    case .nLayers: discriminatorLayers
    case .pixel: 0
    }
  }

  /// Whether the result for a picture depends on the others of its batch, or on what ran before.
  var needsSeparatePasses: Bool { norm == .batch || dropout }

  var initialization: Initialization {
    switch initKind {
    case .normal: return .normal(gain: initGain)
    case .xavier: return .xavier(gain: initGain)
    case .kaiming: return .kaiming(gain: initGain)
    case .orthogonal: return .orthogonal(gain: initGain)
    }
  }

  /// A generator from `inputs` to `outputs` channels.
  package func makeGenerator(_ scope: Scope, inputs: Int, outputs: Int) -> any Network {
    switch generator {
    case .unet(let levels):
      return UNetGenerator(
        scope, inputs: inputs, outputs: outputs, width: generatorWidth, levels: levels, norm: norm, dropout: dropout,
        switches: generatorSwitches)
    case .resnet(let blocks):
      return ResNetGenerator(
        scope, inputs: inputs, outputs: outputs, width: generatorWidth, blocks: blocks, norm: norm, dropout: dropout,
        switches: generatorSwitches)
    }
  }

  /// The same for a stage of training, in which it may have grown.
  func makeGenerator(_ scope: Scope, inputs: Int, outputs: Int, _ growth: Growth) -> any Network {
    let first = fitting(growth)
    guard growth.doublings > 0 else { return first.makeGenerator(scope, inputs: inputs, outputs: outputs) }
    return GrownGenerator(scope, refiners: growth.doublings) {
      first.makeGenerator($0, inputs: inputs, outputs: outputs)
    } refiner: { scope, number in
      ResNetGenerator(
        scope, inputs: inputs + outputs, outputs: outputs, width: max(1, generatorWidth >> number), blocks: 3,
        norm: norm, dropout: false)
    }
  }

  /// A U-Net halves no pictures of the first stage that cannot be halved.
  private func fitting(_ growth: Growth) -> NetworkOptions {
    guard let size = growth.firstSize, case .unet(let levels) = generator, size % (1 << levels) != 0 else {
      return self
    }
    var options = self
    options.generator = .unet(levels: max(5, min(levels, size.trailingZeroBitCount)))
    return options
  }

  package func makeDiscriminator(_ scope: Scope, inputs: Int) -> any Discriminator {
    guard scales.count > 1 else { return makeDiscriminator(inputs, scope) }
    return ScaledDiscriminator(scope, count: scales.count) { makeDiscriminator(inputs, $0) }
  }

  /// Of one scale.
  private func makeDiscriminator(_ inputs: Int, _ scope: Scope) -> any Discriminator {
    switch discriminator {
    case .pixel:
      return PixelDiscriminator(
        scope, inputs: inputs, width: discriminatorWidth, norm: norm, switches: architecture.ofDiscriminator)
    case .basic, .nLayers:
      let layers = discriminator == .basic ? 3 : discriminatorLayers
      return PatchDiscriminator(
        scope, inputs: inputs, width: discriminatorWidth, layers: layers, norm: norm,
        antialias: antialias.smoothsHalving, switches: architecture.ofDiscriminator)
    }
  }
}
