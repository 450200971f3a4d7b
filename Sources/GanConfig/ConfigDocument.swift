import GanBase

/// A configuration: sections of options, read from YAML and overridden from the command line.
///
/// Whoever reads it decides which sections and options there are, by asking for them; `finish` then reports what was
/// written but never asked for, together with every value that was refused.
package struct ConfigDocument {
  /// The file or other source, as messages show it.
  package let name: String
  private(set) var root: [ConfigNode.Entry] = []
  /// The keys that were asked for, by section; nil is the top level.
  private(set) var claims: [String?: [String]] = [:]
  private(set) var ignoredSections: Set<String> = []
  /// What options are called in other programs.
  package var foreignNames = ForeignNames()
  /// The names that options take (`model.name`), to suggest the right form of a section.
  private(set) var choices: [String: [String]] = [:]
  private var diagnostics: [(location: ConfigLocation, diagnostic: Diagnostic)] = []

  /// Reads a file.
  /// - Throws: `GanError.usage` for a file that cannot be read or is no YAML.
  package init(file path: FilePath) throws { try self.init(text: ConfigFile.read(path), name: path.shown) }

  /// Reads text; `name` stands for a file's name in messages.
  package init(text: String, name: String) throws {
    self.name = name
    var parser = ConfigParser(name: name)
    let node = try parser.parse(text)
    diagnostics = parser.diagnostics.map { ($0.0, $0.1) }
    guard let entries = node.entries else {
      let spaced = if case .scalar(let text, _) = node.content { spacedColon(text) } else { String?.none }
      throw GanError.usage(
        "expected sections of options, found \(node.found)", at: node.location.description,
        help: spaced.map { "a space must follow the colon: \($0)" }
          ?? "start with a section, for instance\n    train:\n      epochs: 200")
    }
    root = entries
  }

  /// A configuration without a file, for defaults and overrides alone.
  package init(name: String = "configuration") { self.name = name }

  // MARK: - Reading

  /// The settings that a section holds, on top of `base`; the top level's with `section: nil`. Refused values are
  /// noted for `finish` and keep their value in `base`. Several types may share a section.
  package mutating func decode<Root: Settings>(
    _ type: Root.Type, section: String? = nil, over base: Root = Root()
  ) -> Root {
    var settings = base
    var isComplete = true
    let options = Root.options
    claims[section, default: []] += options.map(\.key)
    for entry in entries(of: section) {
      guard let option = options.first(where: { $0.key == entry.key }) else { continue }
      if let complaint = option.read(&settings, entry.value) {
        isComplete = false
        note(option.diagnostic(complaint, path: path(section, option.key)), at: entry.value.location)
      }
    }
    for problem in isComplete ? settings.problems() : [] {
      report(problem.message, at: path(section, problem.key), help: problem.help)
    }
    return settings
  }

  /// The text of one option (`model.name`), nil where it is not given. Other than text is noted for `finish`.
  package mutating func text(_ path: String) -> String? {
    guard let node = claim(path) else { return nil }
    switch ValueFormat<String>.text().read(node) {
    case .success(let text): return text
    case .failure(let complaint):
      note(Diagnostic("\(path): \(complaint.message)", help: nil), at: node.location)
      return nil
    }
  }

  /// The text of an option that must be given and be one of `names`; nil, with a note for `finish`, where it is not.
  package mutating func name(_ path: String, among names: [String]) -> String? {
    let list = names.joined(separator: ", ")
    choices[path] = names
    guard let node = claim(path) else {
      // A section of the wrong form is reported as such.
      if !isMisshapen(path) { report("\(path) is missing", at: path, help: misspelt(path) ?? "give one of \(list)") }
      return nil
    }
    if case .scalar(let text, _) = node.content, names.contains(text) { return text }
    var help = "give one of \(list)"
    if case .scalar(let text, _) = node.content, let near = suggestion(for: text, among: names) {
      help = "did you mean \(near)? There are \(list)"
    }
    note(Diagnostic("\(path): unknown name, found \(node.found)", help: help), at: node.location)
    return nil
  }

  /// Whether an option or section is written in the file or given as an override.
  package func contains(_ path: String) -> Bool { node(at: path) != nil }

  /// Leaves the options of a section unchecked, because they belong to another command or cannot be known. A section
  /// that was asked for must still be one.
  package mutating func ignore(section: String) { ignoredSections.insert(section) }

  /// The same for all sections and top-level options but one section, for whoever reads only that.
  package mutating func ignoreAll(except section: String) {
    ignoredSections.formUnion(root.map(\.key).filter { $0 != section })
  }

  /// Notes a fault found by the caller, with the place where `path` is written, or else its section, or the file.
  package mutating func report(_ message: String, at path: String, help: String? = nil) {
    note(Diagnostic(message, help: help), at: location(of: path))
  }

  /// - Throws: one `GanError.usage` with all faults in the order of the file, if there are any.
  package func finish() throws {
    let all = diagnostics.map { ($0.location, $0.diagnostic) } + unclaimed()
    guard !all.isEmpty else { return }
    let order = all.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }
    throw GanError(
      .usage,
      order.map { _, fault in
        Diagnostic(fault.1.message, at: fault.0.description, help: fault.1.help)
      })
  }

  // MARK: - Places

  /// Where `path` is written.
  package func location(of path: String) -> ConfigLocation {
    let keys = path.split(separator: ".", maxSplits: 1).map(String.init)
    guard let first = keys.first, let entry = root.first(where: { $0.key == first }) else { return .source(name) }
    guard keys.count == 2 else { return entry.value.isNull ? entry.location : entry.value.location }
    if let option = entry.value.entries?.first(where: { $0.key == keys[1] }) { return option.value.location }
    // What is missing in a section that overrides alone made is missing in the file.
    return entry.location.line == nil ? .source(name) : entry.location
  }

  private func node(at path: String) -> ConfigNode? {
    let keys = path.split(separator: ".", maxSplits: 1).map(String.init)
    guard let first = keys.first, let entry = root.first(where: { $0.key == first }) else { return nil }
    return keys.count == 1 ? entry.value : entry.value.entries?.first { $0.key == keys[1] }?.value
  }

  private func isMisshapen(_ path: String) -> Bool {
    guard let section = path.split(separator: ".").first.flatMap({ node(at: String($0)) }) else { return false }
    return section.entries == nil
  }

  /// What the key that was meant for `section.key` is written as, where only the section's options can tell.
  private func misspelt(_ path: String) -> String? {
    let keys = path.split(separator: ".", maxSplits: 1).map(String.init)
    let written = keys.count == 2 ? entries(of: keys[0]).map(\.key) : []
    return keys.last.flatMap { key in
      suggestion(for: key, among: written).map { "write \(key) for \($0), which stands there" }
    }
  }

  private mutating func claim(_ path: String) -> ConfigNode? {
    let keys = path.split(separator: ".", maxSplits: 1).map(String.init)
    let section = keys.count == 2 ? keys[0] : nil
    claims[section, default: []] += keys.suffix(1)
    return node(at: path)
  }

  private func path(_ section: String?, _ key: String) -> String { section.map { "\($0).\(key)" } ?? key }

  private func entries(of section: String?) -> [ConfigNode.Entry] {
    guard let section else { return root }
    return root.first { $0.key == section }?.value.entries ?? []
  }

  mutating func note(_ diagnostic: Diagnostic, at location: ConfigLocation) {
    diagnostics.append((location, diagnostic))
  }

  mutating func replace(_ entries: [ConfigNode.Entry]) { root = entries }
}
