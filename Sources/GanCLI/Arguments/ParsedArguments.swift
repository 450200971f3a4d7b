import GanBase

/// The options and operands of one call of a command. Asking for a name that the specification does not declare is a
/// bug.
package struct ParsedArguments: Sendable {
  private let specification: CommandSpecification
  private let values: [String: [Argument]]
  private let operandValues: [String: [Argument]]

  init(specification: CommandSpecification, values: [String: [Argument]], operands: [String: [Argument]]) {
    self.specification = specification
    self.values = values
    operandValues = operands
  }

  // MARK: - Options

  /// Whether the option was given.
  package func flag(_ name: String) -> Bool { !list(name).isEmpty }

  package func string(_ name: String) -> String? { list(name).last }

  /// The value of a path option.
  package func path(_ name: String) -> FilePath? { paths(name).last }

  /// All values of a repeatable path option, in order.
  package func paths(_ name: String) -> [FilePath] { arguments(name).map(\.path) }

  /// All values of a repeatable option, in order.
  package func list(_ name: String) -> [String] { arguments(name).map(\.text) }

  private func arguments(_ name: String) -> [Argument] {
    precondition(specification.allOptions.contains { $0.name == name }, "\(name) is not declared")
    return values[name] ?? []
  }

  /// - Throws: `GanError.usage` if the value is not a whole number within `range`.
  package func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
    try string(name).map { text in
      guard let value = Int(text), range.contains(value) else {
        throw wrong(name, text, expected: "a whole number" + words(range))
      }
      return value
    }
  }

  /// - Throws: `GanError.usage` if the value is not a number within `range`.
  package func number(_ name: String, in range: ClosedRange<Double>) throws -> Double? {
    try string(name).map { text in
      guard let value = Double(text), value.isFinite, range.contains(value) else {
        throw wrong(name, text, expected: "a number from \(range.lowerBound) to \(range.upperBound)")
      }
      return value
    }
  }

  /// A number of bytes with a unit of 1024: `800M`, `2G`, `1.5GiB`.
  /// - Throws: `GanError.usage` if the value is none, or less than 1 MiB.
  package func bytes(_ name: String) throws -> Int? {
    try string(name).map { text in
      let digits = text.prefix { $0.isNumber || $0 == "." }
      let unit = text.dropFirst(digits.count).uppercased().trimmingSuffix("IB").trimmingSuffix("B")
      guard let number = Double(digits), let power = ["M": 20, "G": 30, "T": 40][unit],
        number * Double(1 << power) >= Double(1 << 20), number < 1e6
      else { throw wrong(name, text, expected: "a size such as 800M or 2G") }
      return Int(number * Double(1 << power))
    }
  }

  /// - Throws: `GanError.usage` if the value is not one of the names.
  package func choice(_ name: String, among names: [String]) throws -> String? {
    try string(name).map { text in
      guard names.contains(text) else {
        let near = suggestion(for: text, among: names).map { "did you mean \($0)?" }
        throw wrong(name, text, expected: "one of \(names.joined(separator: ", "))", help: near)
      }
      return text
    }
  }

  /// - Throws: `GanError.usage` if the value is not a raw value of the enumeration.
  package func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, as type: Choice.Type
  ) throws -> Choice? where Choice.RawValue == String {
    try choice(name, among: Choice.allCases.map(\.rawValue)).flatMap(Choice.init(rawValue:))
  }

  /// - Throws: `GanError.usage` if the option is missing.
  package func required(_ name: String) throws -> String {
    if let text = string(name) { return text }
    let placeholder = specification.options.first { $0.name == name }?.value ?? "VALUE"
    throw GanError.usage(
      "option \(name) is missing", help: "write \(name) \(placeholder); see 'ganctl \(specification.name) --help'")
  }

  /// The path of a required file.
  /// - Throws: `GanError.usage` if the option is missing.
  package func requiredPath(_ name: String) throws -> FilePath {
    _ = try required(name)
    return path(name) ?? ""
  }

  /// The path of a file to write.
  /// - Throws: `GanError.usage` if the path ends in a slash.
  package func outputPath(_ name: String) throws -> FilePath? {
    guard let text = string(name) else { return nil }
    if text.hasSuffix("/") {
      throw GanError.usage("is a folder, but a file is needed", at: text, help: "name a file with \(name)")
    }
    return path(name)
  }

  /// The required path of a file to write.
  /// - Throws: `GanError.usage` if the option is missing or the path ends in a slash.
  package func requiredOutput(_ name: String) throws -> FilePath {
    _ = try required(name)
    return try outputPath(name) ?? ""
  }

  // MARK: - Operands

  /// The value of a path operand; nil if it was omitted.
  package func operandPath(_ name: String) -> FilePath? { operandPaths(name).first }

  /// All values of a path operand.
  package func operandPaths(_ name: String) -> [FilePath] { operandArguments(name).map(\.path) }

  /// The value of an operand that occurs at most once; nil if it was omitted.
  package func operand(_ name: String) -> String? { operands(name).first }

  /// All values of an operand.
  package func operands(_ name: String) -> [String] { operandArguments(name).map(\.text) }

  private func operandArguments(_ name: String) -> [Argument] {
    precondition(specification.operands.contains { $0.name == name }, "\(name) is not declared")
    return operandValues[name] ?? []
  }

  // MARK: - Errors

  private func words(_ range: ClosedRange<Int>) -> String {
    if range.upperBound == Int.max { return range.lowerBound == Int.min ? "" : " of at least \(range.lowerBound)" }
    return range.lowerBound == Int.min
      ? " of at most \(range.upperBound)" : " from \(range.lowerBound) to \(range.upperBound)"
  }

  private func wrong(_ name: String, _ text: String, expected: String, help: String? = nil) -> GanError {
    .usage(
      "option \(name): expected \(expected), found \(quoted(text))",
      help: help ?? "see 'ganctl \(specification.name) --help'")
  }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
  }
}
