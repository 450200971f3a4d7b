import Foundation

/// Keeps two processes from writing into one folder. Released when the process ends, however it ends.
public final class FolderLock {
  private let descriptor: Int32

  /// - Throws: `GanError` (environment) when another process holds the lock.
  public init(folder: String) throws {
    let path = folder + "/.lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw systemError("cannot lock the folder", folder) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw GanError.environment(
        "another ganctl is writing here", at: folder, help: "wait for it to end, or choose another folder with --run")
    }
  }

  deinit { close(descriptor) }
}
