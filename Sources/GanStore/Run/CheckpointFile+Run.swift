import GanBase

extension CheckpointFile {
  /// Opens a checkpoint of a run, with all checksums.
  /// - Throws: `GanError` (checkpoint) as `init`; if another checkpoint in the folder is intact, the help names it.
  package static func open(_ path: FilePath) throws -> CheckpointFile {
    do {
      return try CheckpointFile(path: path)
    } catch let error as GanError where error.code == .checkpoint {
      guard let good = RunFolder.good(before: path) else { throw error }
      throw error.adding(help: "the newest good checkpoint beside it is \(good)")
    }
  }
}
