/// Writes a configuration as YAML with every option and its help. Reading it gives the same settings.
package struct ConfigWriter {
  /// The document so far; ends with a newline.
  package private(set) var text = ""
  private let hasComments: Bool
  private var indentation = ""

  /// - Parameter comments: whether to write help and allowed values as comments.
  package init(title: String? = nil, comments: Bool = true) {
    hasComments = comments
    if let title { comment(title) }
  }

  /// Begins a section.
  package mutating func section(_ name: String, help: String? = nil) {
    if !text.isEmpty { text += "\n" }
    indentation = ""
    if let help, hasComments { comment(help) }
    text += "\(yamlScalar(name)):\n"
    indentation = "  "
  }

  /// Writes a value that is not part of a settings type, such as the model's name.
  package mutating func value(_ key: String, _ value: String, help: String? = nil) {
    if let help, hasComments { comment(help) }
    text += "\(indentation)\(yamlScalar(key)): \(yamlScalar(value))\n"
  }

  /// Writes all options of `settings`.
  package mutating func settings<Root: Settings>(_ settings: Root) {
    write(Root.options, of: settings)
  }

  /// Writes the options with these keys, in the order of the keys.
  package mutating func settings<Root: Settings>(_ settings: Root, only keys: [String]) {
    write(keys.compactMap { key in Root.options.first { $0.key == key } }, of: settings)
  }

  private mutating func write<Root: Settings>(_ options: [Option<Root>], of settings: Root) {
    for option in options {
      if hasComments {
        let allowed = ["", "any"].contains(option.allowed) ? "" : " (\(option.allowed))"
        comment(option.help + allowed)
      }
      text += "\(indentation)\(yamlScalar(option.key)): \(option.text(in: settings))\n"
    }
  }

  /// Writes comment lines.
  package mutating func comment(_ lines: String) {
    for line in lines.split(whereSeparator: \.isNewline) { text += "\(indentation)# \(line)\n" }
  }
}
