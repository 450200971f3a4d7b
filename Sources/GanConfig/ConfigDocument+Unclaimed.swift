import GanBase

extension ConfigDocument {
  /// Sections and options that nobody asked for, with what was most likely meant.
  func unclaimed() -> [(ConfigLocation, Diagnostic)] {
    let topLevel = claims[nil] ?? []
    let sections = claims.keys.compactMap { $0 }.sorted()
    var faults: [(ConfigLocation, Diagnostic)] = []
    for entry in root where !ignoredSections.contains(entry.key) {
      if let keys = claims[entry.key] {
        faults += unclaimed(in: entry, known: keys)
      } else if !topLevel.contains(entry.key) {
        faults.append((entry.location, unknownTopLevel(entry, topLevel: topLevel, sections: sections)))
      }
    }
    return faults
  }

  private func unclaimed(in section: ConfigNode.Entry, known: [String]) -> [(ConfigLocation, Diagnostic)] {
    guard let entries = section.value.entries else {
      let message = "\(section.key): expected a section of options, found \(section.value.found)"
      let example = known.first.map {
        "write the options below it, indented, for instance\n    \(section.key):\n      \($0): ..."
      }
      return [(section.value.location, Diagnostic(message, help: example))]
    }
    return entries.filter { !known.contains($0.key) }.map { entry in
      let message = "unknown option \(quoted(entry.key)) in section \(section.key)"
      return (entry.location, Diagnostic(message, help: help(entry.key, known: known, section: section.key)))
    }
  }

  private func help(_ key: String, known: [String], section: String) -> String {
    if let near = suggestion(for: key, among: known) { return "did you mean \(near)?" }
    if let home = home(of: key) { return home }
    return "section \(section) has \(unique(known).sorted().joined(separator: ", "))"
  }

  private func unknownTopLevel(_ entry: ConfigNode.Entry, topLevel: [String], sections: [String]) -> Diagnostic {
    let isSection = if case .mapping = entry.value.content { true } else { false }
    let message = "unknown \(isSection ? "section" : "option") \(quoted(entry.key))"
    if let near = suggestion(for: entry.key, among: isSection ? sections : topLevel + sections) {
      return Diagnostic(message, help: "did you mean \(near)?")
    }
    if !isSection, let home = home(of: entry.key) { return Diagnostic(message, help: home) }
    if let dotted = dottedHelp(entry.key, sections: sections) { return Diagnostic(message, help: dotted) }
    var choices: [String] = []
    if !sections.isEmpty { choices.append("sections: \(sections.joined(separator: ", "))") }
    if !topLevel.isEmpty { choices.append("options outside of sections: \(unique(topLevel).joined(separator: ", "))") }
    return Diagnostic(message, help: choices.isEmpty ? nil : choices.joined(separator: "; "))
  }

  /// An option that exists, but in another place.
  private func home(of key: String) -> String? {
    if let section = claims.keys.compactMap({ $0 }).sorted().first(where: { claims[$0]?.contains(key) == true }) {
      return "\(key) belongs in the section \(section)"
    }
    return claims[nil]?.contains(key) == true ? "\(key) belongs outside of sections, at the left margin" : nil
  }

  /// `train.epochs: 5` is how overrides are written, not files.
  private func dottedHelp(_ key: String, sections: [String]) -> String? {
    let parts = key.split(separator: ".", maxSplits: 1).map(String.init)
    guard parts.count == 2, sections.contains(parts[0]) else { return nil }
    return "write \(parts[1]) below \(parts[0]):, indented"
  }

  private func unique(_ words: [String]) -> [String] {
    var seen: Set<String> = []
    return words.filter { seen.insert($0).inserted }
  }
}
