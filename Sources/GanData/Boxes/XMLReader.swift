import Foundation
import GanBase

/// Reads the XML that programs write for boxes: elements and text. Attributes are passed over; document types, which can
/// make a small file expand to any size, are refused. (Foundation's parser would need a further library of the system.)
struct XMLReader {
  struct Element {
    let name: String
    /// From 1.
    let line: Int
    /// Its own text without spaces around it.
    var text = ""
    var children: [Element] = []

    func child(_ name: String) -> Element? { children.first { $0.name == name } }
  }

  private static let deepest = 32
  private let path: FilePath
  private let text: [Character]
  private var position = 0
  private var line = 1

  /// The root element of a file.
  /// - Throws: `GanError` (input) with the line that is not XML.
  static func read(_ path: FilePath) throws -> Element {
    let bytes = try InputFile(path, .input, "box file").content(limit: 1 << 24)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw GanError.input("is not text in UTF-8", at: path)
    }
    var reader = XMLReader(path: path, text: Array(text))
    return try reader.document()
  }

  private init(path: FilePath, text: [Character]) { (self.path, self.text) = (path, text) }

  private mutating func document() throws -> Element {
    try skipToElement()
    guard starts(with: "<") else { throw problem("expected an element") }
    let root = try element(level: 0)
    try skipToElement()
    guard position == text.count else { throw problem("unexpected text after </\(root.name)>") }
    return root
  }

  private mutating func element(level: Int) throws -> Element {
    guard level < Self.deepest else { throw problem("elements are nested too deeply") }
    let start = line
    take(1)
    let name = takeWhile { !$0.isWhitespace && $0 != ">" && $0 != "/" && $0 != "<" }
    guard let first = name.first, first.isLetter || first == "_" else {
      throw problem("expected the name of an element")
    }
    var result = Element(name: name, line: start)
    try skipAttributes(of: name)
    if starts(with: "/>") {
      take(2)
      return result
    }
    take(1)
    var content = ""
    while true {
      if starts(with: "</") {
        take(2)
        let end = takeWhile { $0 != ">" && $0 != "<" }
        guard end.filter({ !$0.isWhitespace }) == name, starts(with: ">") else {
          throw problem("expected </\(name)>, which ends line \(start)'s element, found </\(end)>")
        }
        take(1)
        result.text = content.trimmingCharacters(in: .whitespacesAndNewlines)
        return result
      }
      if try skipRemark() { continue }
      guard let character = next else { throw problem("ends within <\(name)> of line \(start)") }
      switch character {
      case "<": result.children.append(try element(level: level + 1))
      case "&": content.append(try entity())
      default:
        content.append(character)
        take(1)
      }
    }
  }

  private mutating func skipAttributes(of name: String) throws {
    while let character = next, character != ">", !starts(with: "/>") {
      guard character != "<" else { throw problem("<\(name) has no >") }
      take(1)
      guard character == "\"" || character == "'" else { continue }
      _ = takeWhile { $0 != character }
      take(1)
    }
    guard next != nil else { throw problem("ends within <\(name)") }
  }

  private mutating func entity() throws -> Character {
    let text = takeWhile { $0 != ";" && $0 != "<" && !$0.isWhitespace }
    guard starts(with: ";") else { throw problem("\(text) has no ;") }
    take(1)
    let named: [String: Character] = ["&lt": "<", "&gt": ">", "&amp": "&", "&quot": "\"", "&apos": "'"]
    if let character = named[text] { return character }
    let digits = text.hasPrefix("&#x") ? UInt32(text.dropFirst(3), radix: 16) : UInt32(text.dropFirst(2))
    guard text.hasPrefix("&#"), let scalar = digits.flatMap(Unicode.Scalar.init) else {
      throw problem("unknown character \(text);")
    }
    return Character(scalar)
  }

  private mutating func skipToElement() throws {
    if next == "\u{FEFF}" { take(1) }
    while let character = next {
      if character.isWhitespace { take(1) } else if try !skipRemark() { return }
    }
  }

  /// Whether there was a comment or a processing instruction.
  private mutating func skipRemark() throws -> Bool {
    for (start, end) in [("<!--", "-->"), ("<?", "?>")] where starts(with: start) {
      let first = line
      take(start.count)
      while !starts(with: end) {
        guard next != nil else { throw problem("\(start) of line \(first) has no \(end)") }
        take(1)
      }
      take(end.count)
      return true
    }
    guard !starts(with: "<!") else { throw problem("document types and CDATA are not read") }
    return false
  }

  private var next: Character? { position < text.count ? text[position] : nil }

  private func starts(with word: String) -> Bool { text[position...].starts(with: word) }

  private mutating func take(_ count: Int) {
    for _ in 0..<min(count, text.count - position) {
      if text[position].isNewline { line += 1 }
      position += 1
    }
  }

  private mutating func takeWhile(_ isWanted: (Character) -> Bool) -> String {
    var word = ""
    while let character = next, isWanted(character) {
      word.append(character)
      take(1)
    }
    return word
  }

  private func problem(_ message: String) -> GanError { .input("is not XML: \(message)", at: "\(path):\(line)") }
}
