import Foundation
import GanBase

/// Finds the checkpoint that a user means.
package enum CheckpointLocator {
  /// The link in the folder of runs that points to the newest.
  static let newest: FilePath.Component = "latest"

  /// The checkpoint file for what was given on the command line: a checkpoint, a run folder (or its
  /// `checkpoints`), a folder of runs, the name of a run in `runs`, or nothing for the newest run.
  /// Links are followed, so that the answer says which step it is.
  /// - Throws: `GanError` (checkpoint) if there is none, with what there is.
  package static func resolve(_ given: FilePath?, runs: FilePath = "runs") throws -> FilePath {
    guard let given else { return try newestRun(in: runs) }
    if given.isFile { return RunFolder.resolvingLink(given) }
    if given.isFolder { return try inFolder(given) }
    // What is no regular file is named when it is opened.
    if FileStatus(given) != nil { return given }
    if let named = named(given, in: runs), named.isFolder { return try inFolder(named) }
    if given.linkTarget != nil {
      let siblings = available(given.parent)
      throw GanError.checkpoint("the link leads nowhere", at: given, help: siblings)
    }
    throw GanError.checkpoint("there is no such checkpoint or run", at: given, help: nearby(given, runs))
  }

  /// The folder of the run that was meant: a run or what lies in it, the name of a run in `runs`, or nothing for the
  /// newest run. It need not have a checkpoint.
  /// - Throws: `GanError` (checkpoint) if there is none.
  package static func run(_ given: FilePath?, runs: FilePath = "runs") throws -> FilePath {
    let place = given ?? runs.appending(newest)
    let candidates = [place, named(place, in: runs), place.parent, place.parent.parent].compactMap { $0 }
    if let run = candidates.map(RunFolder.resolvingLink).first(where: { $0.appending("config.yaml").isFile }),
      given == nil || given?.exists == true || named(place, in: runs)?.exists == true
    {
      return run
    }
    guard let given else { return try newestRun(in: runs) }
    throw GanError.checkpoint(
      given.isFolder ? "not a run folder: it has no config.yaml" : "there is no such run", at: given,
      help: nearbyRuns(given.components.count == 1 ? runs.pushing(given) : given))
  }

  /// The folder of a run that ended before its first checkpoint, if that is what `given` means.
  package static func unsavedRun(_ given: FilePath, runs: FilePath = "runs") -> FilePath? {
    let folder = [given, named(given, in: runs)].compactMap { $0 }.first(where: \.isFolder)
      .map(RunFolder.resolvingLink)
    guard let folder, folder.appending(".lock").exists, RunFolder.isUnsaved(folder) else { return nil }
    return folder
  }

  /// The folder in `runs` that a bare name may mean.
  private static func named(_ given: FilePath, in runs: FilePath) -> FilePath? {
    given.isRelative && given.components.count == 1 ? runs.pushing(given) : nil
  }

  private static func inFolder(_ folder: FilePath) throws -> FilePath {
    let folder = RunFolder.resolvingLink(folder)
    let checkpoints = folder.appending("checkpoints")
    if checkpoints.isFolder { return try latest(in: checkpoints) }
    let holdsCheckpoints = !checkpointNames(folder).isEmpty || folder.lastComponent == "checkpoints"
    return holdsCheckpoints ? try latest(in: folder) : try newestRun(in: folder)
  }

  private static func newestRun(in runs: FilePath) throws -> FilePath {
    let link = runs.appending(newest)
    if link.appending("checkpoints").isFolder {
      return try latest(in: RunFolder.resolvingLink(link).appending("checkpoints"))
    }
    let names = runNames(runs)
    if names.isEmpty {
      throw GanError.checkpoint("no run was found", at: runs, help: "train first, or name a checkpoint")
    }
    throw GanError.checkpoint(
      "it has no 'latest' that leads to a run", at: runs, help: "name one of its runs: \(listed(names))")
  }

  private static func latest(in checkpoints: FilePath) throws -> FilePath {
    if let path = RunFolder.marked(.latest, in: checkpoints) ?? RunFolder.furthest(in: checkpoints) { return path }
    throw GanError.checkpoint(
      "it has no 'latest' that leads to a checkpoint", at: checkpoints,
      help: available(checkpoints) ?? "the run has not saved a checkpoint yet")
  }

  /// The checkpoint that a run would continue from; one that cannot be read if there is no other; nil if the run has
  /// saved none.
  package static func latest(ofRun run: FilePath) -> FilePath? {
    let checkpoints = run.appending("checkpoints")
    return RunFolder.marked(.latest, in: checkpoints) ?? RunFolder.furthest(in: checkpoints)
      ?? RunFolder.checkpoints(in: checkpoints, RunFolder.checkpointPrefix).last?.path
  }

  /// A sentence with the checkpoints in a folder, or nil if there are none.
  private static func available(_ folder: FilePath) -> String? {
    let names = checkpointNames(folder)
    return names.isEmpty ? nil : "available: \(listed(names))"
  }

  private static func nearby(_ given: FilePath, _ runs: FilePath) -> String? {
    let folder = given.removingLastComponent()
    let beside = folder.isFolder ? folder : ""
    let siblings = checkpointNames(beside.isEmpty ? "." : beside) + runNames(beside.isEmpty ? runs : beside)
    if let near = suggestion(for: given.shownName, among: siblings) { return "did you mean '\(near)'?" }
    return siblings.isEmpty ? nil : "available: \(listed(siblings))"
  }

  /// A sentence with the runs beside a path, or nil if there are none.
  package static func nearbyRuns(_ path: FilePath) -> String? {
    let names = runNames(path.parent).filter { $0 != path.shownName }
    if let near = suggestion(for: path.shownName, among: names) {
      return "did you mean '\(near)'?"
    }
    return names.isEmpty ? nil : "runs there: \(listed(names))"
  }

  private static func checkpointNames(_ folder: FilePath) -> [String] {
    folder.names.filter { $0.extension == RunFolder.ending && folder.appending($0).isFile }.map(\.shown)
  }

  private static func runNames(_ folder: FilePath) -> [String] {
    folder.names.filter { $0 != newest && folder.appending($0).appending("checkpoints").isFolder }.map(\.shown)
  }

  /// At most the last eight, which are the newest if the names are numbers.
  private static func listed(_ names: [String]) -> String {
    let shown = names.suffix(8).joined(separator: ", ")
    return names.count > 8 ? "..., " + shown : shown
  }
}
