import GanBase
import GanModels
import GanNN
import GanTensor

/// Runs training steps that can be stopped midway, which restores the model to its state before the step.
///
/// Small state (pools, random streams) is copied before the step. Weights and their averages are copied just before an
/// optimizer updates them, unless so little of the step is left that it will be finished. That is usually true of the
/// last optimizer, so the copies cost next to nothing.
final class RevocableStep {
  private let builder: ModelBuilder
  private let isStopping: () -> Bool
  /// Seconds that a request to stop may wait for the rest of a step.
  private let patience: Double
  /// For each kind of step, and each optimizer update in it in order: seconds from there to the end of the step, as
  /// last measured.
  private var rests: [Int: [Double]] = [:]
  /// Whether the last step was undone.
  private(set) var isTakenBack = false

  /// - Parameters:
  ///   - patience: 0 for steps that can be stopped up to their end.
  ///   - isStopping: whether to stop; called often, on the thread that trains.
  init(_ builder: ModelBuilder, patience: Double = 0.5, isStopping: @escaping () -> Bool) {
    (self.builder, self.patience, self.isStopping) = (builder, patience, isStopping)
  }

  /// Runs one step.
  /// - Parameters:
  ///   - kind: identifies steps that do the same work.
  ///   - trainStep: the step.
  /// - Returns: nil if it was stopped.
  /// - Throws: the errors of `trainStep`; `GanError` (environment) if memory runs out.
  func run<Result>(kind: Int, _ trainStep: () throws -> Result) throws -> Result? {
    isTakenBack = true
    let before = try OutOfMemory.guarding { StepState(builder) }
    isTakenBack = false
    let record = StepRecord()
    defer { for (_, optimizer) in builder.optimizers { optimizer.willStep = nil } }
    do {
      let result = try Cancellation.run(when: isStopping) { cancellation in
        watchOptimizers(kind, cancellation, record)
        return try trainStep()
      }
      guard result != nil else {
        takeBack(record, before)
        return nil
      }
      let end = ContinuousClock.now
      rests[kind] = record.moves.map { (end - $0) / .seconds(1) }
      return result
    } catch {
      takeBack(record, before)
      throw error
    }
  }

  private func watchOptimizers(_ kind: Int, _ cancellation: Cancellation, _ record: StepRecord) {
    var still = builder.optimizers.count, seen: Set<ObjectIdentifier> = []
    for (_, optimizer) in builder.optimizers {
      optimizer.willStep = { [rests, patience] in
        if seen.insert(ObjectIdentifier(optimizer)).inserted { still -= 1 }
        let all = rests[kind], index = record.moves.count
        let known = all.flatMap { $0.count > index ? $0[index] : nil }
        record.moves.append(.now)
        // After the last update nothing is left, and a copy would take about as long as the update itself. Not to make
        // it for its duration keeps the memory of a step independent of the speed of the machine.
        let isLast = all.map { $0.count == index + 1 } ?? (still == 0)
        if (isLast ? 0 : known ?? .infinity) < patience {
          if cancellation.commit() { record.isCommitted = true }
        } else if !cancellation.isCancelled {
          let backup = Backup(of: optimizer.slots.flatMap { [$0.entry.tensor] + $0.averages.map(\.tensor) })
          // Once cancelled, nothing is copied or updated any more.
          if !cancellation.isCancelled { record.moved.append(backup) }
        }
      }
    }
  }

  private func takeBack(_ record: StepRecord, _ before: StepState) {
    guard !record.isCommitted else { return }
    for part in record.moved.reversed() { part.putBack() }
    before.putBack(builder)
    isTakenBack = true
  }
}

/// The progress of a step.
private final class StepRecord {
  /// Copies of what optimizers updated.
  var moved: [Backup] = []
  /// The times of the optimizer updates.
  var moves: [ContinuousClock.Instant] = []
  /// Whether the step can no longer be undone.
  var isCommitted = false
}

/// The state that a step changes, except for what optimizers update.
private struct StepState {
  private let buffers: Backup
  private let steps: [Int]
  private let pools: [(pictures: [Tensor], random: RandomStream)]
  private let noise: RandomStream?
  private let strength: AdaptiveStrength.State?

  init(_ builder: ModelBuilder) {
    buffers = Backup(of: builder.networks.flatMap(\.buffers).map(\.tensor))
    steps = builder.optimizers.map(\.optimizer.steps)
    pools = builder.pools.map { ($0.pool.pictures, $0.pool.random) }
    noise = (builder.noise as? RandomNoise)?.stream
    strength = builder.augmentation?.strength?.state
  }

  func putBack(_ builder: ModelBuilder) {
    buffers.putBack()
    for (optimizer, steps) in zip(builder.optimizers, steps) { optimizer.optimizer.steps = steps }
    for (pool, state) in zip(builder.pools, pools) { (pool.pool.pictures, pool.pool.random) = state }
    if let noise { (builder.noise as? RandomNoise)?.stream = noise }
    if let strength { builder.augmentation?.strength?.putBack(strength) }
  }
}
