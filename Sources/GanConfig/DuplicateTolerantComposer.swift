import Yams

/// Composes YAML in which a key may stand twice, which Yams alone refuses at the first such key.
///
/// So that all faults of a file can be reported at once, each repeated key that Yams stumbles over gets another first
/// character, of the same width, and the text is composed again. `originalKeys` tells the true names.
struct DuplicateTolerantComposer {
  private static let mostDuplicates = 100
  /// Scalars that may be composed again, all times together, so that a long text takes hardly longer than once.
  private static let mostRepeated = 1 << 19

  private var scalars: [Unicode.Scalar]
  private(set) var originalKeys: [TextPosition: String] = [:]

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  /// - Throws: `YamlError`, for a repeated key only when it cannot be disguised.
  mutating func compose() throws -> Node? {
    while true {
      var text = String.UnicodeScalarView()
      text.append(contentsOf: scalars)
      do {
        // The encoding is given because Yams' default prints to stdout under an environment variable.
        return try Parser(yaml: String(text), resolver: .basic, encoding: .utf8).singleRoot()
      } catch YamlError.duplicatedKeysInMapping(let duplicates, let context) {
        guard let key = duplicates.first, disguise(key, at: context.mark) else {
          throw YamlError.duplicatedKeysInMapping(duplicates: duplicates, context: context)
        }
      }
    }
  }

  private mutating func disguise(_ key: String, at mark: Mark) -> Bool {
    let repeated = (originalKeys.count + 1) * scalars.count
    guard originalKeys[TextPosition(mark)] == nil, originalKeys.count < DuplicateTolerantComposer.mostDuplicates,
      repeated <= DuplicateTolerantComposer.mostRepeated,
      let first = key.unicodeScalars.first, var index = index(of: mark)
    else { return false }
    if scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
    // The mark of an alias or of a tagged key points elsewhere.
    guard index < scalars.count, scalars[index] == first,
      let replacement = Unicode.Scalar(0xE000 + UInt32(originalKeys.count))
    else { return false }
    scalars[index] = replacement
    originalKeys[TextPosition(mark)] = key
    return true
  }

  private func index(of mark: Mark) -> Int? {
    var line = 1
    var index = 0
    while line < mark.line {
      guard index < scalars.count else { return nil }
      let isPair = scalars[index] == "\r" && index + 1 < scalars.count && scalars[index + 1] == "\n"
      if ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalars[index]) { line += 1 }
      index += isPair ? 2 : 1
    }
    index += mark.column - 1
    return scalars.indices.contains(index) ? index : nil
  }
}

/// A place in a text, counted from 1, in Unicode scalars.
struct TextPosition: Hashable {
  let line: Int
  let column: Int

  init(_ mark: Mark) {
    line = mark.line
    column = mark.column
  }
}
