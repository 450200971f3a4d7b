import GanBase

extension CheckpointFile {
  /// Opens a checkpoint of a run.
  /// - Parameter verifyingData: as of `init`.
  /// - Throws: `GanError` (checkpoint) as `init`; if another checkpoint in the folder is intact, the help names it.
  package static func open(_ path: FilePath, verifyingData: Bool = true) throws -> CheckpointFile {
    try reading(path) { try CheckpointFile(path: path, verifyingData: verifyingData) }
  }

  /// Runs `body`, which reads a checkpoint of a run.
  /// - Throws: what `body` throws; if the checkpoint is damaged and another one in the folder is intact, the help names
  ///   that.
  package static func reading<Result>(_ path: FilePath, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as GanError where error.code == .checkpoint {
      guard let good = RunFolder.good(before: path) else { throw error }
      throw error.adding(help: "the newest good checkpoint beside it is \(good)")
    }
  }
}
