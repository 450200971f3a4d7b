import Foundation
import GanBase

/// A file that a command is told to write.
package enum OutputFile {
  /// - Throws: `GanError` (usage) for a name with another ending; one without any will do.
  package static func requireEnding(_ ending: String, of path: FilePath) throws {
    let found = path.ending
    guard found.isEmpty || found == ending else {
      throw GanError.usage(
        "the output is a .\(ending) file; .\(found) is not written", at: path,
        help: "name it \(path.stem ?? "weights").\(ending)")
    }
  }

  /// Creates the folder for the file.
  package static func makeParent(of path: FilePath) throws { try AtomicFile.makeFolder(path.parent) }

  /// Checks, without writing anything, whether files can be written.
  /// - Throws: `GanError` (environment) naming the first such place.
  package static func checkPlaces(_ paths: [FilePath], help: String? = nil) throws {
    var folders: Set<FilePath> = []
    do {
      for path in paths {
        try AtomicFile.replaceable(path)
        if folders.insert(path.parent).inserted { try checkFolder(path.parent) }
      }
    } catch let error as GanError {
      throw GanError(
        error.code, error.diagnostics.map { Diagnostic($0.message, at: $0.location, help: help ?? $0.help) })
    }
  }

  /// - Throws: `GanError` (environment) if a folder takes no file, or cannot be made.
  private static func checkFolder(_ folder: FilePath) throws {
    guard let status = FileStatus(folder) else {
      guard errno == ENOENT, folder.parent != folder else { throw systemError("cannot create the folder", folder) }
      return try checkFolder(folder.parent)
    }
    guard status.kind == .folder else {
      throw GanError.environment("cannot write into it: it is \(status.kind.description)", at: folder)
    }
    guard folder.withPlatformString({ access($0, W_OK | X_OK) }) == 0 else {
      throw systemError("cannot write into the folder", folder)
    }
    var space = statvfs()
    if folder.withPlatformString({ statvfs($0, &space) }) == 0, space.f_blocks > 0, space.f_bavail == 0 {
      throw GanError.environment("cannot write into the folder: the disk is full", at: folder)
    }
  }
}
