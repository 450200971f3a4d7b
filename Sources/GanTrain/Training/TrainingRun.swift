import Foundation
import GanBase
import GanConfig
import GanStore

/// Creates the folder of a new run, or opens a run to resume it.
package enum TrainingRun {
  /// A run to resume.
  package struct Continuation {
    package let folder: RunFolder
    /// nil for a run that ended before its first checkpoint, which starts over.
    package let checkpoint: CheckpointFile?
    package let configuration: TrainingConfiguration
    package let document: ConfigDocument
    /// Options that differ from the checkpoint's.
    package let changes: [OptionChange]
    /// Why the run is complete; nil if it is not.
    package let end: StopReason?
    package let step: Int
    package let epoch: Int
  }

  /// Checks that a new run can be created, before anything is computed for it.
  /// - Throws: `GanError` (usage) if the folder holds a run or something else.
  package static func check(
    _ configuration: TrainingConfiguration, at path: FilePath?, configurationName: FilePath
  ) throws {
    let place = place(configuration, path, configurationName)
    try RunFolder.checkNew(in: place.parent, name: place.name)
    try OutputFile.checkPlaces([place.parent.pushing(place.name).appending("config.yaml")])
  }

  /// Creates the folder of a new run. A run of the same configuration that ended before its first checkpoint is
  /// replaced.
  /// - Parameter path: nil for a folder in `runs` with the name from the configuration.
  /// - Throws: `GanError` (usage) if the folder holds a run or something else.
  package static func create(
    _ configuration: TrainingConfiguration, at path: FilePath?, configurationName: FilePath
  ) throws -> RunFolder {
    let place = place(configuration, path, configurationName)
    return try RunFolder.create(
      in: place.parent, name: place.name, config: configuration.text,
      mayReplace: { try checkSame(configuration, $0) })
  }

  private static func place(
    _ configuration: TrainingConfiguration, _ path: FilePath?, _ configurationName: FilePath
  ) -> (parent: FilePath, name: FilePath) {
    if let path { return (path.removingLastComponent(), path.name) }
    return ("runs", configuration.run.name.map { FilePath($0) } ?? configurationName.name.withoutEnding)
  }

  /// Allows replacing the `config.yaml` of a run without checkpoints if it has the same options or was not edited.
  private static func checkSame(_ configuration: TrainingConfiguration, _ path: FilePath) throws {
    let help = "begin that one with --resume, or choose another folder with --run"
    guard let content = try? InputFile(path, .usage).content(), let text = String(validating: content, as: UTF8.self),
      var document = try? ConfigDocument(text: text, name: path.shown),
      let before = try? TrainingConfiguration(&document)
    else {
      throw GanError.usage("another configuration lies in the folder of the run", at: path, help: help)
    }
    let changes = configuration.changes(from: before)
    if changes.isEmpty || text == before.text { return }
    throw GanError.usage(
      "another configuration lies in the folder of the run; it differs in "
        + changes.prefix(5).map { $0.key }.joined(separator: ", "),
      at: path, help: help)
  }

  /// Opens a run to continue it.
  /// - Parameters:
  ///   - given: a run or one of its checkpoints, for `CheckpointLocator`.
  ///   - overrides: changes of options as `section.key=value`.
  /// - Throws: `GanError`: (checkpoint) if there is nothing to resume, (usage) for options that cannot change within a
  ///   run, (environment) if another process is writing there.
  package static func resume(_ given: FilePath, overrides: [String]) throws -> Continuation {
    if let path = CheckpointLocator.unsavedRun(given) { return try begin(path, overrides) }
    let path = try CheckpointLocator.resolve(given)
    let checkpoints = path.removingLastComponent()
    guard checkpoints.lastComponent == "checkpoints" else {
      throw GanError.checkpoint(
        "it is not in a run folder, so there is no run to continue", at: path,
        help: "begin a new run with its weights: ganctl train --config FILE --init \(path)")
    }
    let folder = try RunFolder.open(checkpoints.parent)
    var checkpoint = try CheckpointFile.open(path)
    let (configuration, document, changes) = try read(checkpoint, overrides)
    let progress = try TrainingProgress(try checkpoint.json(TrainingState.Key.state), path: path)
    let proper = try folder.renamed(path, step: progress.step)
    if proper != path { checkpoint = try CheckpointFile.open(proper) }
    let end = progress.endBeforeResuming(configuration)
    // The last process may have died just before tidying up.
    if end != nil { try folder.restore(to: proper, progress, keeping: configuration.train.keepCheckpoints) }
    return Continuation(
      folder: folder, checkpoint: checkpoint, configuration: configuration, document: document, changes: changes,
      end: end, step: progress.step, epoch: progress.epoch)
  }

  /// Opens a run without a checkpoint, which starts over with the configuration in its folder.
  private static func begin(_ path: FilePath, _ overrides: [String]) throws -> Continuation {
    let folder = try RunFolder.open(path)
    var document = try ConfigDocument(file: folder.configPath)
    for override in overrides { document.override(override) }
    let configuration = try TrainingConfiguration(&document)
    return Continuation(
      folder: folder, checkpoint: nil, configuration: configuration, document: document, changes: [], end: nil,
      step: 0, epoch: 1)
  }

  /// The checkpoint's configuration with the overrides applied.
  private static func read(
    _ checkpoint: CheckpointFile, _ overrides: [String]
  ) throws -> (TrainingConfiguration, ConfigDocument, [OptionChange]) {
    let original = try TrainingConfiguration(of: checkpoint)
    let text = try checkpoint.text(TrainingState.Key.config)
    var document = try ConfigDocument(text: text, name: checkpoint.path.shown)
    for override in overrides { document.override(override) }
    let configuration = try TrainingConfiguration(&document).at(stage: try checkpoint.stage)
    let changes = configuration.changes(from: original)
    for change in changes {
      guard let reason = original.reasonAgainst(change, text: text) else { continue }
      document.report(
        "\(change.key) cannot change when a run is continued: \(reason)", at: change.key,
        help: "for that start a new run; with --init \(checkpoint.path) it begins with the weights of this one")
    }
    try document.finish()
    return (configuration, document, changes)
  }
}
