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

  typealias Key = ModelMetadata

  init(builder: ModelBuilder, progress: TrainingProgress, fingerprint: UInt64) {
    (self.builder, self.progress, self.fingerprint) = (builder, progress, fingerprint)
  }

  // MARK: Saving

  /// Networks, then the optimizers' averages, then the image pools.
  var tensors: [TensorSource] {
    let networks = builder.tensors.map { TensorSource($0.name, official: $0.entry) }
    let averages = builder.optimizers.flatMap { name, optimizer in
      optimizer.slots.flatMap { slot in
        [
          TensorSource(Self.key(name, "m", slot), slot.m), TensorSource(Self.key(name, "v", slot), slot.v),
        ]
      }
    }
    let pools = builder.pools.flatMap { name, pool in
      pool.pictures.enumerated().map { TensorSource("pool.\(name).\($0.offset)", $0.element) }
    }
    return networks + averages + pools
  }

  var json: JSONValue {
    .object(
      progress.members + [
        ("pictures", .string("\(fingerprint)")),
        ("noise", (builder.noise as? RandomNoise)?.stream.state.json ?? .null),
        (
          "optimizers",
          .object(
            builder.optimizers.map { name, optimizer in
              (name, ["steps": .integer(optimizer.steps), "learning_rate": .number(optimizer.learningRate)])
            })
        ),
        (
          "pools",
          .object(
            builder.pools.map { name, pool in
              (name, ["pictures": .integer(pool.pictures.count), "random": pool.random.state.json])
            })
        ),
      ])
  }

  /// The name of the first tensor with a number that is not finite, or nil.
  var firstNotFinite: String? {
    if let bad = builder.tensors.first(where: { !$0.entry.tensor.isFinite }) { return bad.name }
    for (name, optimizer) in builder.optimizers {
      for slot in optimizer.slots {
        if !slot.m.isFinite { return Self.key(name, "m", slot) }
        if !slot.v.isFinite { return Self.key(name, "v", slot) }
      }
    }
    return nil
  }

  private static func key(_ optimizer: String, _ average: String, _ slot: Adam.Slot) -> String {
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
    for (name, optimizer) in builder.optimizers { try Self.restore(optimizer, name, state, checkpoint) }
    for (name, pool) in builder.pools { try Self.restore(pool, name, state, checkpoint) }
    try Self.restore(builder.noise, state, checkpoint)
  }

  private static func restore(
    _ optimizer: Adam, _ name: String, _ state: JSONValue, _ checkpoint: CheckpointFile
  ) throws {
    guard let steps = state["optimizers"]?[name]?["steps"]?.integer, (0..<1 << 40).contains(steps) else {
      throw missing("optimizers.\(name)", checkpoint)
    }
    optimizer.steps = steps
    for slot in optimizer.slots {
      let shape = slot.m.shape.sizes
      slot.m.assign(try checkpoint.tensor(key(name, "m", slot), shape: shape).tensor())
      slot.v.assign(try checkpoint.tensor(key(name, "v", slot), shape: shape).tensor())
    }
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
