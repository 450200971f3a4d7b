import GanConfig

/// The top-level options of a configuration, outside its sections.
package struct RunSettings: Settings, Equatable, Sendable {
  package var name: String?
  package var seed = 1

  package init() {}

  package static let options: [Option<RunSettings>] = [
    .optionalText("name", \.name, "name of the run folder in runs/; null: that of the configuration file"),
    .integer("seed", \.seed, in: 0...Int.max, "random seed: initial weights, order of pictures, crops, dropout"),
  ]
}
