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

  /// Makes `runs/name` with its sub-folders and `config.yaml`, and points `runs/latest` at it. A run that ended before
  /// it had saved anything is begun again.
  /// - Parameter mayReplace: decides on the `config.yaml` of such a run; it throws where that must stay.
  /// - Throws: `GanError` (usage) for a name that is no folder name, or a folder that has something else in it;
  ///   (environment) where another process writes there or the disk refuses.
  public static func create(
    in runs: String, name: String, config: String, mayReplace: (_ config: String) throws -> Void = { _ in }
  ) throws -> RunFolder {
    try checkNew(in: runs, name: name)
    let path = joined(runs, name)
    try AtomicFile.makeFolder(path)
    let folder = RunFolder(path: path, lock: try FolderLock(folder: path))
    try refuseContent(of: path)
    if isFile(folder.configPath) { try mayReplace(folder.configPath) }
    try folder.tidy()
    try AtomicFile.write(config, to: folder.configPath)
    try folder.markNewest()
    return folder
  }

  /// Refuses a place where `create` would not make a run.
  public static func checkNew(in runs: String, name: String) throws {
    try check(name: name)
    try refuseContent(of: joined(runs, name))
  }

  /// Opens an existing run to continue it: removes what an interrupted write left, makes missing
  /// sub-folders, and points `runs/latest` at it.
  /// - Throws: `GanError` (checkpoint) where there is no run; (environment) where another process writes there.
  public static func open(_ path: String) throws -> RunFolder {
    let path = resolvingLink(path)
    guard isFile(path + "/config.yaml") else { throw noRun(path) }
    let folder = RunFolder(path: path, lock: try FolderLock(folder: path))
    try folder.tidy()
    try folder.markNewest()
    return folder
  }

  private static func noRun(_ path: String) -> GanError {
    if isFolder(path), exists(path + "/.lock"), isUnsaved(path) {
      return GanError.checkpoint(
        "this run ended before its configuration was written", at: path,
        help: "start it again with: ganctl train --config FILE --run \(path)")
    }
    return GanError.checkpoint(
      isFolder(path) ? "not a run folder: it has no config.yaml" : "there is no such run", at: path,
      help: CheckpointLocator.nearbyRuns(path))
  }

  /// Makes missing sub-folders, and removes what interrupted writes left.
  private func tidy() throws {
    try AtomicFile.makeFolder(samplesPath)
    try AtomicFile.makeFolder(checkpointsPath)
    for part in [path, samplesPath, checkpointsPath] { Self.removeLeftovers(in: part) }
  }

  public func samplePath(step: Int) -> String { "\(samplesPath)/step-\(padded(step, 6)).png" }

  /// The step of a sheet of samples by its name; nil for other files.
  static func sampleStep(_ name: String) -> Int? {
    guard name.hasPrefix("step-"), name.hasSuffix(".png") else { return nil }
    let digits = name.dropFirst(5).dropLast(4)
    return digits.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ? Int(digits) : nil
  }

  /// Removes the sheets of samples of later steps than `step`, which a run that continues from there will draw again.
  public func removeSamples(after step: Int) throws {
    for name in Self.names(in: samplesPath) where Self.sampleStep(name).map({ $0 > step }) == true {
      let path = samplesPath + "/" + name
      if unlink(path) != 0 { throw systemError("cannot remove", path) }
    }
  }

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
    guard isFolder(path) else {
      throw GanError.usage("is a file, not a folder for a run", at: path, help: "choose another name with --run")
    }
    if isUnsaved(path) { return }
    if isFile(path + "/config.yaml") {
      throw GanError.usage(
        "this run exists already", at: path, help: "continue it with --resume, or choose another name with --run")
    }
    throw GanError.usage(
      "the folder is not empty, and what is in it is no run: \(names(in: path).prefix(3).joined(separator: ", "))",
      at: path, help: "choose another name with --run")
  }

  /// Whether a folder holds nothing but what a run writes before its first checkpoint.
  static func isUnsaved(_ path: String) -> Bool {
    let files: Set = [".lock", "config.yaml", "log.jsonl", "timing.jsonl"]
    return names(in: path).allSatisfy { name in
      let part = path + "/" + name
      switch name {
      case "checkpoints": return isFolder(part) && names(in: part).allSatisfy(isLeftover)
      case "samples":
        return isFolder(part) && names(in: part).allSatisfy { isLeftover($0) || sampleStep($0) != nil }
      default: return files.contains(name) ? isFile(part) : isLeftover(name) || isEmptyFolder(part)
      }
    }
  }

  /// Temporary files that a killed process left; until version 1 of the format they were called `NAME.tmp-PID`.
  private static func isLeftover(_ name: String) -> Bool {
    if AtomicFile.isLeftover(name) { return true }
    guard let mark = name.range(of: ".tmp-", options: .backwards), !name[mark.upperBound...].isEmpty else {
      return false
    }
    return name[mark.upperBound...].utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
  }

  /// With the lock held, nobody is writing one.
  private static func removeLeftovers(in folder: String) {
    AtomicFile.removeLeftovers(in: FilePath(folder))
    for name in names(in: folder) where isLeftover(name) { unlink(folder + "/" + name) }
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
