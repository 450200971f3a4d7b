import Foundation
import GanBase

/// The rows of an attribute file, in the format of CelebA's list or of Kaggle's .csv version of it.
struct AttributeTable {
  struct Row {
    let name: String
    /// A word for each of `names`.
    let values: [Data.SubSequence]
    let line: Int
  }

  /// Of the attributes, in the order of the columns.
  let names: [String]
  /// The line that has them.
  let nameLine: Int
  let rows: [Row]

  /// - Throws: `GanError` (input) with the line of what cannot be read.
  init(_ data: Data, path: FilePath) throws {
    // Empty lines at the end are ignored.
    let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
      .map { (number: $0.offset + 1, text: Self.trimmed($0.element)) }
      .filter { !$0.text.isEmpty }
    if let first = lines.first, first.text.contains(UInt8(ascii: ",")) {
      try self.init(separated: lines, path)
    } else {
      try self.init(counted: lines, path)
    }
  }

  private typealias Line = (number: Int, text: Data.SubSequence)

  /// The number of pictures, the names, and rows of words. File names may have blanks: the values are the last words.
  private init(counted lines: [Line], _ path: FilePath) throws {
    guard lines.count >= 2, let count = Self.text(lines[0].text).flatMap({ Int($0) }) else {
      throw GanError.input(
        "expected the number of pictures alone in the first line, and the attributes' names in the second",
        at: "\(path):\(lines.first?.number ?? 1)",
        help: "the format is that of CelebA's list_attr_celeba.txt, or of its .csv with commas")
    }
    let names = Self.words(lines[1].text).map { Self.text($0) ?? "" }
    (self.names, nameLine) = (names, lines[1].number)
    rows = try lines.dropFirst(2).map { line in
      let words = Self.words(line.text)
      let named = words.count - names.count
      guard named >= 1, let name = Self.text(line.text[words[0].startIndex..<words[named - 1].endIndex]) else {
        throw GanError.input(
          "expected a file name and \(counted(names.count, "value")), found \(counted(words.count, "word"))",
          at: "\(path):\(line.number)")
      }
      return Row(name: name, values: Array(words.suffix(names.count)), line: line.number)
    }
    guard rows.count == count else {
      throw GanError.input(
        "tells of \(counted(count, "picture")), but lists \(rows.count)", at: "\(path):\(lines[0].number)",
        help: "the file is cut short, or its first line must be corrected")
    }
  }

  /// A line of names, whose first is that of the column of files, and rows, all with commas.
  private init(separated lines: [Line], _ path: FilePath) throws {
    names = Self.cells(lines[0].text).dropFirst().map { Self.text($0) ?? "" }
    nameLine = lines[0].number
    let count = names.count
    rows = try lines.dropFirst().map { line in
      let cells = Self.cells(line.text)
      guard cells.count == count + 1, let name = Self.text(cells[0]) else {
        throw GanError.input(
          "expected a file name and \(counted(count, "value")), found \(counted(cells.count, "cell"))",
          at: "\(path):\(line.number)")
      }
      return Row(name: name, values: Array(cells.dropFirst()), line: line.number)
    }
  }

  // MARK: Words

  static func text(_ word: Data.SubSequence) -> String? { String(validating: word, as: UTF8.self) }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }

  private static func words(_ line: Data.SubSequence) -> [Data.SubSequence] { line.split(whereSeparator: isBlank) }

  private static func trimmed(_ text: Data.SubSequence) -> Data.SubSequence {
    var rest = text.drop(while: isBlank)
    while let last = rest.last, isBlank(last) { rest = rest.dropLast() }
    return rest
  }

  /// Between commas, without the quotes around a cell; a comma within quotes is a part of it.
  private static func cells(_ line: Data.SubSequence) -> [Data.SubSequence] {
    let quote = UInt8(ascii: "\"")
    var isQuoted = false
    let cells = line.split(omittingEmptySubsequences: false) { byte in
      if byte == quote { isQuoted.toggle() }
      return byte == UInt8(ascii: ",") && !isQuoted
    }
    return cells.map { cell in
      let cell = trimmed(cell)
      return cell.count >= 2 && cell.first == quote && cell.last == quote ? cell.dropFirst().dropLast() : cell
    }
  }
}
