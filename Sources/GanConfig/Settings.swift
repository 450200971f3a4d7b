/// A plain struct of stored properties with defaults, whose options stand once: key, default, range and help.
///
/// Checking of configurations, `--help`, documentation and checkpoints derive from `options`:
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

  /// Values that are each allowed but do not fit together; asked for only if each is allowed.
  func problems() -> [SettingsProblem]
}

extension Settings {
  package func problems() -> [SettingsProblem] { [] }

  /// Every option's key and its value as a configuration has it, in the order in which they are written.
  package var values: [(key: String, text: String)] { Self.options.map { ($0.key, $0.text(in: self)) } }

  /// What is wrong with single values, option by option, for settings that were not read from a configuration.
  package func complaints() -> [String] {
    Self.options.compactMap { option in option.complaint(about: self).map { "\(option.key): \($0)" } }
  }
}

/// What is wrong with the value of one option in view of the others.
package struct SettingsProblem: Equatable, Sendable {
  package let key: String
  package let message: String
  package let help: String?

  /// - Parameter key: the option that the message is about; its place in the file is shown.
  package init(_ key: String, _ message: String, help: String? = nil) {
    self.key = key
    self.message = message
    self.help = help
  }
}

/// Defects in the declaration of a settings type, for a test to find: an empty list is good.
///
/// Looks for keys that are repeated or not in snake_case, help that is missing or longer than one line, and defaults
/// that their own option would refuse.
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
