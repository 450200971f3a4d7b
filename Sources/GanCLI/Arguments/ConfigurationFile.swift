import GanBase
import GanModels

/// `--config FILE`
enum ConfigurationFile {
  /// Tells how to get a configuration where there is none and its name is that of a model.
  /// - Parameter otherwise: what else would do for that model, for the help.
  /// - Throws: `GanError` (usage) for such a name.
  static func refuseModelName(_ path: FilePath, otherwise: (_ model: String) -> String? = { _ in nil }) throws {
    let name = path.withoutEnding.shownName
    guard FileStatus(path) == nil, Registry.model(name) != nil else { return }
    throw GanError.usage(
      "there is no such configuration file", at: path,
      help: "write one for your pictures with: ganctl init \(name) --data DIR"
        + (otherwise(name).map { "; \($0)" } ?? ""))
  }
}
