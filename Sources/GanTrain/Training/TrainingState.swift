import GanBase
import GanModels
import GanNN
import GanStore
import GanWeights

/// The complete state of a run as stored in a checkpoint, sufficient to resume it bit for bit.
struct TrainingState {
  let builder: ModelBuilder
  var progress: TrainingProgress
  /// Identifies the pictures that `progress.position` counts.
  let fingerprint: UInt64
  /// Optimizers that start afresh, because the checkpoint's averages are those of another kind.
  private(set) var newOptimizers: [String] = []
  /// What became of averages of weights, if the checkpoint's do not go on.
  private(set) var averagesChange: AveragesChange?

  enum AveragesChange { case started, dropped }

  typealias Key = ModelMetadata

  init(builder: ModelBuilder, progress: TrainingProgress, fingerprint: UInt64) {
    (self.builder, self.progress, self.fingerprint) = (builder, progress, fingerprint)
  }

  // MARK: Saving

  /// Networks, then the optimizers' averages, then the image pools, then the averages of weights.
  var tensors: [TensorSource] {
    let networks = builder.tensors.map { TensorSource($0.name, official: $0.entry) }
    let averages = builder.optimizers.flatMap { name, optimizer in
      optimizer.slots.flatMap { slot in
        slot.averages.map { TensorSource(Self.key(name, $0.name, slot), $0.tensor) }
      }
    }
    let pools = builder.pools.flatMap { name, pool in
      pool.pictures.enumerated().map { TensorSource("pool.\(name).\($0.offset)", $0.element) }
    }
    let weights = (builder.averages?.slots ?? []).map { slot in
      TensorSource(Self.key(slot), official: slot.entry, value: slot.average)
    }
    return networks + averages + pools + weights
  }

  var json: JSONValue {
    var members =
      progress.members + [
        ("pictures", .string("\(fingerprint)")),
        ("noise", (builder.noise as? RandomNoise)?.stream.state.json ?? .null),
        ("optimizers", .object(builder.optimizers.map { name, optimizer in (name, Self.json(optimizer)) })),
        (
          "pools",
          .object(
            builder.pools.map { name, pool in
              (name, ["pictures": .integer(pool.pictures.count), "random": pool.random.state.json])
            })
        ),
      ]
    if let averages = builder.averages { members.append((Self.averagesKey, averages.count.json)) }
    if let strength = builder.augmentation?.strength { members.append((Self.strengthKey, strength.state.json)) }
    return .object(members)
  }

  /// The name of the first tensor with a number that is not finite, or nil.
  var firstNotFinite: String? {
    if let bad = builder.tensors.first(where: { !$0.entry.tensor.isFinite }) { return bad.name }
    for (name, optimizer) in builder.optimizers {
      for slot in optimizer.slots {
        if let bad = slot.averages.first(where: { !$0.tensor.isFinite }) { return Self.key(name, bad.name, slot) }
      }
    }
    return nil
  }

  static let strengthKey = "augmentation"

  private static func json(_ optimizer: Optimizer) -> JSONValue {
    let kind = optimizer.settings.kind
    var members: [(key: String, value: JSONValue)] = [
      ("steps", .integer(optimizer.steps)), ("learning_rate", .number(optimizer.learningRate)),
    ]
    if kind != .adam { members.append(("kind", .string(kind.rawValue))) }
    return .object(members)
  }

  static let averagesKey = CheckpointFile.averagePrefix

  private static func key(_ slot: WeightAverages.Slot) -> String { "\(CheckpointFile.averagePrefix).\(slot.name)" }

  private static func key(_ optimizer: String, _ average: String, _ slot: Optimizer.Slot) -> String {
    "optimizer.\(optimizer).\(average).\(slot.name)"
  }

  // MARK: Restoring

  /// Loads a checkpoint's tensors and random streams into the model that its configuration describes.
  /// - Throws: `GanError` (checkpoint) naming what is missing or of the wrong form.
  init(restoring checkpoint: CheckpointFile, into builder: ModelBuilder) throws {
    let state = try checkpoint.json(Key.state)
    self.builder = builder
    progress = try TrainingProgress(state, path: checkpoint.path)
    guard let fingerprint = state["pictures"]?.string.flatMap({ UInt64($0) }) else {
      throw Self.missing("pictures", checkpoint)
    }
    self.fingerprint = fingerprint
    for network in builder.networks {
      try network.load(from: checkpoint.path) { checkpoint["\(network.name).\($0)"] }
    }
    for (name, optimizer) in builder.optimizers where try !Self.restore(optimizer, name, state, checkpoint) {
      newOptimizers.append(name)
    }
    for (name, pool) in builder.pools { try Self.restore(pool, name, state, checkpoint) }
    try Self.restore(builder.noise, state, checkpoint)
    averagesChange = try Self.restore(builder.averages, state, checkpoint)
    // A run may have begun without it.
    if let strength = builder.augmentation?.strength, let stored = state[Self.strengthKey] {
      guard let value = AdaptiveStrength.State(json: stored) else { throw Self.missing(Self.strengthKey, checkpoint) }
      strength.putBack(value)
    }
  }

