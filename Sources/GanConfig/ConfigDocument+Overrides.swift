import GanBase

extension ConfigDocument {
  /// Applies an override `SECTION.KEY=VALUE`, as given with `--set`; the last one for a key wins. A value that begins
  /// with a bracket, brace or quotation mark is parsed as YAML, any other is used literally. Errors are kept for
  /// `finish`.
  package mutating func override(_ assignment: String) {
    let location = ConfigLocation.source("--set \(assignment)")
    guard let equals = assignment.firstIndex(of: "="), equals != assignment.startIndex else {
      return note(
        Diagnostic("expected SECTION.KEY=VALUE", help: "for instance --set train.epochs=5"), at: location)
    }
    let keys = String(assignment[..<equals]).trimmingSpaces
      .split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard keys.allSatisfy({ !$0.isEmpty }) else {
      return note(
        Diagnostic("expected SECTION.KEY before the `=`", help: "for instance --set train.epochs=5"), at: location)
    }
    guard let value = value(String(assignment[assignment.index(after: equals)...]), location) else { return }
    replace(setting(value, at: keys.map(String.init), in: root, location))
  }

  private mutating func value(_ text: String, _ location: ConfigLocation) -> ConfigNode? {
    let trimmed = text.trimmingSpaces
    guard let first = trimmed.first, "[{\"'".contains(first) else {
      return ConfigNode(content: .scalar(trimmed, quoted: false), location: location)
    }
    var parser = ConfigParser(name: location.description)
    do {
      return try parser.parse(trimmed).moved(to: location)
    } catch {
      let reason = (error as? GanError)?.diagnostics.first
      note(Diagnostic(reason?.message ?? "\(error)", help: reason?.help), at: location)
      return nil
    }
  }

  private mutating func setting(
    _ value: ConfigNode, at keys: [String], in entries: [ConfigNode.Entry], _ location: ConfigLocation
  ) -> [ConfigNode.Entry] {
    guard let key = keys.first else { return entries }
    var result = entries
    let index = result.firstIndex { $0.key == key }
    var entry = ConfigNode.Entry(key: key, location: location, value: value)
    if keys.count > 1 {
      // An existing section keeps its position and its other options. A value that is not a section is reported there.
      let section = index.map { result[$0] }
      guard let inner = section.map({ $0.value.entries }) ?? [] else { return entries }
      let content = setting(value, at: Array(keys.dropFirst()), in: inner, location)
      entry = ConfigNode.Entry(
        key: key, location: section?.location ?? location,
        value: ConfigNode(content: .mapping(content), location: section?.value.location ?? location))
    }
    if let index { result[index] = entry } else { result.append(entry) }
    return result
  }
}

extension ConfigNode {
  /// A copy with all locations replaced.
  fileprivate func moved(to place: ConfigLocation) -> ConfigNode {
    switch content {
    case .scalar: return ConfigNode(content: content, location: place)
    case .sequence(let values):
      return ConfigNode(content: .sequence(values.map { $0.moved(to: place) }), location: place)
    case .mapping(let entries):
      let moved = entries.map { Entry(key: $0.key, location: place, value: $0.value.moved(to: place)) }
      return ConfigNode(content: .mapping(moved), location: place)
    }
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    var rest = Substring(self)
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }
}
