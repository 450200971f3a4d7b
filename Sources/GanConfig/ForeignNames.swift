/// What options are called in other programs, so that those who know these names are told ours, instead of the nearest
/// spelling.
package struct ForeignNames: Sendable {
  /// What one of the names means here.
  package struct Meaning: Sendable {
    /// Options that mean the same, as `section.key`; the first one that the configuration has is told.
    package let paths: [String]
    /// What else there is to say, or what to do where there is no such option.
    package let advice: String?

    package init(_ paths: [String], advice: String? = nil) {
      self.paths = paths
      self.advice = advice
    }
  }

  private let meanings: [String: Meaning]

  package init(_ meanings: [String: Meaning] = [:]) {
    self.meanings = Dictionary(meanings.map { (Self.plain($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  /// The meaning of a name, whatever its capitals, and with hyphens for underscores.
  package subscript(name: String) -> Meaning? { meanings[Self.plain(name)] }

  /// All options that meanings name, for a test that they exist.
  package var allPaths: Set<String> { Set(meanings.values.flatMap(\.paths)) }

  private static func plain(_ name: String) -> String { name.lowercased().replacing("-", with: "_") }
}
