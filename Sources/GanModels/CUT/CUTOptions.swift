import GanConfig
import GanNN

/// What the options left at `auto` are.
package enum CUTMode: String, CaseIterable, Sendable {
  case cut
  /// Without identity, which is faster; stronger contrast, and a mirrored picture should become a mirrored translation.
  case fastcut
}

/// The generator of CUT by its usual name.
package enum TappedArchitecture: Equatable, Sendable, RawRepresentable, CaseIterable {
  case resnet(blocks: Int)
  /// Has no list of layers that could be tapped; known to be refused with a reason.
  case unet(String)

  package static let allCases: [TappedArchitecture] = [4, 6, 9].map { .resnet(blocks: $0) }

  package init?(rawValue: String) {
    switch GeneratorArchitecture(rawValue: rawValue) {
    case .resnet(let blocks): self = .resnet(blocks: blocks)
    case .unet: self = .unet(rawValue)
    case nil: return nil
    }
  }

  package var rawValue: String {
    switch self {
    case .resnet(let blocks): GeneratorArchitecture.resnet(blocks: blocks).rawValue
    case .unet(let name): name
    }
  }

  var blocks: Int {
    switch self {
    case .resnet(let blocks): blocks
    case .unet: 0
    }
  }
}

package struct CUTOptions: Settings, Equatable, Sendable {
  package var mode = CUTMode.cut
  package var generator = TappedArchitecture.resnet(blocks: 9)
  /// Everything but the generator's architecture.
  package var networks: NetworkOptions = {
    var networks = NetworkOptions(generator: .resnet(blocks: 9), norm: .instance, dropout: false)
    networks.initKind = .xavier
    networks.antialias.kind = .both
    return networks
  }()
  package var adversarial = AdversarialOptions(.lsgan)
  package var channels = 3
  /// Ascending or not.
  package var taps = [0, 4, 8, 12, 16]
  package var patches = 256
  package var embeddingWidth = 256
  package var temperature = 0.07
  package var sharesNegatives = false
  @Scheduled package var ganWeight = 1.0
  /// nil if the mode decides; the same goes for the next two.
  package var contrastWeight: Scheduled?
  package var hasIdentity: Bool?
  package var flips: Bool?
  package var optimizer = OptimizerOptions()

  package init() {}

  private static let networkKeys: Set = [
    "ngf", "discriminator", "ndf", "n_layers_d", "norm", "dropout", "init_type", "init_gain",
  ]

  private static let architecture: [Option<CUTOptions>] = [
    .choice(
      "mode", \.mode,
      "what auto means below; without train.epochs also the schedule: cut 200 + 200 epochs, fastcut 150 + 50"),
    .choice("generator", \.generator, "generator: a ResNet of so many blocks"),
  ]

  private static let comparison: [Option<CUTOptions>] = [
    .integer("channels", \.channels, in: 1...3, "channels of the pictures on both sides: 3, or 1 for grey"),
    .integers(
      "nce_layers", \.taps, in: 0...1000, count: 1...64,
      "layers of the generator whose patches are compared, by their number in the official list"),
    .integer("num_patches", \.patches, in: 1...65_536, "patches compared on each layer"),
    .integer("netf_nc", \.embeddingWidth, in: 1...4096, "numbers that describe a patch"),
    .number(
      "nce_t", \.temperature, in: 0.001...1000,
      "temperature of the comparison: the smaller, the more do similar patches count"),
    .flag(
      "nce_includes_all_negatives_from_minibatch", \.sharesNegatives,
      "compare with patches of all pictures of a batch, not only of the same picture"),
    .weight("lambda_gan", \.$ganWeight, in: 0...1e6, "weight of the adversarial loss"),
    .automaticWeight(
      "lambda_nce", \.contrastWeight, in: .above(0, through: 1e6),
      "weight of the comparison of patches; auto: 1 for cut, 10 for fastcut"),
    .automaticFlag(
      "nce_idt", \.hasIdentity,
      "compare also the patches of B with those of its translation; auto: true for cut, false for fastcut"),
    .automaticFlag(
      "flip_equivariance", \.flips,
      "translate mirrored pictures in half of the steps; auto: false for cut, true for fastcut"),
  ]

  package static let options: [Option<CUTOptions>] =
    architecture + Option.all(of: \.networks.antialias)
    + Option.all(of: \.networks).filter { networkKeys.contains($0.key) }
    + Option.all(of: \.adversarial) + comparison + Option.all(of: \.optimizer)

  package func problems() -> [SettingsProblem] {
    var problems = channelProblems([("channels", channels)]) + adversarial.problems() + optimizer.problems()
    if case .unet(let name) = generator {
      return problems + [
        SettingsProblem(
          "generator", "model.generator \(name): a U-Net does not have the layers whose patches cut compares",
          help: "use a ResNet: \(TappedArchitecture.allCases.map(\.rawValue).joined(separator: ", "))")
      ]
    }
    for tap in Set(taps).sorted() where taps.count(where: { $0 == tap }) > 1 {
      problems.append(
        SettingsProblem("nce_layers", "model.nce_layers: \(tap) is there more than once", help: "name each layer once"))
    }
    let modules = TappedGenerator.modules(blocks: generator.blocks, networks.antialias)
    if let beyond = taps.first(where: { $0 >= modules }) {
      problems.append(
        SettingsProblem(
          "nce_layers", "model.nce_layers: there is no layer \(beyond) in this generator",
          help: "its layers are 0 to \(modules - 1)"))
    }
    return problems
  }

  /// With the values that the mode chooses for `auto`.
  package func resolved() -> CUTOptions {
    var options = self
    options.contrastWeight = contrastWeight ?? Scheduled(wrappedValue: mode == .cut ? 1 : 10)
    options.hasIdentity = hasIdentity ?? (mode == .cut)
    options.flips = flips ?? (mode == .fastcut)
    return options
  }
}
