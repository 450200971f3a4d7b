import GanBase

extension ConfigDocument {
  /// The list of names under a key of another program's YAML text: a sequence, or a mapping whose keys are 0, 1, 2, ...
  /// in any order.
  /// - Parameter file: for messages.
  /// - Throws: `GanError` (usage) with the line, if the text is not YAML, or the key holds something else.
  package static func names(in text: String, key: String, file: String) throws -> [String] {
    var parser = ConfigParser(name: file)
    let root = try parser.parse(text)
    guard let entry = root.entries?.first(where: { $0.key == key }) else {
      throw GanError.usage("has no list \(key)", at: file)
    }
    func scalar(_ node: ConfigNode) throws -> String {
      guard case .scalar(let name, quoted: _) = node.content else {
        throw GanError.usage("\(key): expected a name, found \(node.found)", at: node.location.description)
      }
      return name
    }
    if case .sequence(let values) = entry.value.content { return try values.map(scalar) }
    guard let entries = entry.value.entries else {
      throw GanError.usage("\(key): expected a list, found \(entry.value.found)", at: entry.location.description)
    }
    let numbered = try entries.map { (number: Int($0.key), name: try scalar($0.value), place: $0.location) }
    var names = [String?](repeating: nil, count: numbered.count)
    for item in numbered {
      guard let number = item.number, names.indices.contains(number), names[number] == nil else {
        throw GanError.usage(
          "\(key): expected the numbers from 0 to \(names.count - 1), each once", at: item.place.description)
      }
      names[number] = item.name
    }
    return names.compactMap { $0 }
  }
}
