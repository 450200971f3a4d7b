import CProcess
import Foundation
import Synchronization

/// A file that is written first and renamed to its final name afterwards: `.ganctl-0123456789abcdef.tmp` in the same folder.
///
/// Its writer holds a lock on it. One that nobody holds was left behind by a process that was killed,
/// and the next writer into that folder removes it.
final class TemporaryFile {
  let descriptor: Int32
  private let path: FilePath
  /// For signals that end the process.
  private let number: Int32
  private static let prefix = ".ganctl-", suffix = ".tmp"
  private static let cleaned = Mutex<Set<FileStatus.Identity>>([])

  /// Makes a new file that only this process has, next to `target`.
  /// - Throws: `GanError` (environment) if the folder takes no file.
  init(beside target: FilePath) throws {
    Self.cleanOnce(target.parent)
    while true {
      let path = Self.name(beside: target)
      let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
      let descriptor = path.withPlatformString { open($0, flags, 0o666) }
      if descriptor < 0 {
        if errno == EEXIST || errno == EINTR { continue }
        throw systemError("cannot create", target)
      }
      // Where a file system has no locks, nobody cleans either.
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK, FileStatus(path) != nil {
        (self.path, self.descriptor) = (path, descriptor)
        number = path.withPlatformString { gp_temporary_keep($0) }
        return
      }
      Foundation.close(descriptor)
    }
  }

  func takePermissions(of old: FileStatus) {
    _ = fchown(descriptor, old.owner.user, old.owner.group)
    _ = fchmod(descriptor, old.mode)
  }

  deinit { gp_temporary_forget(number) }

  func rename(to target: FilePath) throws {
    if !Self.rename(path, to: target) { throw systemError("cannot write", target) }
  }

  func remove() { AtomicFile.remove(path) }

  func close() { Foundation.close(descriptor) }

  static func rename(_ path: FilePath, to target: FilePath) -> Bool {
    path.withPlatformString { path in target.withPlatformString { Foundation.rename(path, $0) == 0 } }
  }

  static func name(beside target: FilePath) -> FilePath {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    return target.removingLastComponent().appending(prefix + digits + suffix)
  }

  /// Removes what killed processes left, at the first write of this process into the folder.
  private static func cleanOnce(_ folder: FilePath) {
    guard let identity = FileStatus(folder)?.identity else { return }
    if cleaned.withLock({ $0.insert(identity).inserted }) { removeLeftovers(in: folder) }
  }

  /// Removes the temporary files that nobody is writing. A link cannot be locked: `links` says that nobody
  /// else can be making one here.
  static func removeLeftovers(in folder: FilePath, links: Bool = false) {
    for name in folder.names where isTemporary(name.string) {
      let path = folder.appending(name)
      let descriptor = path.withPlatformString { open($0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
      if descriptor < 0 {
        if links, FileStatus(path, followingLinks: false)?.kind == .link { AtomicFile.remove(path) }
        continue
      }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { AtomicFile.remove(path) }
      Foundation.close(descriptor)
    }
  }

  static func isTemporary(_ text: String) -> Bool {
    guard text.hasPrefix(prefix), text.hasSuffix(suffix) else { return false }
    let digits = text.dropFirst(prefix.count).dropLast(suffix.count)
    return !digits.isEmpty && digits.allSatisfy(\.isHexDigit)
  }
}
