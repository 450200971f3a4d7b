/// The forms in which options are documented.
public enum DocumentationStyle: Sendable {
  /// Aligned columns for a terminal.
  case plain
  /// A Markdown table.
  case markdown
}

/// A table of all options of a settings type: key, default, what is allowed, help.
public func documentation<Root: Settings>(of type: Root.Type, style: DocumentationStyle = .plain) -> String {
  let rows = Root.options.map { option in
    [option.key, option.defaultText, option.allowed.isEmpty ? option.expected : option.allowed, option.help]
  }
  switch style {
  case .plain: return plainDocumentation(rows)
  case .markdown: return markdownTable(["option", "default", "allowed", "meaning"], rows)
  }
}

/// Two lines an option: long lists of choices would tear four columns apart on a terminal.
private func plainDocumentation(_ rows: [[String]]) -> String {
  let width = rows.map { $0[0].count }.max() ?? 0
  return rows.map { row in
    let key = row[0] + String(repeating: " ", count: width - row[0].count)
    let allowed = row[2] == "any" ? "" : "\(row[2]); "
    return "  \(key)  \(row[3])\n  \(String(repeating: " ", count: width))  (\(allowed)default \(row[1]))\n"
  }.joined()
}

private func markdownTable(_ head: [String], _ rows: [[String]]) -> String {
  func line(_ cells: [String]) -> String {
    "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
  }
  let body = rows.map { line(["`\($0[0])`", "`\($0[1])`", $0[2], $0[3]]) }
  return line(head) + "|" + String(repeating: " --- |", count: head.count) + "\n" + body.joined()
}
