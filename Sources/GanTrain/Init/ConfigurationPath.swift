import GanBase

extension FilePath {
  /// The path as text for a configuration file.
  /// - Parameter isNamed: whether the user gave this path and could give a link to it instead.
  /// - Throws: `GanError` (usage) for a name that is not UTF-8, which YAML requires.
  func inConfiguration(isNamed: Bool = false) throws -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    throw GanError.usage(
      "its name is not UTF-8, and a configuration cannot hold it", at: self,
      help: "rename it, for instance: mv \(shellWord) \(parent.appending("pictures").shellWord)"
        + (isNamed ? "; or make a link to it and name that one: ln -s \(shellWord) pictures" : ""))
  }
}
