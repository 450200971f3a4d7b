import GanBase
import GanModels

/// `--config FILE`
enum ConfigurationFile {
  /// Rejects the name of a model in place of a file, with advice on how to get a configuration.
  /// - Parameter otherwise: returns further advice for that model.
  /// - Throws: `GanError` (usage) if `path` is a model's name and there is no such file.
  static func refuseModelName(_ path: FilePath, otherwise: (_ model: String) -> String? = { _ in nil }) throws {
    let name = path.withoutEnding.shownName
    guard FileStatus(path) == nil, Registry.model(name) != nil else { return }
    throw GanError.usage(
      "there is no such configuration file", at: path,
      help: "write one for your pictures with: ganctl init \(name) --data DIR"
        + (otherwise(name).map { "; \($0)" } ?? ""))
  }
}
