import GanBase

/// A configuration: sections of options, read from YAML and overridden from the command line.
///
/// Readers declare sections and options by asking for them. `finish` then reports everything that nobody asked for,
/// together with all rejected values.
package struct ConfigDocument {
  /// The name of the file or other source, for messages.
  package let name: String
  private(set) var root: [ConfigNode.Entry] = []
  /// The keys that were asked for, by section; nil means the top level.
  private(set) var claims: [String?: [String]] = [:]
  private(set) var ignoredSections: Set<String> = []
  /// Option names of other programs.
  package var foreignNames = ForeignNames()
  /// Allowed values of options such as `model.name`, to suggest the right form of a section.
  private(set) var choices: [String: [String]] = [:]
  private var diagnostics: [(location: ConfigLocation, diagnostic: Diagnostic)] = []

  /// Reads a file.
  /// - Throws: `GanError.usage` for a file that cannot be read or is not YAML.
  package init(file path: FilePath) throws { try self.init(text: ConfigFile.read(path), name: path.shown) }

  /// Reads text; `name` is used as the file name in messages.
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

  /// A configuration without a file, for defaults and overrides only.
  package init(name: String = "configuration") { self.name = name }

  // MARK: - Reading

  /// Decodes the settings in a section, or at the top level with `section: nil`, on top of `base`. Rejected values are
  /// kept for `finish`, and the values in `base` are used. Several types may share a section.
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

  /// The text of an option such as `model.name`; nil if it is not given. Values that are not text are kept for
  /// `finish`.
  package mutating func text(_ path: String) -> String? {
    guard let node = claim(path) else { return nil }
    switch ValueFormat<String>.text().read(node) {
    case .success(let text): return text
    case .failure(let complaint):
      note(Diagnostic("\(path): \(complaint.message)", help: nil), at: node.location)
      return nil
    }
  }

  /// The text of a required option that must be one of `names`; nil, with an error for `finish`, if it is not.
  package mutating func name(_ path: String, among names: [String]) -> String? {
    let list = names.joined(separator: ", ")
    choices[path] = names
    guard let node = claim(path) else {
      // A malformed section is reported as such.
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

  /// Leaves the options of a section unchecked, because another command reads them or they are unknown. If it was asked
  /// for, it must still be a section.
  package mutating func ignore(section: String) { ignoredSections.insert(section) }

  /// Leaves everything except one section unchecked.
  package mutating func ignoreAll(except section: String) {
    ignoredSections.formUnion(root.map(\.key).filter { $0 != section })
  }

  /// Adds an error found by the caller, at the location of `path`, or else of its section, or of the file.
  package mutating func report(_ message: String, at path: String, help: String? = nil) {
    note(Diagnostic(message, help: help), at: location(of: path))
  }

  /// - Throws: one `GanError.usage` with all errors in the order of the file, if there are any.
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

  // MARK: - Locations

  /// The location of `path`.
  package func location(of path: String) -> ConfigLocation {
    let keys = path.split(separator: ".", maxSplits: 1).map(String.init)
    guard let first = keys.first, let entry = root.first(where: { $0.key == first }) else { return .source(name) }
    guard keys.count == 2 else { return entry.value.isNull ? entry.location : entry.value.location }
    if let option = entry.value.entries?.first(where: { $0.key == keys[1] }) { return option.value.location }
    // Options missing in a section that only overrides created are reported as missing in the file.
    return entry.location.line == nil ? .source(name) : entry.location
  }

  /// Whether the document gives a value for the option `path`.
  package func has(_ path: String) -> Bool { node(at: path) != nil }

  private func node(at path: String) -> ConfigNode? {
    let keys = path.split(separator: ".", maxSplits: 1).map(String.init)
    guard let first = keys.first, let entry = root.first(where: { $0.key == first }) else { return nil }
    return keys.count == 1 ? entry.value : entry.value.entries?.first { $0.key == keys[1] }?.value
  }

  private func isMisshapen(_ path: String) -> Bool {
    guard let section = path.split(separator: ".").first.flatMap({ node(at: String($0)) }) else { return false }
    return section.entries == nil
  }

  /// Advice if `section.key` is missing but the section has a key with a similar name.
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
