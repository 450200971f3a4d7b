import GanBase
import GanModels

/// Networks that are needed but have random weights.
package struct MissingNetworks: CustomStringConvertible {
  package let names: [String]
  private let info: ModelInfo

  /// nil if there are none.
  /// - Parameter used: returns the networks that are needed; called only if any network is random.
  package init?(
    _ builder: ModelBuilder, _ info: ModelInfo, _ origins: NetworkOrigins, used: (ModelBuilder) throws -> [String]
  ) rethrows {
    let random = origins.random
    guard !random.isEmpty else { return nil }
    names = try used(builder).filter(random.contains)
    self.info = info
    if names.isEmpty { return nil }
  }

  /// The reason, for messages.
  package var description: String {
    let them = names.count == 1 ? "it" : "them"
    return "the weights of \(names.joined(separator: ", ")) are random: no imported file held \(them)"
  }

  /// The official names of the files that hold them.
  package var files: String {
    var files: [String] = []
    for name in names.compactMap({ info.file(of: $0)?.name }) where !files.contains(name) { files.append(name) }
    return files.joined(separator: ", ")
  }

  package func error(_ what: String, at path: FilePath) -> GanError {
    .checkpoint("\(what): \(self)", at: path, help: "import all files again, including the missing one: \(files)")
  }
}
