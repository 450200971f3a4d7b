import Foundation
import GanBase

extension RunFolder {
  /// `checkpoints/step-000500.safetensors`
  public func checkpointPath(step: Int) -> String { Self.path(in: checkpointsPath, "step-", padded(step, 6)) }

  /// `checkpoints/epoch-0005.safetensors`; these are kept when old steps are removed.
  public func checkpointPath(epoch: Int) -> String { Self.path(in: checkpointsPath, "epoch-", padded(epoch, 4)) }

  /// Writes a checkpoint and, once it is safely on disk, points `latest` at it.
  public func saveCheckpoint(to path: String, tensors: [TensorSource], metadata: [String: String]) throws {
    try CheckpointFile.write(to: path, tensors: tensors, metadata: metadata)
    try mark(path, as: .latest)
  }

  /// The links beside the checkpoints.
  public enum Mark: String, CaseIterable, Sendable {
    case latest, best
  }

  /// Points `checkpoints/latest` or `checkpoints/best` at a checkpoint of this run, which must be on disk.
  public func mark(_ path: String, as mark: Mark) throws {
    let name = (path as NSString).lastPathComponent
    guard Self.isFile(checkpointsPath + "/" + name) else {
      throw GanError(.bug, "'\(mark.rawValue)' cannot point to a checkpoint that is not there", at: path)
    }
    let link = checkpointsPath + "/" + mark.rawValue
    // In a copy without links it is a file, which has its original beside it.
    if !Self.isLink(link), Self.isFile(link) { AtomicFile.remove(FilePath(link)) }
    try AtomicFile.link(link, to: name)
  }

  /// Gives a checkpoint that has the name of a mark, as in a copy without links, the name of its step.
  /// - Returns: the path that it has now.
  public func renamed(_ path: String, step: Int) throws -> String {
    guard Mark(rawValue: (path as NSString).lastPathComponent) != nil else { return path }
    let proper = checkpointPath(step: step)
    if rename(path, proper) != 0 { throw systemError("cannot rename", path) }
    AtomicFile.sync(folder: FilePath(checkpointsPath))
    return proper
  }

  /// The checkpoint that a mark points to, or nil where there is none.
  public func marked(_ mark: Mark) -> String? { Self.marked(mark, in: checkpointsPath) }

  /// Removes step checkpoints except the newest `count`, never one that `latest` or `best` points to.
  /// Counting starts at `step` and goes down: after a resume from an earlier step, the abandoned later
  /// checkpoints neither count nor go.
  /// - Returns: the paths removed.
  @discardableResult
  public func pruneSteps(keeping count: Int, upTo step: Int) throws -> [String] {
    try prune("step-", keeping: count, upTo: step)
  }

  /// The same for epoch checkpoints, which nothing else removes.
  @discardableResult
  public func pruneEpochs(keeping count: Int, upTo epoch: Int) throws -> [String] {
    try prune("epoch-", keeping: count, upTo: epoch)
  }

  private func prune(_ prefix: String, keeping count: Int, upTo number: Int) throws -> [String] {
    let protected = Mark.allCases.compactMap { marked($0) }
    let reached = Self.checkpoints(in: checkpointsPath, prefix).filter { $0.number <= number }.map(\.path)
    let old = reached.dropLast(max(0, count)).filter { !protected.contains($0) }
    for path in old where unlink(path) != 0 { throw systemError("cannot remove", path) }
    return old
  }

  static func marked(_ mark: Mark, in checkpoints: String) -> String? {
    let link = checkpoints + "/" + mark.rawValue
    guard let target = linkTarget(link) else { return isFile(link) ? original(of: link, in: checkpoints) : nil }
    let path = target.hasPrefix("/") ? target : checkpoints + "/" + target
    return isFile(path) ? path : nil
  }

  /// The checkpoint of which a file is a copy: `scp -r` and `cp -L` make files of links. The file itself where there is
  /// none.
  private static func original(of copy: String, in checkpoints: String) -> String {
    guard let wanted = fingerprint(copy) else { return copy }
    let all = self.checkpoints(in: checkpoints, "step-") + self.checkpoints(in: checkpoints, "epoch-")
    return all.last { fingerprint($0.path) == wanted }?.path ?? copy
  }

  /// The size of a checkpoint and its beginning, which holds the checksum of its header and so, by way of the tensors'
  /// checksums there, of everything in it.
  private static func fingerprint(_ path: String) -> Data? {
    guard let file = FileHandle(forReadingAtPath: path), let head = try? file.read(upToCount: 256),
      let size = try? file.seekToEnd()
    else { return nil }
    return head + withUnsafeBytes(of: size) { Data($0) }
  }

  /// The checkpoint that is furthest, for a folder without `latest`: one that died between its first checkpoint and
  /// that mark, or a copy without links.
  static func furthest(in checkpoints: String) -> String? {
    let all = self.checkpoints(in: checkpoints, "epoch-") + self.checkpoints(in: checkpoints, "step-")
    let steps = all.compactMap { entry -> (step: Int, path: String)? in
      guard let file = try? CheckpointFile(path: entry.path, verifyingData: false),
        let step = try? file.json("state")["step"]?.integer
      else { return nil }
      return (step, entry.path)
    }
    return steps.max { $0.step < $1.step }?.path
  }

  /// The newest whole checkpoint before a damaged one in the same folder; nil where there is none.
  static func good(before damaged: String) -> String? {
    let folder = (damaged as NSString).deletingLastPathComponent
    let steps = checkpoints(in: folder.isEmpty ? "." : folder, "step-").reversed().map(\.path)
    let epochs = checkpoints(in: folder.isEmpty ? "." : folder, "epoch-").reversed().map(\.path)
    let name = (damaged as NSString).lastPathComponent
    return (steps + epochs).first { path in
      (path as NSString).lastPathComponent != name && (try? CheckpointFile(path: path)) != nil
    }
  }

  /// The checkpoints whose names are `prefix` and a number, by number.
  static func checkpoints(in folder: String, _ prefix: String) -> [(number: Int, path: String)] {
    names(in: folder).compactMap { name in
      guard name.hasPrefix(prefix), name.hasSuffix(fileExtension),
        let number = Int(name.dropFirst(prefix.count).dropLast(fileExtension.count)), number >= 0
      else { return nil }
      return (number, folder + "/" + name)
    }.sorted { $0.number < $1.number }
  }

  static let fileExtension = ".safetensors"

  private static func path(in folder: String, _ prefix: String, _ number: String) -> String {
    folder + "/" + prefix + number + fileExtension
  }
}
