import GanBase

extension ConfigDocument {
  /// The error for a section that is text, a number or a list instead of options, with the intended form.
  func misshapen(_ section: ConfigNode.Entry, known: [String]) -> Diagnostic {
    Diagnostic(
      "\(section.key): expected a mapping of options, found \(section.value.found)",
      help: remedy(section, known: known))
  }

  private func remedy(_ section: ConfigNode.Entry, known: [String]) -> String {
    switch section.value.content {
    case .scalar(let text, _):
      if let options = spaced(text, known: known) {
        return "a space must follow each colon:\n" + written(section.key, options)
      }
      let chosen = choices.filter { $0.value.contains(text) && $0.key.hasPrefix(section.key + ".") }.keys.min()
      if let path = chosen {
        return "write\n" + written(section.key, ["\(path.dropFirst(section.key.count + 1)): \(text)"])
      }
    case .sequence(let values):
      let areOptions = !values.isEmpty && values.allSatisfy { $0.entries?.isEmpty == false }
      if areOptions { return "remove the dashes before the options" }
    case .mapping: break
    }
    let example = known.first.map { written(section.key, ["\($0): ..."]) } ?? written(section.key, ["KEY: VALUE"])
    return "write its options below it, indented, for instance\n" + example
  }

  /// The options of `name:cyclegan ngf:8`, which YAML reads as one string, with a space after each colon.
  private func spaced(_ text: String, known: [String]) -> [String]? {
    let options = text.split(whereSeparator: \.isWhitespace).map { word in
      word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    }
    guard let first = options.first?.first, known.contains(first), options.allSatisfy({ $0.count == 2 }) else {
      return nil
    }
    return options.map { "\($0[0]): \($0[1].isEmpty ? "..." : $0[1])" }
  }

  private func written(_ section: String, _ options: [String]) -> String {
    "    \(section):" + options.map { "\n      \($0)" }.joined()
  }
}
