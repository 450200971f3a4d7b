import Foundation

/// The status of a file: its kind, size and mode, and its identity, however its path is spelt.
package struct FileStatus: Sendable {
  package enum Kind: String, Sendable {
    case file, folder, link
    case pipe = "a named pipe (FIFO)"
    case socket = "a socket"
    case device = "a device"

    /// "a folder", "a named pipe (FIFO)": for messages.
    package var description: String {
      switch self {
      case .file: "a file"
      case .folder: "a folder"
      case .link: "a symbolic link"
      default: rawValue
      }
    }
  }

  /// Two paths lead to the same file exactly if these are equal.
  package struct Identity: Hashable, Sendable {
    package let device: UInt
    package let inode: UInt
  }

  package let kind: Kind
  /// In bytes.
  package let size: Int
  /// The permission bits, for instance 0o644.
  package let mode: mode_t
  package let identity: Identity
  /// When the content changed, in seconds since 1970.
  package let modified: Double
  let owner: (user: uid_t, group: gid_t)

  /// What a path leads to, or nil (with `errno` set) if it leads nowhere.
  package init?(_ path: FilePath, followingLinks: Bool = true) {
    var status = stat()
    let result = path.withPlatformString { followingLinks ? stat($0, &status) : lstat($0, &status) }
    guard result == 0 else { return nil }
    self.init(status)
  }

  /// The status of an open descriptor.
  init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFLNK: .link
      case S_IFIFO: .pipe
      case S_IFSOCK: .socket
      default: .device
      }
    size = Int(status.st_size)
    mode = status.st_mode & 0o7777
    identity = Identity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
    modified = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
    owner = (status.st_uid, status.st_gid)
  }
}

extension FilePath {
  /// True if the path leads to a folder.
  package var isFolder: Bool { FileStatus(self)?.kind == .folder }

  /// True if the path leads to a regular file.
  package var isFile: Bool { FileStatus(self)?.kind == .file }

  /// True also for a link that leads nowhere.
  package var exists: Bool { FileStatus(self, followingLinks: false) != nil }

  /// What a symbolic link says, or nil for anything else.
  package var linkTarget: FilePath? {
    var target = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = withPlatformString { readlink($0, &target, target.count) }
    return length > 0 ? FilePath(bytes: target[..<length].map(UInt8.init(bitPattern:))) : nil
  }

  /// The names in a folder without "." and "..", in the order of their bytes; none if it cannot be read.
  package var names: [FilePath.Component] { (try? listed()) ?? [] }

  /// The names in a folder without "." and "..", in the order of their bytes.
  /// - Throws: `GanError` (environment) with the system's reason.
  package func listed() throws -> [FilePath.Component] {
    guard let folder = withPlatformString({ opendir($0) }) else { throw systemError("cannot read the folder", self) }
    defer { closedir(folder) }
    var names: [[UInt8]] = []
    errno = 0
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name != [UInt8(ascii: ".")], name != [UInt8(ascii: "."), UInt8(ascii: ".")] { names.append(name) }
      errno = 0
    }
    if errno != 0 { throw systemError("cannot read the folder", self) }
    return names.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { FilePath(bytes: $0).lastComponent }
  }
}
