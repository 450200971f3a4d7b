/// A struct of stored properties with defaults, whose options are declared once: key, default, range and help.
///
/// Validation, help texts, documentation and checkpoints are derived from `options`:
///
///     struct TrainSettings: Settings {
///       var epochs = 200
///       static let options: [Option<Self>] = [
///         .integer("epochs", \.epochs, in: 1...100_000, "passes over the training pictures")
///       ]
///     }
package protocol Settings {
  /// The defaults.
  init()
  static var options: [Option<Self>] { get }

  /// Values that are valid individually but not together; called only if each is valid.
  func problems() -> [SettingsProblem]

  /// With values in place of those left at `auto` that depend on other options of these settings.
  func resolved() -> Self
}

extension Settings {
  package func problems() -> [SettingsProblem] { [] }
  package func resolved() -> Self { self }

  /// Every option's key and its value as configuration text, in the order of the file.
  package var values: [(key: String, text: String)] { Self.options.map { ($0.key, $0.text(in: self)) } }

  /// What is wrong with individual values, for settings that were not read from a configuration.
  package func complaints() -> [String] {
    Self.options.compactMap { option in option.complaint(about: self).map { "\(option.key): \($0)" } }
  }
}

/// An option whose value does not fit the other options.
package struct SettingsProblem: Equatable, Sendable {
  package let key: String
  package let message: String
  package let help: String?

  /// - Parameter key: the option to report; the error shows its location in the file.
  package init(_ key: String, _ message: String, help: String? = nil) {
    self.key = key
    self.message = message
    self.help = help
  }
}

/// Mistakes in the declaration of a settings type, for tests; empty if there are none.
///
/// Checks for keys that are duplicate or not in snake_case, help that is missing or longer than one line, and invalid
/// defaults.
package func declarationDefects<Root: Settings>(of type: Root.Type) -> [String] {
  var defects: [String] = []
  var keys: Set<String> = []
  for option in Root.options {
    if !keys.insert(option.key).inserted { defects.append("\(option.key): declared twice") }
    if !option.key.isSnakeCase { defects.append("\(option.key): not in snake_case") }
    if option.help.isEmpty || option.help.contains("\n") { defects.append("\(option.key): help is not one line") }
    if let complaint = option.complaint(about: Root()) {
      defects.append("\(option.key): its own default is refused: \(complaint)")
    }
  }
  defects += Root().problems().map { "\($0.key): the defaults do not fit together: \($0.message)" }
  return defects
}

extension String {
  fileprivate var isSnakeCase: Bool {
    guard let first = unicodeScalars.first, ("a"..."z").contains(first) else { return false }
    return unicodeScalars.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "_" }
  }
}
