import GanBase

/// How much the console tells.
package enum Verbosity: Sendable {
  /// Warnings, errors and results only.
  case quiet
  case normal
  /// Also what is done, and how long it takes.
  case verbose
}

extension OptionSpecification {
  /// Options that every command has.
  static let common: [OptionSpecification] = [
    OptionSpecification("--quiet", short: "q", help: "show only results, warnings and errors"),
    OptionSpecification("--verbose", short: "v", help: "also show each stage and each file, with times"),
    .help,
  ]
}

extension ParsedArguments {
  /// - Throws: `GanError` (usage) for both `--quiet` and `--verbose`.
  func verbosity() throws -> Verbosity {
    if flag("--quiet"), flag("--verbose") {
      throw GanError.usage("--quiet and --verbose cannot be used together", help: "give one of them")
    }
    return flag("--quiet") ? .quiet : flag("--verbose") ? .verbose : .normal
  }
}
