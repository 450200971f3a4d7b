import GanBase

/// The settings of a fixture (`spec.json`): what the official program was run with.
package struct Spec {
  private let values: [String: Any]
  /// The file, for messages.
  package let path: String

  package init(_ values: [String: Any], path: String) { (self.values, self.path) = (values, path) }

  package func has(_ key: String) -> Bool { values[key] != nil }

  package func text(_ key: String) throws -> String { try value(key, "a text") { $0 as? String } }
  package func integer(_ key: String) throws -> Int { try value(key, "a whole number") { exactInteger($0) } }
  package func number(_ key: String) throws -> Double { try value(key, "a number") { number(from: $0) } }
  package func flag(_ key: String) throws -> Bool { try value(key, "true or false") { $0 as? Bool } }
  package func texts(_ key: String) throws -> [String] { try value(key, "a list of texts") { $0 as? [String] } }
  package func numbers(_ key: String) throws -> [Double] {
    try value(key, "a list of numbers") { list in
      guard let list = list as? [Any] else { return nil }
      let numbers = list.compactMap { number(from: $0) }
      return numbers.count == list.count ? numbers : nil
    }
  }

  package func integer(_ key: String, default fallback: Int) throws -> Int { has(key) ? try integer(key) : fallback }
  package func number(_ key: String, default fallback: Double) throws -> Double {
    has(key) ? try number(key) : fallback
  }
  package func flag(_ key: String, default fallback: Bool) throws -> Bool { has(key) ? try flag(key) : fallback }
  package func texts(_ key: String, default fallback: [String]) throws -> [String] {
    has(key) ? try texts(key) : fallback
  }

  /// A whole number in a range; one that is missing may have a value all the same.
  package func integer(_ key: String, in range: ClosedRange<Int>, default fallback: Int? = nil) throws -> Int {
    let found = try fallback.map { try integer(key, default: $0) } ?? integer(key)
    guard range.contains(found) else {
      throw GanError.checkpoint("\(key): expected \(range.lowerBound) to \(range.upperBound), found \(found)", at: path)
    }
    return found
  }

  /// An object inside.
  package func section(_ key: String) throws -> Spec {
    Spec(try value(key, "an object") { $0 as? [String: Any] }, path: "\(path): \(key)")
  }

  /// A text that names one of the cases.
  package func choice<Choice: RawRepresentable & CaseIterable>(_ key: String) throws -> Choice
  where Choice.RawValue == String {
    let found = try text(key)
    guard let choice = Choice(rawValue: found) else {
      let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw GanError.checkpoint("\(key): expected one of \(known), found \"\(found)\"", at: path)
    }
    return choice
  }

  private func value<Value>(_ key: String, _ expected: String, _ read: (Any) -> Value?) throws -> Value {
    guard let found = values[key] else { throw GanError.checkpoint("\(key) is missing", at: path) }
    guard let value = read(found) else {
      throw GanError.checkpoint("\(key): expected \(expected), found \(found)", at: path)
    }
    return value
  }

  private func number(from value: Any) -> Double? {
    if value is Bool { return nil }
    return (value as? Double) ?? (value as? Int).map(Double.init)
  }

  private func exactInteger(_ value: Any) -> Int? { number(from: value).flatMap { Int(exactly: $0) } }
}
