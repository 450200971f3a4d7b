import Foundation
import GanBase

/// A list of pictures and their attributes as CelebA has it: the number of pictures, a line with the names of all
/// attributes, then a line per picture: its file name, and 1 or -1 for each attribute.
public struct AttributeFile: Sendable {
  public let path: String
  /// The selected ones, in the order of selection.
  public let attributes: [String]
  /// File names, in the order of the file.
  public private(set) var pictures: [String] = []
  /// Of each picture in turn, for each selected attribute.
  private var flags: [Bool] = []
  private var lines: [Int] = []

  /// - Throws: `GanError` (input) with the line of what cannot be read, or naming attributes that the file lacks.
  public init(path: String, selecting selected: [String]) throws {
    self.path = path
    attributes = selected
    guard let data = FileManager.default.contents(atPath: path) else {
      throw GanError.input(
        "there is no such attribute file, or it cannot be read", at: path, help: "give the file in data.attributes")
    }
    // Empty lines at the end are none.
    let rows = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .enumerated().map { (line: $0.offset + 1, words: Self.words($0.element)) }
    let filled = rows.filter { !$0.words.isEmpty }
    guard filled.count >= 2, let first = filled[0].words.first.flatMap(Self.text), let count = Int(first),
      filled[0].words.count == 1
    else {
      throw GanError.input(
        "expected the number of pictures alone in the first line, and the attributes' names in the second",
        at: "\(path):\(filled.first?.line ?? 1)", help: "the format is that of CelebA's list_attr_celeba.txt")
    }
    let columns = try Self.columns(selected, names: filled[1].words.map { Self.text($0) ?? "" }, path)
    let names = filled[1].words.count
    for row in filled.dropFirst(2) { try add(row.words, columns, of: names, line: row.line) }
    guard pictures.count == count else {
      throw GanError.input(
        "tells of \(count) pictures, but lists \(pictures.count)", at: "\(path):\(filled[0].line)",
        help: "the file is cut short, or its first line must be corrected")
    }
    guard count > 0 else { throw GanError.input("lists no pictures", at: path) }
  }

  private mutating func add(_ words: [Data.SubSequence], _ columns: [Int], of count: Int, line: Int) throws {
    guard words.count == count + 1, let name = Self.text(words[0]) else {
      throw GanError.input(
        "expected a file name and \(count) values, found \(words.count) words", at: "\(path):\(line)")
    }
    for column in columns {
      switch words[column + 1] {
      case Self.yes: flags.append(true)
      case Self.no: flags.append(false)
      default:
        throw GanError.input(
          "expected 1 or -1 for each attribute, found \"\(Self.text(words[column + 1]) ?? "?")\"",
          at: "\(path):\(line)")
      }
    }
    pictures.append(name)
    lines.append(line)
  }

  /// Which of the selected attributes a picture has.
  public func values(of index: Int) -> [Bool] {
    Array(flags[index * attributes.count..<(index + 1) * attributes.count])
  }

  /// The attributes that pictures have, by file name.
  public var byName: [String: Set<String>] {
    let rows = pictures.indices.map { index in
      (pictures[index], Set(zip(attributes, values(of: index)).filter(\.1).map(\.0)))
    }
    return Dictionary(rows, uniquingKeysWith: { first, _ in first })
  }

  /// - Throws: `GanError` (input) with the lines of pictures that are not in the folder.
  public func checkPictures(in folder: String) throws {
    let missing = zip(pictures, lines).filter { !FileManager.default.fileExists(atPath: folder + "/" + $0.0) }
    guard !missing.isEmpty else { return }
    var faults = missing.prefix(10).map { Diagnostic("\($0) is not in \(folder)", at: "\(path):\($1)") }
    if missing.count > 10 { faults.append(Diagnostic("and \(missing.count - 10) more pictures that are missing")) }
    faults[0].help = "data.root must be the folder with all pictures that the attribute file lists"
    throw GanError(.input, faults)
  }

  /// Indices of the pictures to train on, and of those held out: the first ones after the shuffling of the official
  /// program, always the same.
  public func split(heldOut: Int) -> (training: [Int], test: [Int]) {
    var random = PythonRandom(seed: 1234)
    let order = random.shuffled(pictures.count)
    return (Array(order.dropFirst(heldOut)), Array(order.prefix(heldOut)))
  }

  // MARK: Words

  private static let yes = Data("1".utf8)[...], no = Data("-1".utf8)[...]

  private static func words(_ line: Data.SubSequence) -> [Data.SubSequence] {
    line.split { [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")].contains($0) }
  }

  private static func text(_ word: Data.SubSequence) -> String? { String(data: word, encoding: .utf8) }

  private static func columns(_ selected: [String], names: [String], _ path: String) throws -> [Int] {
    let faults = selected.filter { !names.contains($0) }.map { name in
      let near = suggestion(for: name, among: names).map { "did you mean \($0)? " } ?? ""
      return Diagnostic(
        "has no attribute called \(name)", at: "\(path):2",
        help: "\(near)there are: \(names.joined(separator: ", "))")
    }
    if !faults.isEmpty { throw GanError(.input, faults) }
    return selected.compactMap { names.firstIndex(of: $0) }
  }
}
