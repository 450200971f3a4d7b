import GanBase

extension RunFolder {
  /// Whether a folder is that of a training run.
  package static func isRun(_ folder: FilePath) -> Bool {
    folder.appending("config.yaml").isFile && folder.appending("checkpoints").isFolder
  }

  /// Whether a folder is that of a run, or what is left of one.
  package static func looksLikeRun(_ folder: FilePath) -> Bool {
    folder.appending("checkpoints").isFolder || folder.appending("config.yaml").isFile
      || folder.appending(".lock").isFile
  }

  /// Refuses a run, or its folder of sheets, where pictures are expected: all its sheets would be taken for pictures.
  /// - Throws: `GanError` (usage) for such a folder.
  package static func refuseAsPictures(_ folder: FilePath) throws {
    if isRun(folder) {
      throw GanError.usage(
        "is a training run, not a folder of pictures", at: folder,
        help: "give the folder that holds the pictures; --run \(folder.shown) names the run to use")
    }
    if folder.lastComponent?.string == "samples", isRun(folder.parent) {
      throw GanError.usage(
        "holds the sheets of a training run, not pictures", at: folder, help: "give a folder of single pictures")
    }
  }
}
