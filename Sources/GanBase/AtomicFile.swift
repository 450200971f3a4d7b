import Foundation

/// Files that are either the old one or the new one, never half of one.
public enum AtomicFile {
  /// Writes `path` through a temporary file in the same folder: write, fsync, rename, fsync of the folder.
  /// - Throws: `GanError` (environment) naming the path; the temporary file is removed.
  public static func write(to path: String, _ fill: (Writer) throws -> Void) throws {
    let folder = (path as NSString).deletingLastPathComponent
    let temporary = "\(path).tmp-\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw systemError("cannot create", temporary) }
    let writer = Writer(descriptor: descriptor, path: path)
    do {
      try fill(writer)
      if fsync(descriptor) != 0 { throw systemError("cannot write", path) }
    } catch {
      close(descriptor)
      unlink(temporary)
      throw error
    }
    if close(descriptor) != 0 || rename(temporary, path) != 0 {
      let failure = systemError("cannot write", path)
      unlink(temporary)
      throw failure
    }
    syncFolder(folder.isEmpty ? "." : folder)
  }

  public static func write(_ data: Data, to path: String) throws {
    try write(to: path) { writer in try data.withUnsafeBytes { try writer.write($0) } }
  }

  public static func write(_ text: String, to path: String) throws { try write(Data(text.utf8), to: path) }

  /// Points the symbolic link `path` at `target` (as written, relative to the link's folder), atomically.
  public static func link(_ path: String, to target: String) throws {
    let temporary = "\(path).tmp-\(getpid())"
    unlink(temporary)
    guard symlink(target, temporary) == 0, rename(temporary, path) == 0 else {
      let failure = systemError("cannot link", path)
      unlink(temporary)
      throw failure
    }
    let folder = (path as NSString).deletingLastPathComponent
    syncFolder(folder.isEmpty ? "." : folder)
  }

  /// Makes a folder and its parents.
  public static func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw GanError.environment("cannot create the folder", at: path, help: "check the path and its permissions")
    }
  }

  public final class Writer {
    private let descriptor: Int32
    private let path: String

    init(descriptor: Int32, path: String) {
      self.descriptor = descriptor
      self.path = path
    }

    public func write(_ bytes: UnsafeRawBufferPointer) throws {
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
  }

  private static func syncFolder(_ folder: String) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

/// An environment error with the reason that the system gave last (`errno`).
public func systemError(_ what: String, _ path: String) -> GanError {
  GanError.environment("\(what): \(String(cString: strerror(errno)))", at: path)
}
