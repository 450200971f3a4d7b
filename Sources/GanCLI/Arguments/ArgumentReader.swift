import Foundation
import GanBase

/// Reads a command's arguments against its specification.
struct ArgumentReader {
  private let specification: CommandSpecification
  private var rest: ArraySlice<Argument>
  private var values: [String: [Argument]] = [:]
  private var operands: [Argument] = []

  /// - Throws: `GanError.usage` for arguments that the specification does not allow, with a suggestion.
  static func read(_ arguments: [Argument], _ specification: CommandSpecification) throws -> ParsedArguments {
    var reader = ArgumentReader(specification: specification, rest: arguments[...])
    try reader.readAll()
    let operands = try reader.assignOperands()
    return ParsedArguments(specification: specification, values: reader.values, operands: operands)
  }

  /// Whether the arguments ask for help, even if they are otherwise wrong.
  static func asksForHelp(_ arguments: [Argument]) -> Bool {
    arguments.map(\.text).prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
  }

  private init(specification: CommandSpecification, rest: ArraySlice<Argument>) {
    self.specification = specification
    self.rest = rest
  }

  private mutating func readAll() throws {
    while let argument = rest.popFirst() {
      if argument.text == "--" {
        operands += rest
        return
      }
      // A single dash conventionally means a standard stream.
      if argument.text.hasPrefix("-"), argument.text != "-" {
        try readOption(argument)
      } else {
        operands.append(argument)
      }
    }
  }

  private mutating func readOption(_ argument: Argument) throws {
    let parts = argument.parts
    guard let option = option(spelled: parts.name) else {
      let next = rest.first.flatMap { $0.text.hasPrefix("-") ? nil : $0 }
      throw unknown(parts.name, value: (parts.value ?? next)?.text)
    }
    if values[option.name] != nil, !option.isRepeatable {
      throw usage("option \(option.name) is given twice", "give it once")
    }
    guard let placeholder = option.value else {
      guard parts.value == nil else {
        throw usage("option \(option.name) takes no value", "write \(option.name) alone")
      }
      values[option.name, default: []].append(Argument(""))
      return
    }
    guard let value = parts.value ?? takeValue() else {
      throw usage("option \(option.name) needs a value", "write \(option.name) \(placeholder)")
    }
    try checkList(option, value.text)
    values[option.name, default: []].append(value)
  }

  /// Reports lists with spaces in them, which would otherwise be reported as unexpected operands.
  private func checkList(_ option: OptionSpecification, _ value: String) throws {
    let further = rest.map(\.text).prefix { word in
      let names = word.split(separator: ",").map(String.init)
      return !names.isEmpty && names.allSatisfy(option.words.contains) && access(word, F_OK) != 0
    }
    guard !further.isEmpty else { return }
    let names = ([value] + further).flatMap { $0.split(separator: ",") }.joined(separator: ",")
    throw usage(
      "option \(option.name): separate names with commas, without spaces", "write \(option.name) \(names)")
  }

  /// The next argument, unless it is an option of this command. Negative numbers are thus allowed.
  private mutating func takeValue() -> Argument? {
    guard let next = rest.first, next.text != "--" else { return nil }
    return option(spelled: next.parts.name) == nil ? rest.popFirst() : nil
  }

  private func option(spelled text: String) -> OptionSpecification? {
    specification.allOptions.first { option in option.name == text || option.short.map { "-\($0)" == text } == true }
  }

  private func unknown(_ spelling: String, value: String?) -> GanError {
    if let hint = specification.hints.option(spelling, value) { return usage("unknown option \(spelling)", hint) }
    let near = suggestion(for: spelling, among: specification.allOptions.map(\.name))
    return usage("unknown option \(spelling)" + (near.map { "; did you mean \($0)?" } ?? ""))
  }

  /// Operands by name, in the order of the specification.
  private func assignOperands() throws -> [String: [Argument]] {
    var rest = operands[...]
    var assigned: [String: [Argument]] = [:]
    for operand in specification.operands {
      if operand.isRequired, rest.isEmpty { throw usage("\(operand.name) is missing (\(operand.help))") }
      let taken = operand.takesSeveral ? rest : rest.prefix(1)
      assigned[operand.name] = Array(taken)
      rest = rest.dropFirst(taken.count)
    }
    guard let extra = rest.first else { return assigned }
    throw usage("unexpected argument \(quoted(extra.text))", specification.hints.argument(extra.text))
  }

  private func usage(_ message: String, _ help: String? = nil) -> GanError {
    let pointer = "see 'ganctl \(specification.name) --help'"
    return .usage(message, help: help.map { "\($0); \(pointer)" } ?? pointer)
  }
}

/// `text` in double quotes; the console escapes control characters.
func quoted(_ text: String) -> String { "\"\(text)\"" }
