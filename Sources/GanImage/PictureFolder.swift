import Foundation
import GanBase

extension PictureFile {
  /// File name endings that a folder's listing takes, in any case of letters.
  public static let extensions = ["jpg", "jpeg", "png"]

  /// The picture files of a folder, by name, as `folder/...` paths in the order of their bytes.
  /// Hidden files and folders are passed over; symbolic links are followed, each folder once.
  /// - Throws: `GanError` (input) naming the folder when it is missing, no folder, unreadable or without pictures.
  public static func list(folder: String, recursive: Bool) throws -> [String] {
    var walk = FolderWalk(recursive: recursive)
    try walk.enter(folder)
    guard !walk.pictures.isEmpty else { throw walk.nothingFound(in: folder) }
    return walk.pictures.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
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
  let recursive: Bool
  var pictures: [String] = []
  var others: [String] = []
  var skippedFolders = 0
  var visited: Set<FolderIdentity> = []

  mutating func enter(_ folder: String) throws {
    guard visited.insert(try folderIdentity(folder)).inserted else { return }
    for name in try visibleNames(of: folder) {
      let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
      if (try? folderIdentity(path)) != nil {
        if recursive { try enter(path) } else { skippedFolders += 1 }
      } else if PictureFile.extensions.contains((name as NSString).pathExtension.lowercased()) {
        pictures.append(path)
      } else {
        others.append(name)
      }
    }
  }

  func nothingFound(in folder: String) -> GanError {
    var found: [String] = []
    if let example = others.min() { found.append("\(others.count) other files, such as \(example)") }
    if skippedFolders > 0 { found.append("\(skippedFolders) subfolders, which are not searched here") }
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
    throw GanError.input("cannot read the folder: \(String(cString: strerror(errno)))", at: path)
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
