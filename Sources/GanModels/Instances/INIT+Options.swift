import GanConfig

extension INIT {
  /// The styles that whole pictures are translated with.
  package enum GlobalStyle: String, CaseIterable, Sendable {
    /// Drawn in one step, and those of the other side's pictures in the next.
    case alternate
    case random
  }

  package struct Options: Settings, Equatable, Sendable {
    /// All that MUNIT has.
    package var pictures = MUNIT.Options()
    package var objectSize = 120
    package var objectScales = 2
    package var globalStyle = GlobalStyle.alternate
    @Scheduled package var objectWeight = 1.0

    package init() {}

    package static let options: [Option<Options>] =
      Option.all(of: \.pictures) + [
        .integer("object_size", \.objectSize, in: 16...1024, "height and width to which objects are scaled"),
        .integer("dis_object_scales", \.objectScales, in: 1...6, "scales at which a discriminator judges objects"),
        .choice(
          "global_style", \.globalStyle,
          "styles that pictures are translated with in training; alternate: drawn in one step, of the other side's "
            + "picture in the next; random: always drawn"),
        .weight("object_w", \.$objectWeight, in: 0...1e6, "weight of all losses of objects"),
      ]

    package func problems() -> [SettingsProblem] {
      var problems = pictures.problems()
      let networks = objectNetworks,
        least = max(
          pictures.networks.plan.sizeRule.least, MUNITGenerator.leastStyleSize,
          1 << (networks.discriminatorLayers + networks.scales - 1))
      let multiple = pictures.networks.plan.sizeRule.multiple
      if objectSize < least || objectSize % multiple != 0 {
        let message =
          "object_size \(objectSize) does not suit these networks: it must be a multiple of \(multiple), at "
          + "least \(least)"
        let near = max(least, (objectSize + multiple / 2) / multiple * multiple)
        problems.append(
          SettingsProblem(
            "object_size", message, help: "use object_size: \((near + multiple - 1) / multiple * multiple)"))
      }
      return problems
    }

    /// Of the discriminators of objects.
    var objectNetworks: UNITNetworkOptions {
      var networks = pictures.networks
      networks.scales = objectScales
      return networks
    }
  }
}
