import GanBase

extension ConfigDocument {
  /// Errors for malformed sections and for unknown sections and options, with the most likely correction.
  func unclaimed() -> [(ConfigLocation, Diagnostic)] {
    let topLevel = claims[nil] ?? []
    let sections = claims.keys.compactMap { $0 }.sorted()
    var faults: [(ConfigLocation, Diagnostic)] = []
    for entry in root {
      if let keys = claims[entry.key] {
        faults += unclaimed(in: entry, known: keys)
      } else if !topLevel.contains(entry.key), !ignoredSections.contains(entry.key) {
        faults.append((entry.location, unknownTopLevel(entry, topLevel: topLevel, sections: sections)))
      }
    }
    return faults
  }

  private func unclaimed(in section: ConfigNode.Entry, known: [String]) -> [(ConfigLocation, Diagnostic)] {
    guard let entries = section.value.entries else {
      return [(section.value.location, misshapen(section, known: known))]
    }
    if ignoredSections.contains(section.key) { return [] }
    return entries.filter { !known.contains($0.key) }.map { entry in
      let message = "unknown option \(quoted(entry.key)) in section \(section.key)"
      return (entry.location, Diagnostic(message, help: help(entry, known: known, section: section.key)))
    }
  }

  private func help(_ entry: ConfigNode.Entry, known: [String], section: String) -> String {
    let key = entry.key
    if let help = foreignHelp(entry, section: section) { return help }
    if let spaced = spacedColon(key) { return "a space must follow the colon: \(spaced)" }
    if let near = suggestion(for: key, among: known) { return "did you mean \(near)?" }
    if let home = home(of: entry) { return home }
    return "section \(section) has \(unique(known).sorted().joined(separator: ", "))"
  }

  private func unknownTopLevel(_ entry: ConfigNode.Entry, topLevel: [String], sections: [String]) -> Diagnostic {
    let isSection = if case .mapping = entry.value.content { true } else { false }
    let message = "unknown \(isSection ? "section" : "option") \(quoted(entry.key))"
    if let help = foreignHelp(entry, section: nil) { return Diagnostic(message, help: help) }
    if let spaced = spacedColon(entry.key) {
      return Diagnostic(message, help: "a space must follow the colon: \(spaced)")
    }
    if !isSection, let home = home(of: entry) { return Diagnostic(message, help: home) }
    if let near = suggestion(for: entry.key, among: isSection ? sections : topLevel + sections) {
      return Diagnostic(message, help: "did you mean \(near)?")
    }
    if !isSection, let near = suggestion(for: entry.key, among: sections.flatMap { claims[$0] ?? [] }),
      let section = sections.first(where: { claims[$0]?.contains(near) == true })
    {
      let meant = entry.location.line == nil ? "--set \(section).\(near)=VALUE" : "\(near), in the section \(section)"
      return Diagnostic(message, help: "did you mean \(meant)?")
    }
    if let dotted = dottedHelp(entry.key, sections: sections) { return Diagnostic(message, help: dotted) }
    var choices: [String] = []
    if !sections.isEmpty { choices.append("sections: \(sections.joined(separator: ", "))") }
    if !topLevel.isEmpty { choices.append("options outside of sections: \(unique(topLevel).joined(separator: ", "))") }
    return Diagnostic(message, help: choices.isEmpty ? nil : choices.joined(separator: "; "))
  }

  /// Advice for an option that exists, but elsewhere.
  private func home(of entry: ConfigNode.Entry) -> String? {
    let key = entry.key
    if let section = claims.keys.compactMap({ $0 }).sorted().first(where: { claims[$0]?.contains(key) == true }) {
      return entry.location.line == nil
        ? "write --set \(section).\(key)=VALUE" : "\(key) belongs in the section \(section)"
    }
    guard claims[nil]?.contains(key) == true else { return nil }
    return entry.location.line == nil
      ? "write --set \(key)=VALUE" : "\(key) belongs outside of sections, at the left margin"
  }

  /// Advice for an option name of another program.
  private func foreignHelp(_ entry: ConfigNode.Entry, section: String?) -> String? {
    guard let meaning = foreignNames[entry.key] else { return nil }
    let known = meaning.paths.first { path in
      let (home, key) = parts(path)
      return claims[home]?.contains(key) == true
    }
    guard let known else { return meaning.advice }
    let (home, key) = parts(known)
    let remark = meaning.advice.map { "; \($0)" } ?? ""
    if entry.location.line == nil { return "here it is --set \(known)=VALUE\(remark)" }
    if home == section { return "here it is called \(key)\(remark)" }
    let place = home.map { "in the section \($0)" } ?? "outside of sections, at the left margin"
    return "here it is called \(key), and belongs \(place)\(remark)"
  }

  private func parts(_ path: String) -> (section: String?, key: String) {
    let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
    return parts.count == 2 ? (parts[0], parts[1]) : (nil, path)
  }

  /// Advice for `train.epochs: 5`, the form of overrides, in a file.
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
