import Foundation
import GanBase

/// The text as content of HTML, in quotes too: nothing that a file says can become markup. Control characters are shown
/// in their written form.
func escaped(_ text: String) -> String { escapedMarkup(text.shown) }

/// The same for text of several lines.
func escaped(page text: String) -> String {
  text.split(separator: "\n", omittingEmptySubsequences: false).map { escaped(String($0)) }.joined(separator: "\n")
}

private func escapedMarkup(_ text: String) -> String {
  guard text.utf8.contains(where: { [0x26, 0x3C, 0x3E, 0x22, 0x27].contains($0) }) else { return text }
  return text.reduce(into: "") { result, character in
    switch character {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    default: result.append(character)
    }
  }
}

/// Seconds as `42 s`, `3 min`, `1 h 2 min`, `2 d 3 h`.
func duration(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds >= 0, seconds < 1e11 else { return "?" }
  if seconds < 90 { return "\(Int(seconds.rounded())) s" }
  let minutes = Int((seconds / 60).rounded())
  if minutes < 90 { return "\(minutes) min" }
  let hours = minutes / 60
  return hours < 48 ? "\(hours) h \(minutes % 60) min" : "\(hours / 24) d \(hours % 24) h"
}
