import GanBase
import GanModels

/// Networks that something goes through although their weights are random.
package struct MissingNetworks: CustomStringConvertible {
  package let names: [String]
  private let info: ModelInfo

  /// nil where there are none.
  /// - Parameter used: the networks in question; asked only where any is random.
  package init?(
    _ builder: ModelBuilder, _ info: ModelInfo, _ origins: NetworkOrigins, used: (ModelBuilder) throws -> [String]
  ) rethrows {
    let random = origins.random
    guard !random.isEmpty else { return nil }
    names = try used(builder).filter(random.contains)
    self.info = info
    if names.isEmpty { return nil }
  }

  /// What is wrong.
  package var description: String {
    let them = names.count == 1 ? "it" : "them"
    return "the weights of \(names.joined(separator: ", ")) are random: no imported file held \(them)"
  }

  /// As the official program names what holds them.
  package var files: String {
    var files: [String] = []
    for name in names.compactMap({ info.file(of: $0)?.name }) where !files.contains(name) { files.append(name) }
    return files.joined(separator: ", ")
  }

  package func error(_ what: String, at path: FilePath) -> GanError {
    .checkpoint("\(what): \(self)", at: path, help: "import all files again, with the one that is missing: \(files)")
  }
}
