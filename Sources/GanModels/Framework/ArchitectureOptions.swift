import GanConfig
import GanNN

// Departures from a paper's networks. By default there is none. A model lists those whose part its networks have.

/// How generators double their maps.
package struct UpsamplingOptions: Settings, Equatable, Sendable {
  package var kind: UpsamplingKind

  package init() { self.init(.transposed) }
  /// - Parameter kind: the paper's.
  package init(_ kind: UpsamplingKind) { self.kind = kind }

  package static let options: [Option<UpsamplingOptions>] = [
    .choice(
      "upsample", \.kind,
      "how generators double maps: a transposed convolution, or, without its checkerboards, nearest or bilinear and a "
        + "convolution (Odena et al. 2016), or pixel_shuffle (Shi et al. 2016)")
  ]
}

/// Which networks something is done to.
package enum NetworkSide: String, CaseIterable, Sendable {
  case none, generator, discriminator, both

  package var hasGenerator: Bool { self == .generator || self == .both }
  package var hasDiscriminator: Bool { self == .discriminator || self == .both }
}

/// Which networks' convolutions are spectrally normalised.
package struct SpectralNormOptions: Settings, Equatable, Sendable {
  package var networks = NetworkSide.none

  package init() {}

  package static let options: [Option<SpectralNormOptions>] = [
    .choice(
      "spectral_norm", \.networks,
      "networks whose convolutions have spectrally normalised weights, which steadies training (Miyato et al. 2018)")
  ]
}

/// Which networks have self-attention, and where.
package struct AttentionOptions: Settings, Equatable, Sendable {
  package var networks = NetworkSide.none
  package var level = 2

  package init() {}

  package static let options: [Option<AttentionOptions>] = [
    .choice(
      "attention", \.networks, "networks with a block of self-attention, in which all pixels meet (Zhang et al. 2018)"),
    .integer(
      "attention_level", \.level, in: 1...11,
      "where attention stands: on maps that are halved so often, such as 2: 64x64 of 256x256 pixels; its memory grows "
        + "with the square of their pixels"),
  ]

  /// - Parameters:
  ///   - generator: the levels of the generator, from 1, on which it can stand.
  ///   - discriminator: those of the discriminator; 0 for none.
  func problems(generator: Int, discriminator: Int) -> [SettingsProblem] {
    var problems: [SettingsProblem] = []
    for (isOn, name, most) in [
      (networks.hasGenerator, "generator", generator), (networks.hasDiscriminator, "discriminator", discriminator),
    ] where isOn && level > most {
      problems.append(
        most == 0
          ? SettingsProblem("attention", "attention: the \(name) halves nothing, so it has no place for attention")
          : SettingsProblem(
            "attention_level",
            "attention_level \(level): the \(name) has no maps halved so often to put attention on",
            help: most == 1 ? "use attention_level: 1" : "use 1 to \(most)"))
    }
    return problems
  }

  var ofGenerator: Int? { networks.hasGenerator ? level : nil }
  var ofDiscriminator: Int? { networks.hasDiscriminator ? level : nil }
}

/// Which maps are smoothed.
package enum Antialiasing: String, CaseIterable, Sendable {
  case none, down, up, both
}

/// How maps change their sizes without aliasing.
package struct AntialiasOptions: Settings, Equatable, Sendable {
  package var kind = Antialiasing.none

  package init() {}

  package static let options: [Option<AntialiasOptions>] = [
    .choice(
      "antialias", \.kind,
      "down: smooth maps of both networks before halving them (Zhang 2019), which takes more time; up: double maps "
        + "of the generator bilinearly; both: as in CUT")
  ]

  package var smoothsHalving: Bool { kind == .down || kind == .both }
  package var smoothsDoubling: Bool { kind == .up || kind == .both }
}

/// At how many scales discriminators judge.
package struct ScaleOptions: Settings, Equatable, Sendable {
  package var count = 1

  package init() {}

  package static let options: [Option<ScaleOptions>] = [
    .integer(
      "num_d", \.count, in: 1...5,
      "scales at which pictures are judged, each by a discriminator of its own; their losses are summed (Wang et al. "
        + "2018)")
  ]
}

/// Switches that networks of all kinds have.
package struct ArchitectureOptions: Settings, Equatable, Sendable {
  package var upsampling = UpsamplingOptions()
  package var spectralNorm = SpectralNormOptions()
  package var attention = AttentionOptions()

  package init() {}

  package static let options: [Option<ArchitectureOptions>] =
    Option.all(of: \.upsampling) + Option.all(of: \.spectralNorm) + Option.all(of: \.attention)

  var ofGenerator: NetworkSwitches {
    NetworkSwitches(
      upsampling: upsampling.kind, isSpectral: spectralNorm.networks.hasGenerator,
      attentionLevel: attention.ofGenerator)
  }

  var ofDiscriminator: NetworkSwitches {
    NetworkSwitches(
      isSpectral: spectralNorm.networks.hasDiscriminator, attentionLevel: attention.ofDiscriminator)
  }
}

/// Whether a value makes networks that the official program does not have.
/// - Parameter usual: the default.
func isDeparture(_ value: (key: String, text: String), from usual: (key: String, text: String)) -> Bool {
  switch value.key {
  case "upsample", "spectral_norm", "attention", "num_d": value.text != usual.text
  // In CUT's official program it can be switched off.
  case "antialias": value.text != usual.text && usual.text == Antialiasing.none.rawValue
  case "norm": value.text == NormKind.layer.rawValue
  default: false
  }
}
