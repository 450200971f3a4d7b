import GanBase

extension FilePath {
  /// The path as a configuration holds it.
  /// - Parameter isNamed: whether the user has named it, and so could name a link to it.
  /// - Throws: `GanError` (usage) for a name that is not UTF-8, as all of a YAML file is.
  func inConfiguration(isNamed: Bool = false) throws -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    throw GanError.usage(
      "its name is not UTF-8, and a configuration cannot hold it", at: self,
      help: "rename it, for instance: mv \(shellWord) \(parent.appending("pictures").shellWord)"
        + (isNamed ? "; or make a link to it and name that one: ln -s \(shellWord) pictures" : ""))
  }
}
