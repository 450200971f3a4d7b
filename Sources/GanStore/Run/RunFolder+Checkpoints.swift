import GanBase

extension RunFolder {
  /// `checkpoints/step-000500.safetensors`
  package func checkpointPath(step: Int) -> FilePath {
    Self.path(in: checkpointsPath, Self.checkpointPrefix, padded(step, 6))
  }

  /// `checkpoints/epoch-0005.safetensors`; these are kept when old steps are removed.
  package func checkpointPath(epoch: Int) -> FilePath { Self.path(in: checkpointsPath, "epoch-", padded(epoch, 4)) }

  /// Writes a checkpoint and, once it is safely on disk, points `latest` at it.
  package func saveCheckpoint(to path: FilePath, tensors: [TensorSource], metadata: [String: String]) throws {
    try CheckpointFile.write(to: path, tensors: tensors, metadata: metadata)
    try mark(path, as: .latest)
  }

  /// The links beside the checkpoints.
  package enum Mark: String, CaseIterable, Sendable {
    case latest, best
  }

  /// Points `checkpoints/latest` or `checkpoints/best` at a checkpoint of this run, which must be on disk.
  package func mark(_ path: FilePath, as mark: Mark) throws {
    guard let name = path.lastComponent, checkpointsPath.appending(name).isFile else {
      throw GanError(.bug, "'\(mark.rawValue)' cannot point to a checkpoint that is not there", at: path)
    }
    // In a copy without links it is a file, which has its original beside it.
    try AtomicFile.link(checkpointsPath.appending(mark.rawValue), to: path.name, replacingFiles: true)
  }

  /// Renames a checkpoint that has the name of a mark, as in a copy without links, after its step.
  /// - Returns: the path that it has now.
  package func renamed(_ path: FilePath, step: Int) throws -> FilePath {
    guard path.lastComponent.flatMap({ Mark(rawValue: $0.string) }) != nil else { return path }
    let proper = checkpointPath(step: step)
    try AtomicFile.rename(path, to: proper)
    return proper
  }

  /// Sets aside what a run wrote after `step`, when it continues differently from there: later checkpoints and sheets,
  /// and a copy of the log, are moved to a separate folder. For a run whose `latest` is later than that.
  /// - Parameter checkpoint: where the run continues.
  /// - Returns: the folder; nil if the run continues from its latest checkpoint.
  package func setAside(after step: Int, for checkpoint: FilePath) throws -> FilePath? {
    guard let latest = marked(.latest), latest.name != checkpoint.name, let last = Self.step(of: latest), last > step
    else { return nil }
    try mark(checkpoint, as: .latest)
    let name = "left-at-step-\(padded(step, 6))"
    let places = [path.appending(name)] + (2...1000).lazy.map { self.path.appending("\(name)-\($0)") }
    guard let place = places.first(where: { !$0.exists }) else { return nil }
    try AtomicFile.makeFolder(place)
    let checkpoints = ["step-", "epoch-"].flatMap { Self.checkpoints(in: checkpointsPath, $0).map(\.path) }
      .filter { Self.step(of: $0).map { $0 > step } == true }
    let sheets = samplesPath.names.filter { Self.sampleStep($0.string).map { $0 > step } == true }
      .map { samplesPath.appending($0) }
    for file in checkpoints + sheets { try AtomicFile.rename(file, to: place.pushing(file.name)) }
    if logPath.isFile {
      let log = try InputFile(logPath, .environment).content()
      try AtomicFile.write(to: place.appending("log.jsonl")) { writer in
        try log.withUnsafeBytes { try writer.write($0) }
      }
    }
    if marked(.best) == nil { AtomicFile.remove(checkpointsPath.appending(Mark.best.rawValue)) }
    return place
  }

  /// The step of the checkpoint that a run would continue from; nil if there is none that can be read.
  package static func savedStep(ofRun run: FilePath) -> Int? { CheckpointLocator.latest(ofRun: run).flatMap(step) }

