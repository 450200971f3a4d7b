import Foundation
import GanBase
import GanStore

/// Where the results of an input go, and what is made beside them: all names that `translate` gives.
package struct ResultPlace: Hashable, Sendable {
  /// A folder; or the path of a file without its ending.
  private let base: FilePath
  /// Pictures keep their places below the input folder; otherwise there is one picture.
  package let isFolder: Bool
  /// A file that was named by the user: it takes one result, which is called that.
  private let named: FilePath?
  /// The subfolder, or part of the name, of one domain.
  private var domain: String?

  private init(base: FilePath, isFolder: Bool, named: FilePath? = nil) {
    (self.base, self.isFolder, self.named) = (base, isFolder, named)
  }

  /// A folder that was named.
  static func folder(_ path: FilePath) -> ResultPlace { ResultPlace(base: path, isFolder: true) }

  /// A PNG file that was named.
  static func file(_ path: FilePath) -> ResultPlace {
    ResultPlace(base: path.withoutEnding, isFolder: false, named: path)
  }

  /// `FOLDER_translated` beside an input folder, `NAME_translated.png` beside an input file.
  /// - Throws: `GanError` (usage) where there is nothing beside it.
  static func beside(_ input: FilePath, isFolder: Bool) throws -> ResultPlace {
    guard isFolder else {
      return ResultPlace(base: input.withoutEnding.adding(suffix: mark), isFolder: false)
    }
    return ResultPlace(base: try input.beside(mark), isFolder: true)
  }

  private static let mark = "_translated"

  /// Whether there is room for one picture alone.
  var isOneFile: Bool { named != nil }

  /// The place for the results of one domain of several.
  func of(domain: String) -> ResultPlace {
    var place = self
    place.domain = domain.asFileName
    return place
  }

  // MARK: Names

  /// - Parameters:
  ///   - name: the input's place below its folder, without the ending.
  ///   - variant: which of several results of an input; nil for the only one.
  func result(_ name: FilePath, _ variant: String?) -> FilePath {
    named ?? file(in: base, name, variant).adding(suffix: ".png")
  }

  /// For a result that is translated back: in a folder beside that of the results, so that these stay by themselves.
  /// - Throws: `GanError` (usage) where there is nothing beside the folder.
  func reconstruction(_ name: FilePath, _ variant: String?) throws -> FilePath {
    guard isFolder else { return file(in: base, name, variant).adding(suffix: "_reconstructed.png") }
    return file(in: try reconstructions(), name, variant).adding(suffix: ".png")
  }

  /// The sheet, beside the folder of the results.
  /// - Throws: `GanError` (usage) where there is nothing beside the folder.
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

  /// The folders that results, and reconstructions, of this domain go into. Those of a folder of inputs hold nothing
  /// else; what a single file becomes lies among others. That of reconstructions is nil where they have none.
  var folders: (results: FilePath, reconstructions: FilePath?) {
    guard isFolder else { return ((named ?? base).parent, nil) }
    func own(_ folder: FilePath) -> FilePath { domain.map { folder.appending($0) } ?? folder }
    return (own(base), (try? reconstructions()).map(own))
  }

  /// Whether a file below an input folder was made by an earlier call that wrote to this place.
  func holds(_ resolved: FilePath) -> Bool {
    guard isFolder else { return false }
    var made = [base]
    made += ["-reconstructed", "-grid", "-grid.png"].compactMap { try? base.beside($0) }
    return made.contains { $0.resolved.map { resolved.starts(with: $0) } == true }
  }

  /// For people: the folder with a slash behind it, or the file.
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
  /// What has the name of this folder and a suffix; `.` and `..` have the names that they lead to.
  /// - Throws: `GanError` (usage) for the root, which has no name.
  func beside(_ suffix: String) throws -> FilePath {
    if lastComponent?.kind == .regular { return adding(suffix: suffix) }
    guard let resolved, resolved.lastComponent?.kind == .regular else {
      throw GanError.usage("nothing can be put beside this folder", at: self, help: "name another one with --output")
    }
    return resolved.adding(suffix: suffix)
  }
}

extension String {
  /// As part of a file's name: a domain or style from a checkpoint must not lead elsewhere.
  fileprivate var asFileName: String {
    let name = String(map { $0 == "/" || $0 == "\0" ? "_" : $0 })
    return name.hasPrefix(".") ? "_" + name.dropFirst() : name
  }
}