  /// Averages that the checkpoint does not hold begin with its weights.
  private static func restore(
    _ averages: WeightAverages?, _ state: JSONValue, _ checkpoint: CheckpointFile
  ) throws -> AveragesChange? {
    guard let averages else { return state[averagesKey] == nil ? nil : .dropped }
    guard let stored = state[averagesKey] else {
      averages.start()
      return .started
    }
    guard let count = WeightAverages.Count(json: stored) else { throw missing(averagesKey, checkpoint) }
    for slot in averages.slots {
      let tensor = try checkpoint.tensor(key(slot), shape: slot.entry.officialShape.sizes).tensor()
      slot.average.assign(slot.entry.layout.fromOfficial(tensor).converted(to: slot.average.type))
    }
    averages.resume(from: count)
    return nil
  }

  /// - Returns: false if the checkpoint's averages are those of another kind of optimizer: it starts afresh.
  private static func restore(
    _ optimizer: Optimizer, _ name: String, _ state: JSONValue, _ checkpoint: CheckpointFile
  ) throws -> Bool {
    let stored = state["optimizers"]?[name], kind = stored?["kind"]?.string ?? OptimizerKind.adam.rawValue
    guard let steps = stored?["steps"]?.integer, (0..<1 << 40).contains(steps) else {
      throw missing("optimizers.\(name)", checkpoint)
    }
    guard kind == optimizer.settings.kind.rawValue else { return false }
    optimizer.steps = steps
    for slot in optimizer.slots {
      for (average, tensor) in slot.averages {
        tensor.assign(
          try checkpoint.tensor(key(name, average, slot), shape: tensor.shape.sizes).tensor())
      }
    }
    return true
  }

  private static func restore(
    _ pool: ImagePool, _ name: String, _ state: JSONValue, _ checkpoint: CheckpointFile
  ) throws {
    guard let entry = state["pools"]?[name], let count = entry["pictures"]?.integer,
      (0...max(pool.capacity, 65_536)).contains(count),
      let random = entry["random"].flatMap(RandomStream.State.init(json:))
    else { throw missing("pools.\(name)", checkpoint) }
    pool.random = RandomStream(random)
    // The configured pool may now be smaller.
    pool.pictures = try (0..<min(count, pool.capacity)).map { index in
      let stored = try checkpoint.tensor("pool.\(name).\(index)")
      guard stored.shape.count == 4, stored.shape[0] == 1 else {
        throw GanError.checkpoint(
          "\(stored.name): expected one picture, found shape \(stored.shape)", at: checkpoint.path)
      }
      return try stored.tensor()
    }
  }

  private static func restore(_ noise: NoiseSource, _ state: JSONValue, _ checkpoint: CheckpointFile) throws {
    guard let noise = noise as? RandomNoise else { return }
    guard let stream = state["noise"].flatMap(RandomStream.State.init(json:)) else {
      throw missing("noise", checkpoint)
    }
    noise.stream = RandomStream(stream)
  }

  private static func missing(_ key: String, _ checkpoint: CheckpointFile) -> GanError {
    GanError.checkpoint(
      "its state lacks a usable '\(key)'", at: checkpoint.path, help: "use another checkpoint of the run")
  }
}

extension WeightAverages.Count {
  fileprivate var json: JSONValue {
    ["updates": .integer(updates), "pictures": .integer(pictures), "pending": .integer(pending)]
  }

  /// nil if the value does not have the form that `json` writes.
  fileprivate init?(json: JSONValue) {
    func count(_ key: String) -> Int? { json[key]?.integer.flatMap { (0..<1 << 50).contains($0) ? $0 : nil } }
    guard let updates = count("updates"), let pictures = count("pictures"), let pending = count("pending") else {
      return nil
    }
    self.init()
    (self.updates, self.pictures, self.pending) = (updates, pictures, pending)
  }
}
