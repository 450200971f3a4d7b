/// Option names of other programs, to suggest our name for them instead of the nearest spelling.
package struct ForeignNames: Sendable {
  /// The meaning of one of these names.
  package struct Meaning: Sendable {
    /// Equivalent options, as `section.key`; the first one that the configuration has is suggested.
    package let paths: [String]
    /// Further advice, or what to do if there is no such option.
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

  /// The meaning of a name, ignoring case and treating hyphens as underscores.
  package subscript(name: String) -> Meaning? { meanings[Self.plain(name)] }

  /// All options in the meanings, to test that they exist.
  package var allPaths: Set<String> { Set(meanings.values.flatMap(\.paths)) }

  private static func plain(_ name: String) -> String { name.lowercased().replacing("-", with: "_") }
}
