/// One option of a command: `--name`, or `--name VALUE`.
public struct OptionSpecification: Sendable {
  /// With its dashes: `--run`.
  public let name: String
  /// `c` for `-c`.
  public let short: Character?
  /// What stands for the value in the help (`DIR`); nil for an option without a value.
  public let value: String?
  /// Whether it may be given several times.
  public let isRepeatable: Bool
  /// The words that the value lists with commas between them; empty for other options.
  public let words: [String]
  /// One line, lower-case, without a full stop.
  public let help: String

  public init(
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

  /// Every command has it; the program answers it before the command runs.
  public static let help = OptionSpecification("--help", short: "h", help: "show this help")

  /// Both spellings and the value, in columns that align over several options.
  var synopsis: String {
    let letter = short.map { "-\($0), " } ?? "    "
    return letter + name + (value.map { " " + $0 } ?? "")
  }
}
