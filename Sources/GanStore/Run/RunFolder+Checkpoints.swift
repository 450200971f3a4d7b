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
    try AtomicFile.link(checkpointsPath + "/" + mark.rawValue, to: name)
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
    guard let target = linkTarget(checkpoints + "/" + mark.rawValue) else { return nil }
    let path = target.hasPrefix("/") ? target : checkpoints + "/" + target
    return isFile(path) ? path : nil
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
