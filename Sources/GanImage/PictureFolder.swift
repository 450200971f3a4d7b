import Foundation
import GanBase

/// The files of a folder.
public struct PictureListing: Equatable, Sendable {
  /// Paths of the pictures, `folder/...`, in the order of their bytes.
  public fileprivate(set) var pictures: [String] = []
  /// How many other files there are of each ending, which is in small letters and without its dot.
  public fileprivate(set) var skipped: [String: Int] = [:]

  public init() {}

  /// For instance `skipped 12 files: 10 .webp, 2 .txt`; nil where all are pictures.
  public var skippedText: String? {
    let count = skipped.values.reduce(0, +)
    guard count > 0 else { return nil }
    let kinds = skipped.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ending, count in
      ending.isEmpty ? "\(count) without an ending" : "\(count) .\(ending)"
    }
    let shown = kinds.prefix(6).joined(separator: ", ") + (kinds.count > 6 ? ", ..." : "")
    return "skipped \(count) \(count == 1 ? "file" : "files"): \(shown)"
  }
}

extension PictureFile {
  /// File name endings that a folder's listing takes, in any case of letters.
  public static let extensions = ["jpg", "jpeg", "png"]

  /// The picture files of a folder, by name, as `folder/...` paths in the order of their bytes.
  /// Hidden files and folders are passed over; symbolic links are followed, each folder once.
  /// - Throws: `GanError` (input) naming the folder when it is missing, no folder, unreadable or without pictures.
  public static func list(folder: String, recursive: Bool) throws -> [String] {
    try listing(folder: folder, recursive: recursive).pictures
  }

  /// The same with the files of other kinds, which are passed over.
  public static func listing(folder: String, recursive: Bool) throws -> PictureListing {
    var walk = FolderWalk(recursive: recursive)
    try walk.enter(folder)
    guard !walk.listing.pictures.isEmpty else { throw walk.nothingFound(in: folder) }
    walk.listing.pictures.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return walk.listing
  }

  /// The visible subfolders' names in the order of their bytes.
  /// - Throws: `GanError` (input) when the folder cannot be read.
  public static func subfolders(of folder: String) throws -> [String] {
    try visibleNames(of: folder)
      .filter { (try? folderIdentity(folder + "/" + $0)) != nil }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

private struct FolderWalk {
  /// What other systems leave in folders of pictures.
  private static let litter: Set = ["thumbs.db", "desktop.ini"]

  let recursive: Bool
  var listing = PictureListing()
  var example: String?
  var skippedFolders = 0
  var visited: Set<FolderIdentity> = []

  mutating func enter(_ folder: String) throws {
    guard visited.insert(try folderIdentity(folder)).inserted else { return }
    for name in try visibleNames(of: folder) {
      let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
      let ending = (name as NSString).pathExtension.lowercased()
      if (try? folderIdentity(path)) != nil {
        if recursive { try enter(path) } else { skippedFolders += 1 }
      } else if PictureFile.extensions.contains(ending) {
        listing.pictures.append(path)
      } else if !Self.litter.contains(name.lowercased()) {
        listing.skipped[ending, default: 0] += 1
        example = min(example ?? name, name)
      }
    }
  }

  func nothingFound(in folder: String) -> GanError {
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

private struct FolderIdentity: Hashable {
  let device, inode: UInt64
}

private func folderIdentity(_ path: String) throws -> FolderIdentity {
  var status = stat()
  guard stat(path, &status) == 0 else {
    let reason = errno
    if reason == ENOENT {
      throw GanError.input("there is no such folder", at: path, help: MissingPath.help(FilePath(path)))
    }
    throw GanError.input("cannot read the folder: \(String(cString: strerror(reason)))", at: path)
  }
  guard status.st_mode & S_IFMT == S_IFDIR else {
    throw GanError.input("is a file, not a folder", at: path, help: "name the folder that holds the pictures")
  }
  return FolderIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
}

private func visibleNames(of folder: String) throws -> [String] {
  _ = try folderIdentity(folder)
  guard let stream = opendir(folder) else {
    throw GanError.input("cannot read the folder: \(String(cString: strerror(errno)))", at: folder)
  }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names
}
