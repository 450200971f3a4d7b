import GanBase
import GanConfig
import GanStore

/// What is known of a run from the files in its folder, read without disturbing a training that goes on there.
package struct RunSummary: Sendable {
  package enum State: String, Sendable {
    /// Another process is training it now.
    case training
    case finished
    /// Stopped by a signal or killed; it can be continued.
    case interrupted
    /// Ended by an error, such as a full disk; it can be continued.
    case failed
    /// Ended because a loss was not finite.
    case diverged
    /// Its files cannot be read.
    case damaged
  }

  /// The best evaluation of a run.
  package struct Best: Sendable {
    /// The name of the metric, with its features.
    package let measure: String
    package let value: Double
    /// nil in checkpoints of earlier versions.
    package let step: Int?
  }

  package let path: FilePath
  package internal(set) var state = State.interrupted
  /// The model's name, such as `cyclegan`.
  package internal(set) var model: String?
  /// Steps trained: those in the newest checkpoint; during training, those in the log.
  package internal(set) var step = 0
  /// The expected number of steps of the whole run; nil if unknown.
  package internal(set) var allSteps: Int?
  /// The epoch of the next step, from 1, and the number of epochs.
  package internal(set) var epoch = 1
  package internal(set) var epochs: Int?
  package internal(set) var best: Best?
  /// The newest checkpoint.
  package internal(set) var checkpoint: FilePath?
  /// What is wrong with a damaged run, or why it failed.
  package internal(set) var problem: String?
  /// Bytes of all files in the folder.
  package internal(set) var bytes = 0
  /// When the run last changed, in seconds since 1970.
  package internal(set) var changed = 0.0

  package var name: String { path.shownName }

  /// - Parameter path: a run's folder.
  package init(_ path: FilePath) {
    self.path = path
    let isHeld = FolderLock.isHeld(path)
    do {
      do { try read() } catch {
        // The checkpoint may have been replaced by a newer one meanwhile.
        try read()
      }
    } catch let error as GanError {
      state = .damaged
      problem = error.diagnostics.first.map { ($0.location.map { "\($0): " } ?? "") + $0.message }
    } catch {
      state = .damaged
      problem = "\(error)"
    }
    if isHeld {
      (state, problem) = (.training, nil)
      step = max(step, Self.lastLoggedStep(path.appending("log.jsonl")) ?? 0)
    } else if state == .interrupted, let failure = RunFailure(in: path) {
      state = failure.code == .diverged ? .diverged : .failed
      problem = failure.message
    }
    bytes = Self.bytes(in: path)
    changed =
      ["config.yaml", "log.jsonl", "checkpoints"].compactMap { FileStatus(path.appending($0))?.modified }.max()
      ?? FileStatus(path)?.modified ?? 0
  }

  // MARK: Reading

  private mutating func read() throws {
    guard let newest = CheckpointLocator.latest(ofRun: path) else { return try readConfiguration() }
    let file = try CheckpointFile(path: newest, verifyingData: false)
    defer { file.close() }
    checkpoint = newest
    model = file.metadata[TrainingState.Key.model]
    let configuration = try TrainingConfiguration(of: file)
    let progress = try TrainingProgress(try file.json(TrainingState.Key.state), path: newest)
    (step, epoch) = (progress.step, min(progress.epoch, max(1, configuration.allEpochs)))
    epochs = configuration.allEpochs
    allSteps = Self.allSteps(
      progress, configuration, perEpoch: file.metadata[TrainingState.Key.stepsPerEpoch].flatMap { Int($0) })
    best = progress.best.map { Best(measure: $0.measure, value: $0.value, step: $0.step) }
    state = progress.endBeforeResuming(configuration) == nil ? .interrupted : .finished
  }

  /// For a run that ended before its first checkpoint.
  private mutating func readConfiguration() throws {
    var document = try ConfigDocument(file: path.appending("config.yaml"))
    let configuration = try TrainingConfiguration(&document)
    model = configuration.model.configured.info.name
    (epochs, allSteps) = (configuration.allEpochs, configuration.train.steps)
  }

  private static func allSteps(
    _ progress: TrainingProgress, _ configuration: TrainingConfiguration, perEpoch: Int?
  ) -> Int? {
    let train = configuration.train, position = progress.position
    let stepsOfEpoch = position.index / max(1, configuration.data.batchSize ?? 1)
    // Checkpoints of earlier versions do not tell.
    let average = position.epoch > 0 ? (progress.step - stepsOfEpoch) / position.epoch : nil
    guard let perEpoch = perEpoch ?? average else { return train.steps }
    let left = max(0, (configuration.allEpochs - position.epoch) * perEpoch - stepsOfEpoch)
    return min(progress.step + left, max(train.steps ?? .max, progress.step))
  }

  /// The step of the last whole line of a log.
  private static func lastLoggedStep(_ log: FilePath) -> Int? {
    guard let file = try? InputFile(log, .input), file.size > 0 else { return nil }
    defer { file.close() }
    guard let tail = try? file.bytes(max(0, file.size - (64 << 10))..<file.size) else { return nil }
    return tail.split(separator: UInt8(ascii: "\n")).reversed().lazy.compactMap { line in
      (try? JSONValue(parsing: String(decoding: line, as: UTF8.self)))?["step"]?.integer
    }.first
  }

  private static func bytes(in folder: FilePath) -> Int {
    folder.names.reduce(0) { sum, name in
      let path = folder.appending(name)
      guard let status = FileStatus(path, followingLinks: false) else { return sum }
      return sum + (status.kind == .folder ? bytes(in: path) : status.kind == .file ? status.size : 0)
    }
  }
}

extension RunSummary {
  package var json: JSONValue {
    func optional(_ number: Int?) -> JSONValue { number.map { .integer($0) } ?? .null }
    func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    return [
      "name": .string(name), "path": .string(path.shown), "state": .string(state.rawValue), "model": optional(model),
      "step": .integer(step), "steps": optional(allSteps), "epoch": .integer(epoch), "epochs": optional(epochs),
      "best": best.map {
        ["measure": .string($0.measure), "value": .number($0.value), "step": optional($0.step)]
      } ?? .null,
      "checkpoint": optional(checkpoint?.shown), "bytes": .integer(bytes), "changed": .number(changed),
      "problem": optional(problem),
    ]
  }
}
