/// A parsed configuration value with its location.
struct ConfigNode {
  enum Content {
    /// A single value; `quoted` distinguishes text in quotes from a plain word or number.
    case scalar(String, quoted: Bool)
    case sequence([ConfigNode])
    case mapping([Entry])
  }

  struct Entry {
    let key: String
    let location: ConfigLocation
    var value: ConfigNode
  }

  var content: Content
  let location: ConfigLocation

  /// Whether it is empty, `~` or `null`, YAML's forms of an absent value.
  var isNull: Bool {
    guard case .scalar(let text, quoted: false) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// A description of the value for error messages.
  var found: String {
    switch content {
    case _ where isNull: return "nothing"
    case .scalar(let text, quoted: false) where isPlainNumber(text): return text
    case .scalar(let text, quoted: _): return quoted(text)
    case .sequence(let values): return values.isEmpty ? "an empty list" : "a list"
    case .mapping: return "a group of options"
    }
  }

  /// The entries of a section; none for an empty section, for instance with all lines commented out.
  var entries: [Entry]? {
    switch content {
    case .mapping(let entries): return entries
    case _ where isNull: return []
    default: return nil
    }
  }
}

/// `text` in double quotes, shortened, with control characters escaped so that a message stays on one line.
func quoted(_ text: String) -> String {
  var shown = ""
  for scalar in text.unicodeScalars.prefix(60) {
    let isControl = scalar.properties.generalCategory == .control || scalar.value == 0x2028 || scalar.value == 0x2029
    shown += isControl ? scalar.escaped : String(scalar)
  }
  return text.unicodeScalars.count > 60 ? "\"\(shown)...\"" : "\"\(shown)\""
}
