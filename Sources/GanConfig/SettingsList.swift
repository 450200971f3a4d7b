import GanBase

extension Option {
  /// A list of groups of options, such as `[{size: 64}, {size: 128, epochs: 20}]`. An option that a group leaves out
  /// has its default.
  /// - Parameter noun: what a group is, in the plural.
  package static func groups<Part: Settings & Sendable>(
    _ key: String, _ path: Path<[Part]>, of noun: String, count: ClosedRange<Int> = 0...Int.max, _ help: String
  ) -> Option {
    Option(key, path, ValueFormat<Part>.group(noun).list(count: count), help)
  }
}

extension ValueFormat where Value: Settings & Sendable {
  /// One group of options in braces.
  static func group(_ noun: String) -> ValueFormat {
    let keys = Value.options.map(\.key), expected = "a group of options such as {\(keys.first ?? ""): ...}"
    return ValueFormat(
      expected: expected, plural: noun, allowed: "each with \(keys.joined(separator: ", "))",
      read: { node in
        guard let entries = node.entries, !node.isNull else {
          return .failure(
            Complaint(message: "expected \(expected), found \(node.found)", hint: "its options are \(listed(keys))"))
        }
        return read(entries, keys)
      },
      write: { value in
        let written = Value.options.filter { $0.text(in: value) != $0.defaultText }
        return "{" + written.map { "\($0.key): \($0.text(in: value))" }.joined(separator: ", ") + "}"
      })
  }

  private static func read(_ entries: [ConfigNode.Entry], _ keys: [String]) -> Result<Value, Complaint> {
    var value = Value()
    for entry in entries {
      guard let option = Value.options.first(where: { $0.key == entry.key }) else {
        let near = suggestion(for: entry.key, among: keys).map { "did you mean \($0)?" }
        return .failure(
          Complaint(message: "unknown option \(quoted(entry.key))", hint: near ?? "its options are \(listed(keys))"))
      }
      if let complaint = option.read(&value, entry.value) {
        return .failure(
          Complaint(
            message: "\(option.key): \(complaint.message)",
            hint: complaint.hint ?? option.diagnostic(complaint, path: option.key).help))
      }
    }
    if let problem = value.problems().first {
      return .failure(Complaint(message: problem.message, hint: problem.help))
    }
    return .success(value)
  }

  private static func listed(_ keys: [String]) -> String { keys.joined(separator: ", ") }
}
