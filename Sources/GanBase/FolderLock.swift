import Foundation

/// Keeps two processes from writing into one folder. Released when the process ends, however it ends.
package final class FolderLock {
  private let descriptor: Int32

  /// - Throws: `GanError` (environment) when another process holds the lock.
  package init(folder: FilePath) throws {
    let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    descriptor = folder.appending(".lock").withPlatformString { open($0, flags, 0o666) }
    guard descriptor >= 0 else { throw systemError("cannot lock the folder", folder) }
    guard Self.take(descriptor) else {
      close(descriptor)
      throw GanError.environment(
        "another ganctl is writing here", at: folder, help: "wait for it to end, or choose another folder with --run")
    }
  }

  deinit { close(descriptor) }

  /// Whether a process holds the lock of a folder. Nothing is written there.
  package static func isHeld(_ folder: FilePath) -> Bool {
    let path = folder.appending(".lock")
    let descriptor = path.withPlatformString { open($0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  /// Tries for a moment, because `isHeld` in another process holds the lock for as long as it takes to ask.
  private static func take(_ descriptor: Int32) -> Bool {
    for attempt in 1...10 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
      if errno != EWOULDBLOCK && errno != EINTR { return false }
      if attempt < 10 { usleep(5000) }
    }
    return false
  }
}
