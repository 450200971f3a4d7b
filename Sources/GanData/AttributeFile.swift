import Foundation
import GanBase
import GanImage

/// A list of pictures and their attributes in CelebA's format: the number of pictures, a line with the names of all
/// attributes, then a line per picture: its file name, and 1 or -1 for each attribute. Or the same with commas,
/// without the number.
package struct AttributeFile: Sendable {
  package let path: FilePath
  /// The selected ones, in the order of selection.
  package let attributes: [String]
  /// File names, in the order of the file.
  package private(set) var pictures: [String] = []
  /// Of each picture in turn, for each selected attribute.
  private var flags: [Bool] = []
  private var lines: [Int] = []

  /// - Throws: `GanError` (input) with the line of what cannot be read, or naming attributes that the file lacks.
  package init(path: FilePath, selecting selected: [String]) throws {
    self.path = path
    attributes = selected
    let table = try AttributeTable(Data(try Self.content(of: path)), path: path)
    let columns = try Self.columns(selected, table, path)
    for row in table.rows { try add(row, columns) }
    guard !pictures.isEmpty else { throw GanError.input("lists no pictures", at: path) }
  }

  private static func content(of path: FilePath) throws -> [UInt8] {
    guard FileStatus(path) != nil else {
      throw GanError.input(
        "there is no such attribute file", at: path,
        help: "give the file in data.attributes, or null there for a folder per domain")
    }
    return try InputFile(path, .input, "attribute file").content()
  }

  private mutating func add(_ row: AttributeTable.Row, _ columns: [Int]) throws {
    for column in columns {
      switch row.values[column] {
      case Self.yes: flags.append(true)
      case Self.no: flags.append(false)
      default:
        throw GanError.input(
          "expected 1 or -1 for each attribute, found \"\(AttributeTable.text(row.values[column]) ?? "?")\"",
          at: "\(path):\(row.line)")
      }
    }
    pictures.append(row.name)
    lines.append(row.line)
  }

  private static let yes = Data("1".utf8)[...], no = Data("-1".utf8)[...]

  /// Which of the selected attributes a picture has.
  package func values(of index: Int) -> [Bool] {
    Array(flags[index * attributes.count..<(index + 1) * attributes.count])
  }

  /// The attributes that pictures have, by file name.
  package var byName: [FilePath: Set<String>] {
    let rows = pictures.indices.map { index in
      (FilePath(pictures[index]), Set(zip(attributes, values(of: index)).filter(\.1).map(\.0)))
    }
    return Dictionary(rows, uniquingKeysWith: { first, _ in first })
  }

  /// Indices of the pictures to train on, and of those held out: the first ones after the shuffling of the official
  /// program, always the same.
  package func split(heldOut: Int) -> (training: [Int], test: [Int]) {
    var random = PythonRandom(seed: 1234)
    let order = random.shuffled(pictures.count)
    return (Array(order.dropFirst(heldOut)), Array(order.prefix(heldOut)))
  }

  private static func columns(_ selected: [String], _ table: AttributeTable, _ path: FilePath) throws -> [Int] {
    let names = table.names
    let faults = selected.filter { !names.contains($0) }.map { name in
      let near = suggestion(for: name, among: names).map { "did you mean \($0)? " } ?? ""
      return Diagnostic(
        "has no attribute called \(name)", at: "\(path):\(table.nameLine)",
        help: "\(near)there are: \(names.joined(separator: ", "))")
    }
    if !faults.isEmpty { throw GanError(.input, faults) }
    return selected.compactMap { names.firstIndex(of: $0) }
  }
}

// MARK: The pictures

extension AttributeFile {
  /// - Throws: `GanError` (input) telling which pictures are not in the folder, and where they seem to be.
  package func checkPictures(in folder: FilePath) throws {
    let missing = zip(pictures, lines).filter { !Self.exists(folder.appending($0.0)) }
    guard let first = missing.first else { return }
    let examples = missing.prefix(3).map { "\($0) (line \($1))" }.joined(separator: ", ")
    let number = missing.count == pictures.count ? "all" : "\(missing.count)"
    let what =
      pictures.count == 1
      ? "its only picture is" : "\(number) of its \(pictures.count) pictures \(missing.count == 1 ? "is" : "are")"
    throw GanError.input(
      "\(what) missing in \(folder): \(examples)"
        + (missing.count > 3 ? ", ..." : ""),
      at: "\(path):\(first.1)", help: whereabouts(of: first.0, folder))
  }

  private func whereabouts(of name: String, _ folder: FilePath) -> String {
    if let there = Self.otherEnding(name, in: folder) {
      return "there is \(there) instead of \(name): write the list's names with the endings of the files"
    }
    let inner = (try? PictureFile.subfolders(of: folder)) ?? []
    if let found = inner.first(where: { Self.exists(folder.appending($0).appending(name)) }) {
      return "they are in \(folder.appending(found)): give that as data.root"
    }
    return "data.root must be the folder with all pictures that the list names"
  }

  /// The name with the ending that a file has.
  private static func otherEnding(_ name: String, in folder: FilePath) -> String? {
    let stem = FilePath(name).withoutEnding.string
    let endings = PictureFile.extensions + PictureFile.extensions.map { $0.uppercased() }
    return endings.map { "\(stem).\($0)" }.first { $0 != name && exists(folder.appending($0)) }
  }

  private static func exists(_ path: FilePath) -> Bool { FileStatus(path) != nil }

  /// All attributes that a file lists; none if it is no such file.
  package static func names(listedIn path: FilePath) -> [String] {
    (try? AttributeTable(Data(try content(of: path)), path: path))?.names ?? []
  }

  /// The list that most likely is for the pictures of a folder: one in it; or one above it, as CelebA's archives have
  /// it, where the folder holds pictures itself. nil if there are folders of domains instead.
  package static func find(forPicturesIn root: FilePath, phase: String) -> FilePath? {
    if DataLayout.hasDomains(root.appending(phase)) { return nil }
    if let list = list(in: root) { return list }
    return (try? PictureFile.list(folder: root, recursive: false)) == nil ? nil : find(near: root)
  }

  /// CelebA's list in a folder or up to two levels above it; nil if there is none.
  static func find(near root: FilePath) -> FilePath? {
    [root, root.parent, root.parent.parent].lazy.compactMap(list).first
  }

  private static func list(in folder: FilePath) -> FilePath? {
    ["list_attr_celeba.txt", "list_attr_celeba.csv"]
      .flatMap { [folder.appending($0), folder.appending("Anno").appending($0)] }.first { exists($0) }
  }
}
