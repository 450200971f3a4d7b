import Foundation
import GanBase
import GanConfig
import GanStore

/// How a run begins: anew, or from a checkpoint.
public enum TrainingRun {
  /// A run that is to be continued.
  public struct Continuation {
    public let folder: RunFolder
    public let checkpoint: CheckpointFile
    public let configuration: TrainingConfiguration
    public let document: ConfigDocument
    /// Why there is nothing left to do, if so.
    public let end: StopReason?
    public let step: Int
    public let epoch: Int
  }

  /// Makes the folder of a new run.
  /// - Parameter path: nil for a folder in `runs` with the name that the configuration gives.
  /// - Throws: `GanError` (usage) where the folder exists and holds something.
  public static func create(
    _ configuration: TrainingConfiguration, at path: String?, configurationName: String
  ) throws -> RunFolder {
    let place = place(configuration, path, configurationName)
    return try RunFolder.create(in: place.parent, name: place.name, config: configuration.text)
  }

  private static func place(
    _ configuration: TrainingConfiguration, _ path: String?, _ configurationName: String
  ) -> (parent: String, name: String) {
    let stem = ((configurationName as NSString).lastPathComponent as NSString).deletingPathExtension
    var path = path ?? "runs/\(configuration.run.name ?? stem)"
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    let parent = (path as NSString).deletingLastPathComponent
    return (parent.isEmpty ? "." : parent, (path as NSString).lastPathComponent)
  }

  /// Opens a run to continue it.
  /// - Parameters:
  ///   - given: a run or one of its checkpoints, as `CheckpointLocator` understands it.
  ///   - overrides: changes of options, `section.key=value`.
  /// - Throws: `GanError`: (checkpoint) where there is nothing to continue, (usage) for changes that would make it
  ///   another run, (environment) where another process writes there.
  public static func resume(_ given: String, overrides: [String]) throws -> Continuation {
    let path = try CheckpointLocator.resolve(given)
    let checkpoints = (path as NSString).deletingLastPathComponent
    guard (checkpoints as NSString).lastPathComponent == "checkpoints" else {
      throw GanError.checkpoint(
        "it is not in a run folder, so there is no run to continue", at: path,
        help: "a run is continued from RUN/checkpoints; for a new one give --config")
    }
    let run = (checkpoints as NSString).deletingLastPathComponent
    let folder = try RunFolder.open(run.isEmpty ? "." : run)
    let checkpoint = try CheckpointFile(path: path)
    let (configuration, document) = try read(checkpoint, overrides)
    let progress = try TrainingProgress(try checkpoint.json(TrainingState.Key.state), path: path)
    return Continuation(
      folder: folder, checkpoint: checkpoint, configuration: configuration, document: document,
      end: progress.endBeforeResuming(configuration.train), step: progress.step, epoch: progress.epoch)
  }

  /// The checkpoint's configuration with changes.
  private static func read(
    _ checkpoint: CheckpointFile, _ overrides: [String]
  ) throws -> (TrainingConfiguration, ConfigDocument) {
    let text = try checkpoint.text(TrainingState.Key.config)
    var original: TrainingConfiguration
    do {
      var document = try ConfigDocument(text: text, name: checkpoint.path)
      original = try TrainingConfiguration(&document)
    } catch let error as GanError {
      throw GanError(
        .checkpoint,
        error.diagnostics.map { Diagnostic("its configuration: \($0.message)", at: checkpoint.path, help: $0.help) })
    }
    var document = try ConfigDocument(text: text, name: checkpoint.path)
    for override in overrides { document.override(override) }
    let configuration = try TrainingConfiguration(&document)
    let fixed = configuration.fixedOptions(changedFrom: original)
    for key in fixed {
      document.report(
        "\(key) cannot change when a run is continued", at: key,
        help: "options of train can, and folders of data; for other changes start a new run")
    }
    try document.finish()
    return (configuration, document)
  }
}

extension TrainingConfiguration {
  /// Where the pictures are may change between two parts of a run; which they are and how they are read may not.
  private static let changeable: Set = [
    "root", "attributes", "folder_a", "folder_b", "validation", "validation_folder_a", "validation_folder_b",
  ]

  /// The options that differ from `other` although they must not within one run, as `section.key`.
  func fixedOptions(changedFrom other: TrainingConfiguration) -> [String] {
    let run = RunSettings.options.filter { $0.text(in: self.run) != $0.text(in: other.run) }.map(\.key)
    let data = DataSettings.options.filter { option in
      !Self.changeable.contains(option.key) && option.text(in: self.data) != option.text(in: other.data)
    }
    return run + modelLines.keys.filter { modelLines[$0] != other.modelLines[$0] }.sorted().map { "model.\($0)" }
      + data.map { "data.\($0.key)" }
  }

  /// The options of the model as they are written.
  private var modelLines: [String: String] {
    var writer = ConfigWriter(comments: false)
    model.write(to: &writer)
    let lines = writer.text.split(separator: "\n").map { $0.split(separator: ":", maxSplits: 1).map(String.init) }
    return Dictionary(
      lines.filter { $0.count == 2 }.map { ($0[0].trimmingCharacters(in: .whitespaces), $0[1]) },
      uniquingKeysWith: { $1 })
  }
}
