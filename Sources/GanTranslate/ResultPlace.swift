import Foundation
import GanBase
import GanStore

/// The paths of all files and folders that `translate` writes for an input.
package struct ResultPlace: Hashable, Sendable {
  /// A folder, or the path of a file without its extension.
  private let base: FilePath
  /// Whether results keep their relative paths below the input folder; otherwise there is one picture.
  package let isFolder: Bool
  /// A file that the user named, for a single result.
  private let named: FilePath?
  /// The domain, which becomes a subfolder or part of the file name.
  private var domain: String?

  private init(base: FilePath, isFolder: Bool, named: FilePath? = nil) {
    (self.base, self.isFolder, self.named) = (base, isFolder, named)
  }

  /// A folder that the user named.
  static func folder(_ path: FilePath) -> ResultPlace { ResultPlace(base: path, isFolder: true) }

  /// A PNG file that the user named.
  static func file(_ path: FilePath) -> ResultPlace {
    ResultPlace(base: path.withoutEnding, isFolder: false, named: path)
  }

  /// `FOLDER_translated` next to an input folder, `NAME_translated.png` next to an input file.
  /// - Throws: `GanError` (usage) for the root folder, which has no siblings.
  static func beside(_ input: FilePath, isFolder: Bool) throws -> ResultPlace {
    guard isFolder else {
      return ResultPlace(base: input.withoutEnding.adding(suffix: mark), isFolder: false)
    }
    return ResultPlace(base: try input.beside(mark), isFolder: true)
  }

  private static let mark = "_translated"

  /// Whether it holds a single picture only.
  var isOneFile: Bool { named != nil }

  /// The place for the results of one of several domains.
  func of(domain: String) -> ResultPlace {
    var place = self
    place.domain = domain.asFileName
    return place
  }

  // MARK: Names

  /// - Parameters:
  ///   - name: the input's path relative to its folder, without the extension.
  ///   - variant: the name of one of several results of an input; nil for the only one.
  func result(_ name: FilePath, _ variant: String?) -> FilePath {
    named ?? file(in: base, name, variant).adding(suffix: ".png")
  }

  /// The path of a reconstruction, in a folder next to the results, which stay separate.
  /// - Throws: `GanError` (usage) for the root folder.
  func reconstruction(_ name: FilePath, _ variant: String?) throws -> FilePath {
    guard isFolder else { return file(in: base, name, variant).adding(suffix: "_reconstructed.png") }
    return file(in: try reconstructions(), name, variant).adding(suffix: ".png")
  }

  /// The path of a mask that belongs to a result, in a folder next to the results; masks keep their names.
  func mask(_ name: FilePath, _ mask: FilePath) -> FilePath {
    guard isFolder else { return base.adding(suffix: "-masks").pushing(mask) }
    return ((try? beside("-masks")) ?? base.adding(suffix: "-masks")).pushing(name.removingLastComponent()).pushing(
      mask)
  }

  /// The path of the sheet, next to the folder of the results.
  /// - Throws: `GanError` (usage) for the root folder.
  func sheet() throws -> FilePath {
    guard let domain else { return try beside("-grid.png") }
    return try beside("-grid").appending(domain).adding(suffix: ".png")
  }

  private func file(in base: FilePath, _ name: FilePath, _ variant: String?) -> FilePath {
    let suffix = variant.map { "_" + $0.asFileName } ?? ""
    guard isFolder else { return base.adding(suffix: (domain.map { "_" + $0 } ?? "") + suffix) }
    return (domain.map { base.appending($0) } ?? base).pushing(name).adding(suffix: suffix)
  }

  private func reconstructions() throws -> FilePath { try beside("-reconstructed") }

  private func beside(_ suffix: String) throws -> FilePath {
    isFolder ? try base.beside(suffix) : base.adding(suffix: suffix)
  }

  /// The folders for results and reconstructions of this domain. For a folder of inputs they hold nothing else; the
  /// result of a single file may be among other files. `reconstructions` is nil if these have no folder of their own.
  var folders: (results: FilePath, reconstructions: FilePath?) {
    guard isFolder else { return ((named ?? base).parent, nil) }
    func own(_ folder: FilePath) -> FilePath { domain.map { folder.appending($0) } ?? folder }
    return (own(base), (try? reconstructions()).map(own))
  }

  /// Whether a file below an input folder is the output of an earlier call that wrote to this place.
  func holds(_ resolved: FilePath) -> Bool {
    guard isFolder else { return false }
    var made = [base]
    made += ["-reconstructed", "-masks", "-grid", "-grid.png"].compactMap { try? base.beside($0) }
    return made.contains { $0.resolved.map { resolved.starts(with: $0) } == true }
  }

  /// The folder with a trailing slash, or the file, for display.
  package var shown: String {
    guard isFolder else { return (named ?? base.adding(suffix: ".png")).shown }
    return base.shown.hasSuffix("/") ? base.shown : base.shown + "/"
  }

  func leadsTo(_ folder: FilePath) -> Bool {
    guard isFolder, let a = base.resolved, let b = folder.resolved else { return false }
    return a == b
  }
}

extension FilePath {
  /// The sibling with this folder's name and a suffix; `.` and `..` are resolved first.
  /// - Throws: `GanError` (usage) for the root folder, which has no name.
  func beside(_ suffix: String) throws -> FilePath {
    if lastComponent?.kind == .regular { return adding(suffix: suffix) }
    guard let resolved, resolved.lastComponent?.kind == .regular else {
      throw GanError.usage(
        "nothing can be written next to this folder", at: self, help: "name another one with --output")
    }
    return resolved.adding(suffix: suffix)
  }
}

extension String {
  /// The text as part of a file name: a domain or style from a checkpoint must not lead to another folder.
  fileprivate var asFileName: String {
    let name = String(map { $0 == "/" || $0 == "\0" ? "_" : $0 })
    return name.hasPrefix(".") ? "_" + name.dropFirst() : name
  }
}
