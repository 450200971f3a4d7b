import GanBase
import GanModels
import GanNN
import GanTensor

/// Training steps that can be stopped in their midst: then the model is what it was before the step.
///
/// What a step changes besides weights is small, and is copied before it. Weights and their averages are copied just
/// before an optimizer moves them, unless so little of the step is left then that it is done to its end: mostly the last
/// optimizer's, so that this costs next to nothing.
final class RevocableStep {
  private let builder: ModelBuilder
  private let isStopping: () -> Bool
  /// Seconds that whoever asks to stop may wait for a step.
  private let patience: Double
  /// For each kind of step and each move of an optimizer in it, in order: seconds from there to the end of the step, as
  /// last measured.
  private var rests: [Int: [Double]] = [:]
  /// Whether the model is what it was before the last step.
  private(set) var isTakenBack = false

  /// - Parameters:
  ///   - patience: 0 for steps that can be stopped to the very end.
  ///   - isStopping: whether there is a wish to stop; asked often, on the thread that trains.
  init(_ builder: ModelBuilder, patience: Double = 0.5, isStopping: @escaping () -> Bool) {
    (self.builder, self.patience, self.isStopping) = (builder, patience, isStopping)
  }

  /// Does one step.
  /// - Parameters:
  ///   - kind: the same for steps of the same work.
  ///   - trainStep: the step.
  /// - Returns: nil if it was stopped.
  /// - Throws: what `trainStep` throws; `GanError` (environment) if memory runs out.
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
        let known = rests[kind].flatMap { $0.count > record.moves.count ? $0[record.moves.count] : nil }
        record.moves.append(.now)
        if known ?? (still == 0 ? 0 : .infinity) < patience {
          if cancellation.commit() { record.isCommitted = true }
        } else if !cancellation.isCancelled {
          let backup = Backup(of: optimizer.slots.flatMap { [$0.entry.tensor, $0.m, $0.v] })
          // Once it is cancelled nothing is copied any more, nor moved.
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

/// How far a step is.
private final class StepRecord {
  /// What optimizers moved, as it was before.
  var moved: [Backup] = []
  /// When optimizers moved.
  var moves: [ContinuousClock.Instant] = []
  /// Whether it can no longer be taken back.
  var isCommitted = false
}

/// All that a step changes, but for what optimizers move.
private struct StepState {
  private let buffers: Backup
  private let steps: [Int]
  private let pools: [(pictures: [Tensor], random: RandomStream)]
  private let noise: RandomStream?

  init(_ builder: ModelBuilder) {
    buffers = Backup(of: builder.networks.flatMap(\.buffers).map(\.tensor))
    steps = builder.optimizers.map(\.optimizer.steps)
    pools = builder.pools.map { ($0.pool.pictures, $0.pool.random) }
    noise = (builder.noise as? RandomNoise)?.stream
  }

  func putBack(_ builder: ModelBuilder) {
    buffers.putBack()
    for (optimizer, steps) in zip(builder.optimizers, steps) { optimizer.optimizer.steps = steps }
    for (pool, state) in zip(builder.pools, pools) { (pool.pool.pictures, pool.pool.random) = state }
    if let noise { (builder.noise as? RandomNoise)?.stream = noise }
  }
}
