import Foundation
import GanBase

/// The files of a folder.
package struct PictureListing: Equatable, Sendable {
  /// Paths of the pictures, `folder/...`, in the order of their bytes.
  package fileprivate(set) var pictures: [FilePath] = []
  /// How many pictures there are of each kind that is not read.
  package fileprivate(set) var foreign: [String: Int] = [:]
  /// How many other files there are of each ending, which is in small letters with its dot.
  package fileprivate(set) var skipped: [String: Int] = [:]

  package init() {}

  /// For instance `12 files of kinds that are not read: 11 GIF, 1 HEIC; skipped 2 other files: 2 .txt`; nil if all are
  /// pictures that are read.
  package var skippedText: String? {
    var texts: [String] = []
    if let (count, kinds) = Self.counted(foreign) {
      texts.append(
        count == 1
          ? "1 file of a kind that is not read: \(kinds)" : "\(count) files of kinds that are not read: \(kinds)")
    }
    if let (count, kinds) = Self.counted(skipped) {
      texts.append("skipped \(count)\(foreign.isEmpty ? "" : " other") \(count == 1 ? "file" : "files"): \(kinds)")
    }
    return texts.isEmpty ? nil : texts.joined(separator: "; ")
  }

  fileprivate var others: Int { foreign.values.reduce(0, +) + skipped.values.reduce(0, +) }

  private static func counted(_ kinds: [String: Int]) -> (count: Int, kinds: String)? {
    guard !kinds.isEmpty else { return nil }
    let parts = kinds.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($1) \($0)" }
    return (kinds.values.reduce(0, +), parts.prefix(6).joined(separator: ", ") + (parts.count > 6 ? ", ..." : ""))
  }
}

extension PictureFile {
  /// Usual endings of picture files, in any case of letters. Files with other endings are pictures if their content is.
  package static let extensions = ["jpg", "jpeg", "png", "tif", "tiff", "webp", "bmp", "ppm", "pgm", "pbm", "pnm"]

  /// What a file is by its content, for a file whose name says nothing: a picture that can be read, one of another kind,
  /// or none.
  fileprivate static func kind(of path: FilePath) -> (isReadable: Bool, format: PictureFormat)? {
    guard let file = try? InputFile(path, .input), let head = try? file.head(PictureFormat.headLength),
      let format = PictureFormat(head: head), format != .text
    else { return nil }
    // Camera's raw files look like TIFF at the start.
    if format == .tiff { return (try? header(of: path)) == nil ? (false, .raw) : (true, .tiff) }
    return (format.codec != nil, format)
  }

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
        switch PictureFile.kind(of: path) {
        case (true, _)?:
          listing.pictures.append(path)
          continue
        case (false, let format)?: listing.foreign[format.rawValue, default: 0] += 1
        case nil: listing.skipped[path.ending.isEmpty ? "without an ending" : ".\(path.ending)", default: 0] += 1
        }
        if example.map({ name.bytes.lexicographicallyPrecedes($0.bytes) }) ?? true { example = name }
      }
    }
  }

  func nothingFound(in folder: FilePath) -> GanError {
    var found: [String] = []
    if let example {
      let count = listing.others
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
      help: "pictures that are read: \(PictureFormat.readable)")
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
