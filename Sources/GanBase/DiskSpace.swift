import Foundation

/// The room on a disk.
package enum DiskSpace {
  /// Bytes that this user can still write where a path lies, or will lie; nil if unknown.
  package static func available(at path: FilePath) -> Int? {
    var place = path.isEmpty ? "." : path
    while !place.exists {
      let parent = place.parent
      if parent == place { return nil }
      place = parent
    }
    var space = statvfs()
    guard place.withPlatformString({ statvfs($0, &space) }) == 0, space.f_blocks > 0 else { return nil }
    return Int(exactly: UInt64(space.f_bavail).multipliedReportingOverflow(by: UInt64(space.f_frsize)).partialValue)
  }
}
