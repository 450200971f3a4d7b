/// `text` as a YAML scalar that every YAML parser reads as a string: plain if unambiguous, else quoted.
func yamlScalar(_ text: String) -> String {
  isSafePlain(text) ? text : yamlQuoted(text)
}

private func isSafePlain(_ text: String) -> Bool {
  func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
      || "_./+-".unicodeScalars.contains(scalar)
  }
  guard let first = text.unicodeScalars.first, text.unicodeScalars.allSatisfy(isWordCharacter) else { return false }
  // Other parsers recognise more keywords and number forms than this one.
  let words = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
  if words.contains(text.lowercased()) { return false }
  if first == "-" || first == "+" || first == "." {
    return text.hasPrefix("./") || text.hasPrefix("../")
  }
  // Some parsers read text that starts with a digit as a number, date or version.
  return !("0"..."9").contains(first)
}

private func yamlQuoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    default: result += scalar.isPrintableInYAML ? String(scalar) : scalar.escaped
    }
  }
  return result + "\""
}

extension Unicode.Scalar {
  /// Whether YAML 1.1 allows the character unescaped; false for line breaks and the byte order mark.
  fileprivate var isPrintableInYAML: Bool {
    switch value {
    case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: return true
    case 0x10000...0x10FFFF: return true
    default: return false
    }
  }

  /// This character as an escape of YAML's double-quoted text.
  var escaped: String {
    switch self {
    case "\n": return "\\n"
    case "\t": return "\\t"
    case "\r": return "\\r"
    default: break
    }
    let digits = String(value, radix: 16, uppercase: true)
    func padded(_ width: Int) -> String { String(repeating: "0", count: max(0, width - digits.count)) + digits }
    if value <= 0xFF { return "\\x" + padded(2) }
    return value <= 0xFFFF ? "\\u" + padded(4) : "\\U" + padded(8)
  }
}
