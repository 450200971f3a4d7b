import CProcess
import Foundation

/// Folders for large files that are needed only for a while.
package enum ScratchFolder {
  /// The one that the user's environment names, the system's for large files, and the current one; none in memory.
  package static var usual: [FilePath] {
    let named = ProcessInfo.processInfo.environment["TMPDIR"].map { FilePath($0) }
    return ([named, "/var/tmp", "/tmp", "."].compactMap { $0 }).filter { room(in: $0) != nil }
  }

  /// Bytes that files in a folder may take, less a reserve for others; nil if it is in memory, or none.
  package static func room(in folder: FilePath) -> Int? {
    guard folder.isFolder, !folder.withPlatformString({ gp_is_in_memory($0) != 0 }) else { return nil }
    return DiskSpace.available(at: folder).map { max(0, $0 - (256 << 20)) }
  }
}
