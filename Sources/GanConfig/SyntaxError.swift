import GanBase
import Yams

/// The error for text that is not YAML: the message of Yams with our form of location, and a remedy for common causes.
func syntaxError(_ error: YamlError, name: String, text: String) -> GanError {
  switch error {
  case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
    .composer(let context, let problem, let mark, _):
    return syntaxError(problem, context: context, mark: mark, name: name, text: text)
  case .reader(let problem, let offset, let value, _):
    let place = offset.map { ":" + lineAndColumn(of: $0, in: text) } ?? ""
    let character = value >= 0 ? " (character \(value))" : ""
    return .usage(
      "not valid YAML: \(problem)\(character)", at: name + place,
      help: "remove the character, or write it as an escape in double quotes")
  case .duplicatedKeysInMapping(let duplicates, let context):
    let keys = duplicates.prefix(10).map(quoted).joined(separator: ", ") + (duplicates.count > 10 ? ", ..." : "")
    return .usage(
      "keys are given more than once: \(keys)", at: "\(name):\(context.mark.line):\(context.mark.column)",
      help: "keep one of each")
  default:
    return .usage("not valid YAML", at: name)
  }
}

private func syntaxError(
  _ problem: String, context: YamlError.Context?, mark: Mark, name: String, text: String
) -> GanError {
  // Parser errors about a missing `]` or quote point at the end of the file; their context has the start.
  let begun = context.map { $0.mark.line == mark.line ? " \($0.text)" : " \($0.text) begun in line \($0.mark.line)" }
  return .usage(
    "not valid YAML: \(problem.replacing("hexdecimal", with: "hexadecimal"))\(begun ?? "")",
    at: "\(name):\(mark.line):\(mark.column)",
    help: missingSpace(problem, mark.line, text)
      ?? remedy(problem, context: context?.text ?? "", line: line(mark.line, of: text)))
}

/// Advice for `key:value`, which YAML reads as text, so that it fails at what follows.
private func missingSpace(_ problem: String, _ number: Int, _ text: String) -> String? {
  guard problem.contains("mapping values are not allowed") || problem.contains("expected ':'") else { return nil }
  let earlier = stride(from: number, through: max(1, number - 2), by: -1)
  return earlier.lazy.compactMap { spacedColon(String(line($0, of: text))) }.first.map {
    "a space must follow the colon: \($0)"
  }
}

/// `key: value` for a line `key:value`; nil for other lines.
func spacedColon(_ line: String) -> String? {
  let parts = line.drop(while: \.isWhitespace).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
  guard parts.count == 2, !parts[0].isEmpty, let next = parts[1].first, !next.isWhitespace, next != ":", next != "/",
    parts[0].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") })
  else { return nil }
  return "\(parts[0]): \(parts[1])"
}

/// Advice for double-quoted text with backslashes, such as Windows paths.
private func withoutEscapes(_ line: Substring) -> String {
  let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
  let advice = "in double quotes a backslash begins an escape; "
  guard parts.count >= 2, parts[1].contains("\\") else { return advice + "use single quotes" }
  return advice + "write '\(parts[1])' in single quotes, or \(parts[1].replacing("\\", with: "/"))"
}

private func remedy(_ problem: String, context: String, line: Substring) -> String {
  let isTab = problem.contains("cannot start any token") && line.contains("\t")
  if isTab || problem.contains("tab") || line.prefix(while: \.isWhitespace).contains("\t") {
    return "indent with spaces; YAML does not allow tabs"
  }
  if problem.contains("undefined alias") { return "`*name` repeats a value marked `&name`; put text in quotes" }
  if problem.contains("cannot start any token") { return "put text that starts with this character in quotes" }
  if problem.contains("another document") { return "keep one document: remove the line `---` and what follows" }
  if problem.contains("nesting") { return "a configuration has sections, and options within them, and nothing deeper" }
  if problem.contains("mapping values are not allowed") {
    return "check the indentation; text that contains `: ` needs quotes"
  }
  if problem.contains("could not find expected ':'") { return "write `key: value`, with a space after the colon" }
  if problem.contains("',' or ']'") || problem.contains("',' or '}'") || context.contains("flow") {
    return "close the bracket, and put a comma between values"
  }
  if ["hexdecimal", "unknown escape", "Unicode character code"].contains(where: problem.contains) {
    return withoutEscapes(line)
  }
  if context.contains("quoted scalar") { return "close the quotation mark" }
  return "check the indentation: all options of a section must be indented by the same number of spaces"
}

private func line(_ number: Int, of text: String) -> Substring {
  let lines = text.split(maxSplits: number, omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  return lines.indices.contains(number - 1) ? lines[number - 1] : ""
}

private func lineAndColumn(of offset: Int, in text: String) -> String {
  let before = text.prefix(offset)
  let lines = before.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  return "\(lines.count):\((lines.last?.count ?? 0) + 1)"
}
