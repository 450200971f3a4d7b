import GanBase

/// Why a value was rejected; the option adds the allowed values.
struct Complaint: Error {
  let message: String
  /// A more specific remedy than the list of allowed values.
  var hint: String?
}

/// How values of one type are read and written in a configuration, and which are allowed.
struct ValueFormat<Value>: Sendable {
  /// The kind of value with its article: `a whole number`.
  let expected: String
  /// The plural: `whole numbers`.
  let plural: String
  /// The allowed values: `1 to 100`, `true or false`; empty if all are.
  let allowed: String
  let read: @Sendable (ConfigNode) -> Result<Value, Complaint>
  let write: @Sendable (Value) -> String

  static func refusal(_ expected: String, _ node: ConfigNode) -> Result<Value, Complaint> {
    .failure(Complaint(message: "expected \(expected), found \(node.found)"))
  }
}

extension ConfigNode {
  /// The text of an unquoted value; nil for others.
  fileprivate var plain: String? {
    guard case .scalar(let text, quoted: false) = content, !isNull else { return nil }
    return text
  }

  fileprivate var text: String? {
    guard case .scalar(let text, _) = content, !isNull else { return nil }
    return text
  }

  /// The complaint about a quoted value that would be valid without the quotes.
  fileprivate func quotesComplaint(_ expected: String, fits: (String) -> Bool) -> Complaint? {
    guard case .scalar(let text, quoted: true) = content, fits(text) else { return nil }
    return Complaint(
      message: "expected \(expected), found the text \(quoted(text))", hint: "remove the quotes: \(text)")
  }
}

extension ValueFormat where Value == Int {
  static func integer(in range: ClosedRange<Int>) -> ValueFormat {
    let expected = "a whole number"
    return ValueFormat(
      expected: expected, plural: "whole numbers", allowed: describe(range),
      read: { node in
        guard let text = node.plain else {
          if let complaint = node.quotesComplaint(expected, fits: isPlainNumber) { return .failure(complaint) }
          return refusal(expected, node)
        }
        switch parseWholeNumber(text) {
        case .value(let value) where range.contains(value): return .success(value)
        case .value, .tooLarge: return .failure(Complaint(message: "\(text) is out of range"))
        case .notWhole: return refusal(expected, node)
        }
      },
      write: { "\($0)" })
  }
}

extension ValueFormat where Value == Double {
  static func number(in range: NumberRange) -> ValueFormat {
    let expected = "a number"
    return ValueFormat(
      expected: expected, plural: "numbers", allowed: range.description,
      read: { node in
        guard let text = node.plain, let value = parseNumber(text) else {
          if let complaint = node.quotesComplaint(expected, fits: isPlainNumber) { return .failure(complaint) }
          return refusal(expected, node)
        }
        return range.contains(value) ? .success(value) : .failure(Complaint(message: "\(text) is out of range"))
      },
      write: { "\($0)" })
  }
}

extension ValueFormat where Value == Bool {
  static func flag() -> ValueFormat {
    let words = ["true": true, "yes": true, "on": true, "false": false, "no": false, "off": false]
    let expected = "true or false"
    return ValueFormat(
      expected: expected, plural: "flags", allowed: expected,
      read: { node in
        if let value = node.plain.flatMap({ words[$0.lowercased()] }) { return .success(value) }
        if let complaint = node.quotesComplaint(expected, fits: { words[$0.lowercased()] != nil }) {
          return .failure(complaint)
        }
        return refusal(expected, node)
      },
      write: { $0 ? "true" : "false" })
  }
}

extension ValueFormat where Value == String {
  static func text() -> ValueFormat {
    ValueFormat(
      expected: "text", plural: "texts", allowed: "",
      read: { node in node.text.map { .success($0) } ?? refusal("text", node) },
      write: yamlScalar)
  }
}

extension ValueFormat where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
  static func choice() -> ValueFormat {
    let names = Value.allCases.map(\.rawValue)
    let allowed = names.joined(separator: ", ")
    let expected = names.count == 1 ? allowed : "one of \(allowed)"
    return ValueFormat(
      expected: expected, plural: "values out of \(allowed)", allowed: allowed,
      read: { node in
        if let value = node.choiceText.flatMap(Value.init(rawValue:)) { return .success(value) }
        let near = node.choiceText.flatMap { suggestion(for: $0, among: names) }
        let message = "expected \(expected), found \(node.found)"
        return .failure(Complaint(message: message, hint: near.map { "did you mean \($0)?" }))
      },
      write: { yamlScalar($0.rawValue) })
  }
}

extension ConfigNode {
  /// The text of a choice, which may even be `null`.
  fileprivate var choiceText: String? {
    guard case .scalar(let text, _) = content, !text.isEmpty else { return nil }
    return text
  }
}

extension ValueFormat {
  /// The same format, or `null` for nil.
  func optional() -> ValueFormat<Value?> {
    ValueFormat<Value?>(
      expected: expected, plural: plural, allowed: allowed.isEmpty ? "" : "\(allowed), or null",
      read: { node in node.isNull ? .success(nil) : read(node).map { $0 } },
      write: { $0.map(write) ?? "null" })
  }

  /// The same format, or `auto` for nil.
  func automatic() -> ValueFormat<Value?> {
    let word = "auto"
    return ValueFormat<Value?>(
      expected: "\(expected) or \(word)", plural: plural, allowed: allowed.isEmpty ? "" : "\(allowed), or \(word)",
      read: { node in
        if case .scalar(word, _) = node.content { return .success(nil) }
        return read(node).map { $0 }
      },
      write: { $0.map(write) ?? word })
  }

  /// A list of such values, in brackets or as a block list.
  func list(count: ClosedRange<Int>) -> ValueFormat<[Value]> {
    let expected = "a list of \(plural)"
    let number = count == 0...Int.max ? "" : " (\(describe(count)) of them)"
    return ValueFormat<[Value]>(
      expected: expected, plural: "lists",
      allowed: ["any", ""].contains(allowed) ? expected + number : allowed + number,
      read: { node in
        guard case .sequence(let nodes) = node.content else {
          return .failure(Complaint(message: "expected \(expected), found \(node.found)", hint: listHint(node)))
        }
        guard count.contains(nodes.count) else {
          return .failure(Complaint(message: "expected \(describe(count)) \(plural), found \(nodes.count)"))
        }
        var values: [Value] = []
        for (index, element) in nodes.enumerated() {
          switch read(element) {
          case .success(let value): values.append(value)
          case .failure(let complaint):
            return .failure(Complaint(message: "value \(index + 1): \(complaint.message)", hint: complaint.hint))
          }
        }
        return .success(values)
      },
      write: { "[" + $0.map(write).joined(separator: ", ") + "]" })
  }

  private func listHint(_ node: ConfigNode) -> String? {
    guard case .scalar(let text, _) = node.content, case .success = read(node) else { return nil }
    return "put it in brackets: [\(text)]"
  }
}