  /// The step after which a checkpoint was written; nil if the file does not say.
  private static func step(of path: FilePath) -> Int? {
    guard let file = try? CheckpointFile(path: path, verifyingData: false) else { return nil }
    return try? file.json("state")["step"]?.integer
  }

  /// The checkpoint that a mark points to, or nil if there is none.
  package func marked(_ mark: Mark) -> FilePath? { Self.marked(mark, in: checkpointsPath) }

  /// Removes step checkpoints except the newest `count`, never one that `latest` or `best` points to.
  /// Counting starts at `step` and goes down: after a resume from an earlier step, the abandoned later
  /// checkpoints neither count nor go.
  /// - Returns: the paths removed.
  @discardableResult
  package func pruneSteps(keeping count: Int, upTo step: Int) throws -> [FilePath] {
    let protected = Mark.allCases.compactMap { marked($0) }
    let reached = Self.checkpoints(in: checkpointsPath, "step-").filter { $0.number <= step }.map(\.path)
    let old = reached.dropLast(max(0, count)).filter { !protected.contains($0) }
    for path in old where !AtomicFile.remove(path) { throw systemError("cannot remove", path) }
    return old
  }

  static func marked(_ mark: Mark, in checkpoints: FilePath) -> FilePath? {
    let link = checkpoints.appending(mark.rawValue)
    guard let target = link.linkTarget else { return link.isFile ? original(of: link, in: checkpoints) : nil }
    let path = checkpoints.pushing(target)
    return path.isFile ? path : nil
  }

  /// The checkpoint of which a file is a copy: `scp -r` and `cp -L` make files of links. The file itself if there
  /// is none.
  private static func original(of copy: FilePath, in checkpoints: FilePath) -> FilePath {
    guard let wanted = fingerprint(copy) else { return copy }
    let all = self.checkpoints(in: checkpoints, "step-") + self.checkpoints(in: checkpoints, "epoch-")
    return all.last { fingerprint($0.path) == wanted }?.path ?? copy
  }

  /// The size of a checkpoint and its beginning, which holds the checksum of its header and so, by way of the tensors'
  /// checksums there, of everything in it.
  private static func fingerprint(_ path: FilePath) -> [UInt8]? {
    guard let file = try? InputFile(path, .checkpoint), let head = try? file.head(256) else { return nil }
    return head + withUnsafeBytes(of: file.size) { Array($0) }
  }

  /// The checkpoint of the latest step, for a folder without `latest`: of a run that died between its first checkpoint
  /// and that mark, or a copy without links.
  static func furthest(in checkpoints: FilePath) -> FilePath? {
    let all = self.checkpoints(in: checkpoints, "epoch-") + self.checkpoints(in: checkpoints, "step-")
    let steps = all.compactMap { entry in step(of: entry.path).map { (step: $0, path: entry.path) } }
    return steps.max { $0.step < $1.step }?.path
  }

  /// The newest intact checkpoint other than a damaged one in the same folder; nil if there is none.
  static func good(before damaged: FilePath) -> FilePath? {
    let steps = checkpoints(in: damaged.parent, "step-").reversed().map(\.path)
    let epochs = checkpoints(in: damaged.parent, "epoch-").reversed().map(\.path)
    return (steps + epochs).first { $0.name != damaged.name && (try? CheckpointFile(path: $0)) != nil }
  }

  /// The checkpoints whose names are `prefix` and a number, by number.
  static func checkpoints(in folder: FilePath, _ prefix: String) -> [(number: Int, path: FilePath)] {
    folder.names.compactMap { name in
      guard name.stem.hasPrefix(prefix), name.extension == ending, let number = Int(name.stem.dropFirst(prefix.count)),
        number >= 0
      else { return nil }
      return (number, folder.appending(name))
    }.sorted { $0.number < $1.number }
  }

  static let ending = "safetensors"
  static let checkpointPrefix = "step-"

  private static func path(in folder: FilePath, _ prefix: String, _ number: String) -> FilePath {
    folder.appending("\(prefix)\(number).\(ending)")
  }
}
