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
  /// - Returns: nil where it was stopped.
  func run<Result>(kind: Int, _ trainStep: () throws -> Result) rethrows -> Result? {
    let before = StepState(builder)
    var moved: [Backup] = [], moves: [ContinuousClock.Instant] = []
    defer { for (_, optimizer) in builder.optimizers { optimizer.willStep = nil } }
    let result = try Cancellation.run(when: isStopping) { cancellation in
      var still = builder.optimizers.count, seen: Set<ObjectIdentifier> = []
      for (_, optimizer) in builder.optimizers {
        optimizer.willStep = { [rests, patience] in
          if seen.insert(ObjectIdentifier(optimizer)).inserted { still -= 1 }
          let known = rests[kind].flatMap { $0.count > moves.count ? $0[moves.count] : nil }
          moves.append(.now)
          if known ?? (still == 0 ? 0 : .infinity) < patience {
            _ = cancellation.commit()
          } else if !cancellation.isCancelled {
            moved.append(Backup(of: optimizer.slots.flatMap { [$0.entry.tensor, $0.m, $0.v] }))
          }
        }
      }
      return try trainStep()
    }
    if result == nil {
      for part in moved.reversed() { part.putBack() }
      before.putBack(builder)
    } else {
      let end = ContinuousClock.now
      rests[kind] = moves.map { (end - $0) / .seconds(1) }
    }
    return result
  }
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
