import Foundation
import GanBase

/// A file that a command is told to write.
public enum OutputFile {
  /// - Throws: `GanError` (usage) where the name is a folder's, or leads to one of the files that are to be read.
  public static func check(_ path: String, notOneOf inputs: [String]) throws {
    if path.isEmpty { throw GanError.usage("the output has no name", help: "name a file with --output") }
    if isFolder(path) || path.hasSuffix("/") {
      throw GanError.usage("is a folder; a file is to be written", at: path, help: "name a file with --output")
    }
    for input in inputs where isSameFile(path, input) {
      throw GanError.usage("the output would overwrite an input", at: path, help: "name another file with --output")
    }
  }

  /// Makes the folder that the file is to lie in.
  public static func makeParent(of path: String) throws {
    let parent = (path as NSString).deletingLastPathComponent
    if !parent.isEmpty { try AtomicFile.makeFolder(parent) }
  }
}
