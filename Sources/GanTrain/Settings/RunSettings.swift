import GanConfig

/// The options of a configuration that stand outside of its sections.
public struct RunSettings: Settings, Equatable, Sendable {
  public var name: String?
  public var seed = 1

  public init() {}

  public static let options: [Option<RunSettings>] = [
    .optionalText("name", \.name, "name of the run folder in runs/; null: that of the configuration file"),
    .integer("seed", \.seed, in: 0...Int.max, "random seed: initial weights, order of pictures, crops, dropout"),
  ]
}
