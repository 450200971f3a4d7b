/// Terms and their explanations in two columns, wrapped at 80 columns; each line ends with a newline.
func definitionList(_ definitions: [(term: String, text: String)]) -> String {
  // The explanation of a very long term starts on the next line.
  let widest = definitions.map { displayWidth($0.term) }.filter { $0 <= 28 }.max() ?? 28
  let margin = 2 + widest + 2
  return definitions.map { term, text in
    let lines = wrap(text, width: 80 - margin)
    let indentation = String(repeating: " ", count: margin)
    let head = "  " + term
    let gap = margin - displayWidth(head)
    let first = gap >= 2 ? head + String(repeating: " ", count: gap) : head + "\n" + indentation
    return first + lines.joined(separator: "\n" + indentation) + "\n"
  }.joined()
}

/// Wraps `text` between words; a word longer than `width` gets its own line.
func wrap(_ text: String, width: Int) -> [String] {
  var lines: [String] = []
  var line = ""
  for word in text.split(separator: " ") {
    if !line.isEmpty, displayWidth(line) + 1 + displayWidth(String(word)) > width {
      lines.append(line)
      line = ""
    }
    line += (line.isEmpty ? "" : " ") + word
  }
  return lines + (line.isEmpty && !lines.isEmpty ? [] : [line])
}
