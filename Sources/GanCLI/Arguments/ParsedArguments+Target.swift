import GanModels

extension ParsedArguments {
  /// The value of `--direction`.
  /// - Throws: `GanError.usage` for text that is no direction.
  func direction() throws -> TranslationTarget? {
    let directions = TranslationTarget.directions
    return try choice("--direction", among: directions.map(\.name)).flatMap { name in
      directions.first { $0.name == name }
    }
  }
}
