import Foundation
import GanBase

/// The folder of one training run:
/// `config.yaml`, `log.jsonl`, `samples/`, `checkpoints/` with its links `latest` and `best`.
/// While an instance lives, no other process can write into the folder.
package final class RunFolder {
  package let path: FilePath
  private let lock: FolderLock

  /// The folder's own name, which is the name of the run.
  package var name: String { path.shownName }
  package var configPath: FilePath { path.appending("config.yaml") }
  package var logPath: FilePath { path.appending("log.jsonl") }
  package var reportPath: FilePath { path.appending("report.html") }
  package var samplesPath: FilePath { path.appending("samples") }
  package var checkpointsPath: FilePath { path.appending("checkpoints") }
  /// Warnings about things beside the run that could not be done.
  package private(set) var notice: String?

  /// Whether a run had begun here before and saved no step.
  package private(set) var isBegunAgain = false

  private init(path: FilePath, lock: FolderLock) {
    (self.path, self.lock) = (path, lock)
  }

  /// Makes `runs/name` with its sub-folders and `config.yaml`, and points `runs/latest` at it. A run that ended before
  /// its first step was saved is begun again.
  /// - Parameter mayReplace: decides on the `config.yaml` of such a run; it throws if that must stay.
  /// - Throws: `GanError` (usage) for a name that is no folder name, or a folder that has something else in it;
  ///   (environment) if another process writes there or the disk refuses.
  package static func create(
    in runs: FilePath, name: FilePath, config: String, mayReplace: (_ config: FilePath) throws -> Void = { _ in }
  ) throws -> RunFolder {
    try checkNew(in: runs, name: name)
    let path = runs == "." ? name : runs.pushing(name)
    try AtomicFile.makeFolder(path)
    let folder = RunFolder(path: path, lock: try FolderLock(folder: path))
    try refuseContent(of: path)
    folder.isBegunAgain = folder.configPath.isFile
    if folder.isBegunAgain { try mayReplace(folder.configPath) }
    try folder.tidy()
    // Only what a run has before its first step is left there now.
    for name in folder.checkpointsPath.names { AtomicFile.remove(folder.checkpointsPath.appending(name)) }
    try AtomicFile.write(config, to: folder.configPath)
    try folder.markNewest()
    return folder
  }

  /// Throws if `create` would not make a run there.
  package static func checkNew(in runs: FilePath, name: FilePath) throws {
    try check(name: name)
    try refuseContent(of: runs.pushing(name))
  }

  /// Opens an existing run to continue it: removes what an interrupted write left, makes missing
  /// sub-folders, and points `runs/latest` at it.
  /// - Throws: `GanError` (checkpoint) if there is no run; (environment) if another process writes there.
  package static func open(_ path: FilePath) throws -> RunFolder {
    let path = resolvingLink(path)
    guard path.appending("config.yaml").isFile else { throw noRun(path) }
    let folder = RunFolder(path: path, lock: try FolderLock(folder: path))
    try folder.tidy()
    try folder.markNewest()
    return folder
  }

  private static func noRun(_ path: FilePath) -> GanError {
    if path.isFolder, path.appending(".lock").exists, isUnsaved(path) {
      return GanError.checkpoint(
        "this run ended before its configuration was written", at: path,
        help: "start it again with: ganctl train --config FILE --run \(path)")
    }
    return GanError.checkpoint(
      path.isFolder ? "not a run folder: it has no config.yaml" : "there is no such run", at: path,
      help: CheckpointLocator.nearbyRuns(path))
  }

  /// Makes missing sub-folders, and removes what interrupted writes left, and the note of a failure, which is over once
  /// the run continues.
  private func tidy() throws {
    AtomicFile.remove(RunFailure.path(in: path))
    try AtomicFile.makeFolder(samplesPath)
    try AtomicFile.makeFolder(checkpointsPath)
    for part in [path, samplesPath, checkpointsPath] { Self.removeLeftovers(in: part) }
  }

  /// Writes `config.yaml`, unless it says this already.
  package func write(config: String) throws {
    if let old = try? InputFile(configPath, .environment).content(), old == Array(config.utf8) { return }
    try AtomicFile.write(config, to: configPath)
  }

  /// Recreates `checkpoints/` if it was removed while the process is running, so that no work is lost.
  package func replaceLostFolder(config: String) throws {
    if checkpointsPath.isFolder { return }
    try AtomicFile.makeFolder(checkpointsPath)
    try write(config: config)
  }

  /// What lies in the folder of a run besides its sub-folders.
  package static let fileNames: Set = [
    ".lock", "config.yaml", "log.jsonl", "timing.jsonl", "report.html", EventFile.fileName, RunFailure.fileName,
  ]

  package func samplePath(step: Int) -> FilePath { samplesPath.appending("step-\(padded(step, 6)).png") }

  /// The step of a sample sheet by its name; nil for other files.
  package static func sampleStep(_ name: String) -> Int? {
    guard name.hasPrefix("step-"), name.hasSuffix(".png") else { return nil }
    let digits = name.dropFirst(5).dropLast(4)
    return digits.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ? Int(digits) : nil
  }

  /// The steps of all sample sheets, ascending.
  var sampleSteps: [Int] { samplesPath.names.compactMap { Self.sampleStep($0.string) }.sorted() }

  /// Removes the sample sheets of later steps than `step`, which a run that continues from there will draw again.
  package func removeSamples(after step: Int) throws {
    for name in samplesPath.names where Self.sampleStep(name.string).map({ $0 > step }) == true {
      let path = samplesPath.appending(name)
      if !AtomicFile.remove(path) { throw systemError("cannot remove", path) }
    }
  }

  private func markNewest() throws {
    let link = path.parent.appending(CheckpointLocator.newest)
    if let there = FileStatus(link, followingLinks: false), there.kind != .link {
      notice = "\(link) is \(there.kind.description), not a link to the newest run: it stays as it is"
      return
    }
    try AtomicFile.link(link, to: path.name)
  }

  private static func check(name: FilePath) throws {
    let bytes = name.bytes
    let isPlain = name.isRelative && name.components.count == 1 && bytes.first != UInt8(ascii: ".")
    let isPrintable = bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    guard isPlain, isPrintable, bytes.count <= 200, name.lastComponent != CheckpointLocator.newest else {
      throw GanError.usage(
        "'\(name)' cannot be the name of a run", at: "--run",
        help: "a name without '/', not beginning with '.', and not 'latest'")
    }
  }

  private static func refuseContent(of path: FilePath) throws {
    guard path.exists else { return }
    guard path.isFolder else {
      throw GanError.usage("is a file, not a folder for a run", at: path, help: "choose another name with --run")
    }
    if isUnsaved(path, orUntrained: true) { return }
    if path.appending("config.yaml").isFile {
      throw GanError.usage(
        "this run exists already", at: path, help: "continue it with --resume, or choose another name with --run")
    }
    throw GanError.usage(
      "the folder is not empty, and what is in it is no run: \(path.names.prefix(3).map(\.shown).joined(separator: ", "))",
      at: path, help: "choose another name with --run")
  }

  /// Whether a folder holds nothing but what a run writes before its first checkpoint.
  /// - Parameter orUntrained: the checkpoint of step 0 does not count.
  static func isUnsaved(_ path: FilePath, orUntrained: Bool = false) -> Bool {
    return path.names.allSatisfy { component in
      let part = path.appending(component), name = component.string
      switch name {
      case "checkpoints":
        return part.isFolder
          && part.names.allSatisfy { isLeftover($0.string) || orUntrained && isUntrained(part.appending($0)) }
      case "samples":
        return part.isFolder && part.names.allSatisfy { isLeftover($0.string) || sampleStep($0.string) != nil }
      default: return fileNames.contains(name) ? part.isFile : isLeftover(name) || part.isFolder && part.names.isEmpty
      }
    }
  }

  /// The checkpoint of step 0, or a link to it.
  private static func isUntrained(_ path: FilePath) -> Bool {
    let first = "\(checkpointPrefix)\(padded(0, 6)).\(ending)"
    if let target = path.linkTarget {
      return path.lastComponent.flatMap { Mark(rawValue: $0.string) } != nil && target.string == first
    }
    return path.name.string == first
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
  private static func removeLeftovers(in folder: FilePath) {
    AtomicFile.removeLeftovers(in: folder)
    for name in folder.names where isLeftover(name.string) { AtomicFile.remove(folder.appending(name)) }
  }
}

extension RunFolder {
  /// The path that a symbolic link leads to, so that messages and log name the real thing; others as they are.
  package static func resolvingLink(_ path: FilePath) -> FilePath {
    guard let target = path.linkTarget else { return path }
    return path.removingLastComponent().pushing(target)
  }
}

/// The number with leading zeros up to `width` digits, so that names sort by number.
func padded(_ number: Int, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
