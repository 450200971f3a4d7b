import Foundation
import GanBase

/// Knows which files a command must not overwrite, under whatever path: those that it reads, those of runs, and anything
/// that is not a regular file of the kind to be written.
package struct OutputGuard {
  /// What the protected files are, for messages.
  private var protected: [FileStatus.Identity: String] = [:]

  package init() {}

  /// Protects a file that is read, if it is there.
  package mutating func protect(_ path: FilePath, _ what: String) {
    if let identity = FileStatus(path)?.identity { protected[identity] = what }
  }

  /// Protects all files of a folder.
  package mutating func protect(contentOf folder: FilePath, _ what: String) {
    for name in folder.names { protect(folder.appending(name), what) }
  }

  /// Protects a checkpoint, and with it the others of its run.
  package mutating func protect(checkpoint: FilePath) {
    if checkpoint.parent.lastComponent == "checkpoints" {
      protect(contentOf: checkpoint.parent, "another checkpoint of the run")
    }
    protect(checkpoint, "the checkpoint")
  }

  /// What writing the file would overwrite that must stay; nil if it may be written.
  package func reason(against path: FilePath) -> String? {
    if let identity = FileStatus(path)?.identity, let what = protected[identity] { return "would overwrite \(what)" }
    guard let there = FileStatus(path, followingLinks: false) else { return nil }
    if let target = path.linkTarget { return "is a link to \(target), and is not replaced by a file" }
    guard there.kind == .file else { return "is \(there.kind.description), and is not replaced by a file" }
    if let run = Self.run(of: path) { return "is a file of the run \(run)" }
    return there.size == 0 || Self.isOfKind(path) ? nil : "is no .\(path.ending) file inside, and is not replaced"
  }

  /// - Parameter option: which names the output.
  /// - Throws: `GanError` (usage) if the file must not be written.
  package func check(_ path: FilePath, option: String = "--output") throws {
    if path.isEmpty { throw GanError.usage("the output has no name", help: "name a file with \(option)") }
    if path.isFolder {
      throw GanError.usage("is a folder; a file is to be written", at: path, help: "name a file with \(option)")
    }
    guard let reason = reason(against: path) else { return }
    throw GanError.usage("the output \(reason)", at: path, help: "name another file with \(option)")
  }

  /// The run that keeps the file for itself, if one does.
  private static func run(of path: FilePath) -> FilePath? {
    let folder = path.parent, name = path.lastComponent?.string ?? ""
    if RunFolder.isRun(folder), RunFolder.fileNames.contains(name) { return folder }
    let isPart = ["checkpoints", "samples"].contains(folder.lastComponent?.string)
    return isPart && RunFolder.isRun(folder.parent) ? folder.parent : nil
  }

  /// Whether a file is of the kind that its ending tells, by its first bytes; true if no kind is known.
  private static func isOfKind(_ path: FilePath) -> Bool {
    guard let file = try? InputFile(path, .usage), let head = try? file.head(9) else { return false }
    switch path.ending {
    case "png": return head.starts(with: [0x89, 0x50, 0x4E, 0x47])
    case "npz": return head.starts(with: [0x50, 0x4B])
    // A zip archive, or the pickles of PyTorch before version 1.6.
    case "pth", "pt", "ckpt": return head.starts(with: [0x50, 0x4B]) || head.starts(with: [0x80])
    // The field for the version of the format comes first.
    case "onnx": return head.starts(with: [0x08])
    case "html": return head == Array("<!DOCTYPE".utf8)
    case "safetensors": return head.count == 9 && head[8] == UInt8(ascii: "{")
    default: return true
    }
  }
}
