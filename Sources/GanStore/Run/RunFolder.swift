import Foundation
import GanBase

/// The folder of one training run:
/// `config.yaml`, `log.jsonl`, `samples/`, `checkpoints/` with its links `latest` and `best`.
/// While an instance lives, no other process can write into the folder.
public final class RunFolder {
  public let path: String
  private let lock: FolderLock

  /// The folder's own name, which is the name of the run.
  public var name: String { (path as NSString).lastPathComponent }
  public var configPath: String { path + "/config.yaml" }
  public var logPath: String { path + "/log.jsonl" }
  public var samplesPath: String { path + "/samples" }
  public var checkpointsPath: String { path + "/checkpoints" }

  private init(path: String, lock: FolderLock) {
    (self.path, self.lock) = (path, lock)
  }

  /// Makes `runs/name` with its sub-folders and `config.yaml`, and points `runs/latest` at it.
  /// - Throws: `GanError` (usage) for a name that is no folder name, or a folder that has something in it;
  ///   (environment) where another process writes there or the disk refuses.
  public static func create(in runs: String, name: String, config: String) throws -> RunFolder {
    try check(name: name)
    let path = joined(runs, name)
    try refuseContent(of: path)
    try AtomicFile.makeFolder(path)
    let folder = RunFolder(path: path, lock: try FolderLock(folder: path))
    try refuseContent(of: path)
    try AtomicFile.makeFolder(folder.samplesPath)
    try AtomicFile.makeFolder(folder.checkpointsPath)
    try AtomicFile.write(config, to: folder.configPath)
    try folder.markNewest()
    return folder
  }

  /// Opens an existing run to continue it: removes what an interrupted write left, makes missing
  /// sub-folders, and points `runs/latest` at it.
  /// - Throws: `GanError` (checkpoint) where there is no run; (environment) where another process writes there.
  public static func open(_ path: String) throws -> RunFolder {
    let path = resolvingLink(path)
    guard isFile(path + "/config.yaml") else {
      throw GanError.checkpoint(
        isFolder(path) ? "not a run folder: it has no config.yaml" : "there is no such run", at: path,
        help: CheckpointLocator.nearbyRuns(path))
    }
    let folder = RunFolder(path: path, lock: try FolderLock(folder: path))
    try AtomicFile.makeFolder(folder.samplesPath)
    try AtomicFile.makeFolder(folder.checkpointsPath)
    for part in [path, folder.samplesPath, folder.checkpointsPath] { removeLeftovers(in: part) }
    try folder.markNewest()
    return folder
  }

  public func samplePath(step: Int) -> String { "\(samplesPath)/step-\(padded(step, 6)).png" }

  private func markNewest() throws {
    let parent = (path as NSString).deletingLastPathComponent
    let link = Self.joined(parent.isEmpty ? "." : parent, CheckpointLocator.newest)
    if Self.isFolder(link), !Self.isLink(link) { return }
    try AtomicFile.link(link, to: name)
  }

  private static func check(name: String) throws {
    let isPlain = !name.contains("/") && !name.hasPrefix(".") && !name.isEmpty && name.utf8.count <= 200
    let isPrintable = name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    guard isPlain, isPrintable, name != CheckpointLocator.newest else {
      throw GanError.usage(
        "'\(name)' cannot be the name of a run", at: "--run",
        help: "a name without '/', not beginning with '.', and not 'latest'")
    }
  }

  private static func refuseContent(of path: String) throws {
    guard exists(path) else { return }
    let isEmpty = isFolder(path) && names(in: path).allSatisfy { $0 == ".lock" || isEmptyFolder(path + "/" + $0) }
    if isEmpty { return }
    throw GanError.usage(
      "this run exists already", at: path, help: "continue it with --resume, or choose another name with --run")
  }

  /// With the lock held, nobody is writing one. Until version 1 of the format they were called `NAME.tmp-PID`.
  private static func removeLeftovers(in folder: String) {
    AtomicFile.removeLeftovers(in: FilePath(folder))
    for name in names(in: folder) {
      guard let mark = name.range(of: ".tmp-", options: .backwards), !name[mark.upperBound...].isEmpty,
        name[mark.upperBound...].utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
      else { continue }
      unlink(folder + "/" + name)
    }
  }
}

extension RunFolder {
  static func joined(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  /// Names in a folder, sorted; none where it cannot be read.
  static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  private static func isEmptyFolder(_ path: String) -> Bool { isFolder(path) && names(in: path).isEmpty }

  static func isFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
  }

  /// True also for a link that leads nowhere.
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  static func isLink(_ path: String) -> Bool { linkTarget(path) != nil }

  /// What a symbolic link says, or nil for anything else.
  static func linkTarget(_ path: String) -> String? { try? FileManager.default.destinationOfSymbolicLink(atPath: path) }

  /// The path that a symbolic link leads to, so that messages and log name the real thing; others as they are.
  static func resolvingLink(_ path: String) -> String {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    guard let target = linkTarget(path) else { return path }
    if target.hasPrefix("/") { return target }
    let folder = (path as NSString).deletingLastPathComponent
    return folder.isEmpty ? target : joined(folder, target)
  }
}

/// The number with leading zeros up to `width` digits, so that names sort by number.
func padded(_ number: Int, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
