/// An option of a command: `--name`, or `--name VALUE`.
package struct OptionSpecification: Sendable {
  /// The name with its dashes: `--run`.
  package let name: String
  /// `c` for `-c`.
  package let short: Character?
  /// The placeholder for the value in the help (`DIR`); nil for an option without a value.
  package let value: String?
  /// Whether it may be given several times.
  package let isRepeatable: Bool
  /// The words allowed in a comma-separated list; empty for other options.
  package let words: [String]
  /// One line, lower-case, without a full stop.
  package let help: String

  package init(
    _ name: String, short: Character? = nil, value: String? = nil, repeatable: Bool = false,
    listing words: [String] = [], help: String
  ) {
    self.name = name
    self.short = short
    self.value = value
    isRepeatable = repeatable
    self.words = words
    self.help = help
  }

  /// `--help`, which every command has; handled before the command runs.
  package static let help = OptionSpecification("--help", short: "h", help: "show this help")

  /// Short name, name and value, aligned across options.
  var synopsis: String {
    let letter = short.map { "-\($0), " } ?? "    "
    return letter + name + (value.map { " " + $0 } ?? "")
  }
}
