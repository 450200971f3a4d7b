import Foundation

/// Files that are either the old one or the new one, never half of one.
///
/// Only regular files are replaced: if a link, folder, pipe or device has the name, nothing is written.
/// A file that is replaced keeps its permissions.
package enum AtomicFile {
  /// Writes `path` through a temporary file in the same folder: write, fsync, rename, fsync of the folder.
  /// - Throws: `GanError` (environment) naming the path, or because the computation behind the contents ran out of
  ///   memory; the temporary file is removed.
  package static func write(to path: FilePath, _ fill: (Writer) throws -> Void) throws {
    let old = try replaceable(path)
    let temporary = try TemporaryFile(beside: path)
    defer { temporary.close() }
    do {
      if let old { temporary.takePermissions(of: old) }
      try fill(Writer(descriptor: temporary.descriptor, path: path))
      try OutOfMemory.check()
      if fsync(temporary.descriptor) != 0 { throw systemError("cannot write", path) }
      try temporary.rename(to: path)
    } catch {
      temporary.remove()
      throw error
    }
    sync(folder: path.parent)
  }

  package static func write(_ data: Data, to path: FilePath) throws {
    try write(to: path) { writer in try data.withUnsafeBytes { try writer.write($0) } }
  }

  package static func write(_ text: String, to path: FilePath) throws { try write(Data(text.utf8), to: path) }

  /// Points the symbolic link `path` at `target` (as written, relative to the link's folder), atomically.
  /// - Parameter replacingFiles: whether a regular file of that name may be replaced.
  /// - Throws: `GanError` (environment) if something other than a link has that name, or the disk refuses.
  package static func link(_ path: FilePath, to target: FilePath, replacingFiles: Bool = false) throws {
    if let there = FileStatus(path, followingLinks: false), there.kind != .link,
      !(replacingFiles && there.kind == .file)
    {
      throw GanError.environment("\(there.kind.description) is where a link should be", at: path)
    }
    let temporary = TemporaryFile.name(beside: path)
    let isMade = target.withPlatformString { target in temporary.withPlatformString { symlink(target, $0) == 0 } }
    guard isMade, TemporaryFile.rename(temporary, to: path) else {
      let failure = systemError("cannot link", path)
      if isMade { remove(temporary) }
      throw failure
    }
    sync(folder: path.parent)
  }

  /// Gives a file another name in the same folder.
  /// - Throws: `GanError` (environment) if the system refuses.
  package static func rename(_ path: FilePath, to new: FilePath) throws {
    guard TemporaryFile.rename(path, to: new) else { throw systemError("cannot rename", path) }
    sync(folder: new.parent)
  }

  /// Makes a folder and its parents, so that they are there after a power cut too.
  /// - Throws: `GanError` (environment) if a file is in the way or the system refuses.
  package static func makeFolder(_ path: FilePath) throws {
    if path.isFolder { return }
    if path.withPlatformString({ mkdir($0, 0o777) }) == 0 { return sync(folder: path.parent) }
    if errno == ENOENT, path.parent != path {
      try makeFolder(path.parent)
      if path.withPlatformString({ mkdir($0, 0o777) }) == 0 { return sync(folder: path.parent) }
    }
    let reason = errno
    if path.isFolder { return }
    if let kind = FileStatus(path)?.kind {
      throw GanError.environment("cannot create the folder: \(kind.description) has that name", at: path)
    }
    errno = reason
    throw systemError("cannot create the folder", path, help: "check the path and its permissions")
  }

  /// Removes what killed writers left in a folder that no other process writes into now.
  package static func removeLeftovers(in folder: FilePath) { TemporaryFile.removeLeftovers(in: folder, links: true) }

  /// Whether a file of this name is one that a killed writer may have left.
  package static func isLeftover(_ name: String) -> Bool { TemporaryFile.isTemporary(name) }

  /// Removes a file, if it is there.
  @discardableResult
  package static func remove(_ path: FilePath) -> Bool { path.withPlatformString { unlink($0) == 0 } }

  /// Waits until the names in a folder are on the disk.
  package static func sync(folder: FilePath) {
    let descriptor = folder.withPlatformString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// The file that is to be replaced, nil if the name is free.
  /// - Throws: `GanError` (environment) if the name belongs to anything but a regular file.
  @discardableResult
  package static func replaceable(_ path: FilePath) throws -> FileStatus? {
    guard let there = FileStatus(path, followingLinks: false) else {
      if errno == ENOENT { return nil }
      throw systemError("cannot write", path)
    }
    guard there.kind != .file else { return there }
    let help = path.linkTarget.map { "a link is not replaced: name the file itself (\($0.shown)), or another place" }
    throw GanError.environment(
      "cannot write: \(there.kind.description) has that name", at: path, help: help ?? "name another file")
  }

  package final class Writer {
    private let descriptor: Int32
    private let path: FilePath

    init(descriptor: Int32, path: FilePath) {
      self.descriptor = descriptor
      self.path = path
    }

    /// A name under which other programs can open the file while it is being written.
    package var reopened: String { "/proc/\(getpid())/fd/\(descriptor)" }

    package func write(_ bytes: UnsafeRawBufferPointer) throws {
      var rest = bytes
      while let base = rest.baseAddress, rest.count > 0 {
        let written = Foundation.write(descriptor, base, rest.count)
        if written < 0 {
          if errno == EINTR { continue }
          throw systemError("cannot write", path)
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
      }
    }

    /// Overwrites bytes that were written before; what is written next is still appended.
    package func replace(from offset: Int, with bytes: UnsafeRawBufferPointer) throws {
      var done = 0
      while let base = bytes.baseAddress, done < bytes.count {
        let written = pwrite(descriptor, base + done, bytes.count - done, off_t(offset + done))
        if written < 0 {
          if errno == EINTR { continue }
          throw systemError("cannot write", path)
        }
        done += written
      }
    }
  }
}

/// An environment error with the reason that the system gave last (`errno`).
package func systemError(_ what: String, _ path: FilePath, help: String? = nil) -> GanError {
  GanError.environment("\(what): \(String(cString: strerror(errno)))", at: path, help: help)
}
