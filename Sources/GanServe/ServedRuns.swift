import GanBase
import GanStore

/// The runs that clients can choose from. A client names them by what `Run.id` says and never by a path.
package struct ServedRuns: Sendable {
  package struct Run: Sendable {
    /// Tells nothing of where the run lies, and stays the same as long as it lies there.
    let id: String
    /// The folder of a run, or a checkpoint that belongs to none.
    let path: FilePath
    var name: String { isFolder ? path.shownName : FilePath(path.shownName).stem ?? path.shownName }
    let isFolder: Bool
    /// Whether it was named on the command line.
    let isGiven: Bool
  }

  /// Whose runs are all served.
  private let folders: [FilePath]
  private let given: [FilePath]

  /// - Parameters:
  ///   - folder: a folder of runs, which need not exist yet.
  ///   - given: runs, checkpoints and folders of runs that are served before those.
  /// - Throws: `GanError` (checkpoint) if there is no such run.
  package init(folder: FilePath, given: [FilePath]) throws {
    var single: [FilePath] = [], all: [FilePath] = []
    for path in given {
      if path.isFolder, !RunFolder.isRun(path), path.names.contains(where: { RunFolder.isRun(path.appending($0)) }) {
        all.append(path)
      } else if RunFolder.isRun(path) {
        single.append(path)
      } else {
        let checkpoint = try CheckpointLocator.resolve(path)
        let run = checkpoint.parent.parent
        // Of a run by its name; a file is meant as it is.
        single.append(!path.isFile && RunFolder.isRun(run) ? run : path.isFile ? path : checkpoint)
      }
    }
    (self.given, folders) = (single, all + [folder])
  }

  /// Those that were given first; then the others by name.
  func list() -> [Run] {
    var seen: Set<FileStatus.Identity> = []
    let found = folders.flatMap { folder in folder.names.sorted { $0.string < $1.string }.map { folder.appending($0) } }
    let all = given.map { ($0, true) } + found.filter { RunFolder.isRun($0) }.map { ($0, false) }
    return all.compactMap { path, isGiven in
      guard let status = FileStatus(path), seen.insert(status.identity).inserted else { return nil }
      let isLink = path.linkTarget != nil
      return Run(
        id: String(status.identity.inode, radix: 36) + String(status.identity.device, radix: 36),
        path: isLink ? RunFolder.resolvingLink(path) : path, isFolder: status.kind == .folder,
        isGiven: isGiven)
    }
  }

  /// - Throws: `Refusal` if there is no such run.
  func run(_ id: String) throws -> Run {
    guard let run = list().first(where: { $0.id == id }) else {
      throw Refusal(status: .notFound, message: "there is no such run", help: "it may have been removed or renamed")
    }
    return run
  }
}
