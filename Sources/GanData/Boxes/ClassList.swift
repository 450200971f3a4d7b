import Foundation
import GanBase
import GanConfig

/// The names of classes: a file `classes.txt` with a name in each line, or the list `names` of a `data.yaml`.
struct ClassList: Sendable {
  let path: FilePath
  let names: [String]

  /// The list for a folder of box files, in it or up to two folders above; nil if there is none.
  /// - Throws: `GanError` (input) for a list that cannot be read.
  init?(near folder: FilePath) throws {
    let folders = [folder, folder.parent, folder.parent.parent]
    let files = folders.flatMap { folder in Self.fileNames.map { folder.appending($0) } }
    guard let path = files.first(where: { FileStatus($0)?.kind == .file }) else { return nil }
    let text = String(decoding: try InputFile(path, .input, "list of classes").content(limit: 1 << 20), as: UTF8.self)
    self.path = path
    if path.ending == "txt" {
      var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      while lines.last == "" { lines.removeLast() }
      names = lines
    } else {
      do { names = try ConfigDocument.names(in: text, key: "names", file: path.shown) } catch let error as GanError {
        throw GanError(.input, error.diagnostics)
      }
    }
    guard !names.isEmpty else { throw GanError.input("names no classes", at: path) }
  }

  static let fileNames = ["classes.txt", "data.yaml", "dataset.yaml"]

  /// - Throws: `GanError` (input) for a number that no name belongs to.
  func name(of number: Int, at place: String) throws -> String {
    guard names.indices.contains(number) else {
      throw GanError.input(
        "there is no class \(number): \(path) names \(names.count), from 0 to \(names.count - 1)", at: place)
    }
    return names[number]
  }

  /// - Throws: `GanError` (input) for a name that is not in the list.
  func require(_ name: String, at place: String) throws {
    guard !names.contains(name) else { return }
    let near = suggestion(for: name, among: names).map { "did you mean \($0)? " } ?? ""
    throw GanError.input(
      "there is no class \"\(name)\" in \(path)", at: place,
      help: "\(near)there are: \(names.prefix(20).joined(separator: ", "))\(names.count > 20 ? ", ..." : "")")
  }
}
