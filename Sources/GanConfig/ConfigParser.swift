import GanBase
import Yams

/// Parses YAML text into nodes with locations, using Yams.
struct ConfigParser {
  /// The nesting limit, which keeps malicious files from exhausting the stack.
  private static let deepestLevel = 32
  /// The limit for values: with nested aliases, a short file can expand to more values than memory holds.
  private static let mostValues = 100_000
  /// The limit for anchors: chained aliases could exceed the parser's own depth limit many times over.
  private static let mostAnchors = 16

  let name: String
  private(set) var diagnostics: [(ConfigLocation, Diagnostic)] = []
  private var disguises: [TextPosition: String] = [:]
  private var values = 0

  init(name: String) { self.name = name }

  /// The root of the document; an empty scalar for an empty document. Recoverable errors are added to `diagnostics`.
  /// - Throws: `GanError.usage` if the text is not YAML.
  mutating func parse(_ text: String) throws -> ConfigNode {
    try checkAnchors(text)
    var composer = DuplicateTolerantComposer(text)
    let start = ConfigLocation.file(name, line: 1, column: 1)
    do {
      guard let root = try composer.compose() else {
        return ConfigNode(content: .scalar("", quoted: false), location: start)
      }
      disguises = composer.originalKeys
      return try convert(root, level: 0)
    } catch let error as YamlError {
      throw syntaxError(error, name: name, text: text)
    }
  }

  private func checkAnchors(_ text: String) throws {
    var previous: Character = " "
    var anchors = 0
    for character in text {
      if previous == "&", character.isLetter || character.isNumber || character == "_" || character == "-" {
        anchors += 1
      }
      previous = character
    }
    guard anchors > ConfigParser.mostAnchors else { return }
    throw GanError.usage(
      "has more than \(ConfigParser.mostAnchors) anchors (&name)", at: name, help: "write the values out instead")
  }

  private func place(_ mark: Mark?) -> ConfigLocation {
    mark.map { .file(name, line: $0.line, column: $0.column) } ?? .source(name)
  }

  private mutating func convert(_ node: Node, level: Int) throws -> ConfigNode {
    let location = place(node.mark)
    values += 1
    guard level <= ConfigParser.deepestLevel, values <= ConfigParser.mostValues else {
      throw GanError.usage(
        level > ConfigParser.deepestLevel ? "is nested too deeply" : "expands to too many values",
        at: location.description, help: "a configuration has sections, and options within them, and nothing deeper")
    }
    switch node {
    case .scalar(let scalar):
      let isText = scalar.style != .plain || scalar.tag.description == Tag.Name.str.rawValue
      return ConfigNode(content: .scalar(scalar.string, quoted: isText), location: location)
    case .sequence(let sequence):
      let values = try sequence.map { try convert($0, level: level + 1) }
      return ConfigNode(content: .sequence(values), location: location)
    case .mapping(let mapping):
      return ConfigNode(content: .mapping(try entries(of: mapping, level: level)), location: location)
    case .alias:
      return ConfigNode(content: .scalar("", quoted: false), location: location)
    }
  }

  private mutating func entries(of mapping: Node.Mapping, level: Int) throws -> [ConfigNode.Entry] {
    var entries: [ConfigNode.Entry] = []
    var places: [String: ConfigLocation] = [:]
    var merged: [ConfigNode.Entry] = []
    for (key, value) in mapping {
      guard let entry = try entry(key, value, level: level) else { continue }
      if let first = places[entry.key] {
        noteRepeated(entry, first)
        continue
      }
      places[entry.key] = entry.location
      if entry.key == "<<", key.scalar?.style == .plain {
        merged += mergedEntries(entry.value)
      } else {
        entries.append(entry)
      }
    }
    // A mapping's own keys take precedence over merged ones, and earlier merges over later ones.
    for entry in merged where !entries.contains(where: { $0.key == entry.key }) { entries.append(entry) }
    return entries
  }

  private mutating func entry(_ key: Node, _ value: Node, level: Int) throws -> ConfigNode.Entry? {
    let location = place(key.mark)
    guard let scalar = key.scalar else {
      let problem = Diagnostic("expected a key, found a list or group", help: "write it as `key: value`")
      diagnostics.append((location, problem))
      return nil
    }
    let name = key.mark.flatMap { disguises[TextPosition($0)] } ?? scalar.string
    return ConfigNode.Entry(key: name, location: location, value: try convert(value, level: level + 1))
  }

  private mutating func noteRepeated(_ entry: ConfigNode.Entry, _ first: ConfigLocation) {
    let help = first.line.map { "it is already given in line \($0); keep one of the two" } ?? "keep one of them"
    diagnostics.append((entry.location, Diagnostic("the key \(quoted(entry.key)) is given twice", help: help)))
  }

  /// The entries merged by YAML's merge key (`<<: *anchor` or a list of them).
  private mutating func mergedEntries(_ node: ConfigNode) -> [ConfigNode.Entry] {
    switch node.content {
    case .mapping(let entries): return entries
    case .sequence(let nodes): return nodes.flatMap { mergedEntries($0) }
    case .scalar:
      let problem = Diagnostic("`<<` merges groups of options, found \(node.found)", help: "write `<<: *anchor`")
      diagnostics.append((node.location, problem))
      return []
    }
  }
}
