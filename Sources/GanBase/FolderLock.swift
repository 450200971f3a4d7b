import Foundation

/// Keeps two processes from writing into one folder. Released when the process ends, however it ends.
package final class FolderLock {
  private let descriptor: Int32

  /// - Throws: `GanError` (environment) when another process holds the lock.
  package init(folder: FilePath) throws {
    let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    descriptor = folder.appending(".lock").withPlatformString { open($0, flags, 0o666) }
    guard descriptor >= 0 else { throw systemError("cannot lock the folder", folder) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw GanError.environment(
        "another ganctl is writing here", at: folder, help: "wait for it to end, or choose another folder with --run")
    }
  }

  deinit { close(descriptor) }
}
