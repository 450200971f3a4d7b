import Yams

/// Composes YAML with duplicate keys, which Yams rejects at the first one.
///
/// To report all errors of a file at once, the first character of each duplicate key is replaced by another of the same
/// width, and the text is composed again. `originalKeys` holds the true names.
struct DuplicateTolerantComposer {
  private static let mostDuplicates = 100
  /// The limit for characters composed again in total, so that a long text takes hardly more time.
  private static let mostRepeated = 1 << 19

  private var scalars: [Unicode.Scalar]
  private(set) var originalKeys: [TextPosition: String] = [:]

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  /// - Throws: `YamlError`; for a duplicate key only if it cannot be replaced.
  mutating func compose() throws -> Node? {
    while true {
      var text = String.UnicodeScalarView()
      text.append(contentsOf: scalars)
      do {
        // The encoding is explicit because Yams' default may print to stdout, depending on an environment variable.
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
    // For an alias or a tagged key, the mark points elsewhere.
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

/// A position in a text, from 1, in Unicode scalars.
struct TextPosition: Hashable {
  let line: Int
  let column: Int

  init(_ mark: Mark) {
    line = mark.line
    column = mark.column
  }
}
