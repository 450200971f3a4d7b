import Foundation
import GanBase

/// The files of a folder.
package struct PictureListing: Equatable, Sendable {
  /// Paths of the pictures, `folder/...`, in the order of their bytes.
  package fileprivate(set) var pictures: [FilePath] = []
  /// How many other files there are of each ending, which is in small letters and without its dot.
  package fileprivate(set) var skipped: [String: Int] = [:]

  package init() {}

  /// For instance `skipped 12 files: 10 .webp, 2 .txt`; nil if all are pictures.
  package var skippedText: String? {
    let count = skipped.values.reduce(0, +)
    guard count > 0 else { return nil }
    let kinds = skipped.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ending, count in
      ending.isEmpty ? "\(count) without an ending" : "\(count) .\(ending)"
    }
    let shown = kinds.prefix(6).joined(separator: ", ") + (kinds.count > 6 ? ", ..." : "")
    return "skipped \(counted(count, "file")): \(shown)"
  }
}

extension PictureFile {
  /// File name endings that a folder's listing takes, in any case of letters.
  package static let extensions = ["jpg", "jpeg", "png"]

  /// The picture files of a folder, by name, as `folder/...` paths in the order of their bytes.
  /// Hidden files and folders are skipped; symbolic links are followed, each folder once.
  /// - Throws: `GanError` (input) naming the folder when it is missing, no folder, unreadable or without pictures.
  package static func list(folder: FilePath, recursive: Bool) throws -> [FilePath] {
    try listing(folder: folder, recursive: recursive).pictures
  }

  /// The same with the files of other kinds, which are skipped.
  package static func listing(folder: FilePath, recursive: Bool) throws -> PictureListing {
    var walk = FolderWalk(recursive: recursive)
    try walk.enter(folder)
    guard !walk.listing.pictures.isEmpty else { throw walk.nothingFound(in: folder) }
    walk.listing.pictures = walk.listing.pictures.sortedByBytes()
    return walk.listing
  }

  /// The visible subfolders' names in the order of their bytes.
  /// - Throws: `GanError` (input) when the folder cannot be read.
  package static func subfolders(of folder: FilePath) throws -> [FilePath.Component] {
    try visibleNames(of: folder).filter { folder.appending($0).isFolder }
  }
}

private struct FolderWalk {
  /// What other systems leave in folders of pictures.
  private static let litter: Set = ["thumbs.db", "desktop.ini"]

  let recursive: Bool
  var listing = PictureListing()
  var example: FilePath.Component?
  var skippedFolders = 0
  var visited: Set<FileStatus.Identity> = []

  mutating func enter(_ folder: FilePath) throws {
    guard visited.insert(try folderIdentity(folder)).inserted else { return }
    for name in try visibleNames(of: folder) {
      let path = folder.appending(name)
      if path.isFolder {
        if recursive { try enter(path) } else { skippedFolders += 1 }
      } else if PictureFile.extensions.contains(path.ending) {
        listing.pictures.append(path)
      } else if !Self.litter.contains(name.string.lowercased()) {
        listing.skipped[path.ending, default: 0] += 1
        if example.map({ name.bytes.lexicographicallyPrecedes($0.bytes) }) ?? true { example = name }
      }
    }
  }

  func nothingFound(in folder: FilePath) -> GanError {
    var found: [String] = []
    if let example {
      let count = listing.skipped.values.reduce(0, +)
      found.append(count == 1 ? "one other file, \(example)" : "\(count) other files, such as \(example)")
    }
    if skippedFolders > 0 {
      found.append(
        skippedFolders == 1
          ? "a subfolder, which is not searched here" : "\(skippedFolders) subfolders, which are not searched here")
    }
    let detail = found.isEmpty ? "it is empty" : "it has " + found.joined(separator: " and ")
    return GanError.input(
      "no pictures in the folder: \(detail)", at: folder,
      help: "pictures are files named *." + PictureFile.extensions.joined(separator: ", *."))
  }
}

private func folderIdentity(_ path: FilePath) throws -> FileStatus.Identity {
  guard let status = FileStatus(path) else {
    if errno == ENOENT { throw GanError.input("there is no such folder", at: path, help: MissingPath.help(path)) }
    throw GanError(.input, systemError("cannot read the folder", path).diagnostics)
  }
  guard status.kind == .folder else {
    let kind = status.kind.description
    throw GanError.input("is \(kind), not a folder", at: path, help: "name the folder that holds the pictures")
  }
  return status.identity
}

private func visibleNames(of folder: FilePath) throws -> [FilePath.Component] {
  _ = try folderIdentity(folder)
  do {
    return try folder.listed().filter { $0.bytes.first != UInt8(ascii: ".") }
  } catch let error as GanError {
    throw GanError(.input, error.diagnostics)
  }
}
