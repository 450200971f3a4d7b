import GanBase
import GanStore

/// The runs in a folder, the newest first.
package enum RunList {
  /// - Parameter folder: a folder of runs, usually `runs`, or a single run.
  /// - Throws: `GanError` (input) if there is no such folder, or it cannot be read. A damaged run is listed as such.
  package static func read(_ folder: FilePath) throws -> [RunSummary] {
    guard folder.isFolder else {
      throw GanError.input(
        folder.exists ? "is not a folder" : "there is no such folder", at: folder,
        help: "name a folder of runs, or a run")
    }
    if RunFolder.looksLikeRun(folder) { return [RunSummary(folder)] }
    var seen: Set<FileStatus.Identity> = []
    let paths = try folder.listed().filter { $0.string != "latest" }.map { folder.appending($0) }
    // Folders before links to them.
    let sorted = paths.filter { $0.linkTarget == nil } + paths.filter { $0.linkTarget != nil }
    let runs = sorted.filter { path in
      guard RunFolder.looksLikeRun(path), let identity = FileStatus(path)?.identity else { return false }
      return seen.insert(identity).inserted
    }
    return runs.map(RunSummary.init).sorted { ($1.changed, $0.name) < ($0.changed, $1.name) }
  }
}
