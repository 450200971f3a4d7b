import Foundation
import GanBase

/// Finds the checkpoint that a user means.
public enum CheckpointLocator {
  /// The link in the folder of runs that points to the newest.
  static let newest = "latest"

  /// The checkpoint file for what was given on the command line: a checkpoint, a run folder (or its
  /// `checkpoints`), a folder of runs, the name of a run in `runs`, or nothing for the newest run.
  /// Links are followed, so that the answer says which step it is.
  /// - Throws: `GanError` (checkpoint) where there is none, with what there is.
  public static func resolve(_ given: String?, runs: String = "runs") throws -> String {
    guard let given else { return try newestRun(in: runs) }
    if RunFolder.isFile(given) { return RunFolder.resolvingLink(given) }
    if RunFolder.isFolder(given) { return try inFolder(given) }
    let named = RunFolder.joined(runs, given)
    if !given.isEmpty, !given.contains("/"), RunFolder.isFolder(named) { return try inFolder(named) }
    if RunFolder.isLink(given) {
      let siblings = available((given as NSString).deletingLastPathComponent)
      throw GanError.checkpoint("the link leads nowhere", at: given, help: siblings)
    }
    throw GanError.checkpoint("there is no such checkpoint or run", at: given, help: nearby(given, runs))
  }

  /// The folder of a run that ended before its first checkpoint, if that is what `given` means.
  public static func unsavedRun(_ given: String, runs: String = "runs") -> String? {
    let named = given.isEmpty || given.contains("/") ? [] : [RunFolder.joined(runs, given)]
    let folder = ([given] + named).first { RunFolder.isFolder($0) }.map(RunFolder.resolvingLink)
    guard let folder, RunFolder.exists(folder + "/.lock"), RunFolder.isUnsaved(folder) else { return nil }
    return folder
  }

  private static func inFolder(_ folder: String) throws -> String {
    let folder = RunFolder.resolvingLink(folder)
    let checkpoints = RunFolder.joined(folder, "checkpoints")
    if RunFolder.isFolder(checkpoints) { return try latest(in: checkpoints) }
    let holdsCheckpoints = !checkpointNames(folder).isEmpty || (folder as NSString).lastPathComponent == "checkpoints"
    return holdsCheckpoints ? try latest(in: folder) : try newestRun(in: folder)
  }

  private static func newestRun(in runs: String) throws -> String {
    let link = RunFolder.joined(runs, newest)
    let checkpoints = link + "/checkpoints"
    if RunFolder.isFolder(checkpoints) { return try latest(in: RunFolder.resolvingLink(link) + "/checkpoints") }
    let names = runNames(runs)
    if names.isEmpty {
      throw GanError.checkpoint("no run was found", at: runs, help: "train first, or name a checkpoint")
    }
    throw GanError.checkpoint(
      "it has no 'latest' that leads to a run", at: runs, help: "name one of its runs: \(listed(names))")
  }

  private static func latest(in checkpoints: String) throws -> String {
    if let path = RunFolder.marked(.latest, in: checkpoints) ?? RunFolder.furthest(in: checkpoints) { return path }
    throw GanError.checkpoint(
      "it has no 'latest' that leads to a checkpoint", at: checkpoints,
      help: available(checkpoints) ?? "the run has not saved a checkpoint yet")
  }

  /// A sentence with the checkpoints in a folder, or nil where there are none.
  private static func available(_ folder: String) -> String? {
    let names = checkpointNames(folder.isEmpty ? "." : folder)
    return names.isEmpty ? nil : "available: \(listed(names))"
  }

  private static func nearby(_ given: String, _ runs: String) -> String? {
    let folder = (given as NSString).deletingLastPathComponent
    let wanted = (given as NSString).lastPathComponent
    let beside = RunFolder.isFolder(folder.isEmpty ? "." : folder) ? folder : ""
    let siblings = checkpointNames(beside.isEmpty ? "." : beside) + runNames(beside.isEmpty ? runs : beside)
    if let near = suggestion(for: wanted, among: siblings) { return "did you mean '\(near)'?" }
    return siblings.isEmpty ? nil : "available: \(listed(siblings))"
  }

  /// A sentence with the runs beside a path, or nil where there are none.
  static func nearbyRuns(_ path: String) -> String? {
    let parent = (path as NSString).deletingLastPathComponent
    let names = runNames(parent.isEmpty ? "." : parent)
    if let near = suggestion(for: (path as NSString).lastPathComponent, among: names) {
      return "did you mean '\(near)'?"
    }
    return names.isEmpty ? nil : "runs there: \(listed(names))"
  }

  private static func checkpointNames(_ folder: String) -> [String] {
    RunFolder.names(in: folder).filter { $0.hasSuffix(RunFolder.fileExtension) && RunFolder.isFile(folder + "/" + $0) }
  }

  private static func runNames(_ folder: String) -> [String] {
    RunFolder.names(in: folder).filter { $0 != newest && RunFolder.isFolder(folder + "/" + $0 + "/checkpoints") }
  }

  /// At most the last eight, which are the newest where names are numbers.
  private static func listed(_ names: [String]) -> String {
    let shown = names.suffix(8).joined(separator: ", ")
    return names.count > 8 ? "..., " + shown : shown
  }
}
