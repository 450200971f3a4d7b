import GanBase
import GanConfig
import GanModels
import GanStore
import GanTensor

/// Whole training steps of a model on random pictures.
struct StepBench {
  private let model: any ImageTranslator
  private let batch: TrainingBatch
  /// Steps done so far.
  private var step = 0

  init(_ model: any ImageTranslator, size: Int, batch: Int) {
    self.model = model
    var random = RandomStream(seed: 3)
    func pictures(_ channels: Int) -> Tensor {
      Tensor.uniform([batch, size, size, channels], from: &random) * 2 - 1
    }
    let data = TrainingBatch(a: pictures(model.channels.a), b: pictures(model.channels.b))
    let count = model.domains.count
    guard count > 0 else {
      self.batch = data
      return
    }
    let labels = (0..<batch).flatMap { item in (0..<count).map { $0 == item % count ? Float(1) : 0 } }
    self.batch = TrainingBatch(data.a, labels: Tensor(labels, [batch, count]))
  }

  /// Milliseconds of a step; where steps are not all alike, the mean over a cycle of them.
  /// - Parameter steps: how many to take, rounded up to whole cycles.
  mutating func times(steps: Int) throws -> [Double] {
    let cycle = model.cycleOfSteps
    return try (0..<max(1, (steps + cycle - 1) / cycle)).map { _ in
      try milliseconds { try takeCycle() } / Double(cycle)
    }
  }

  /// To reach the steady state: caches of memory and of index tables are filled.
  mutating func warmUp() throws {
    for _ in 0..<(model.cycleOfSteps > 1 ? 1 : 2) { try takeCycle() }
  }

  /// The share of time of each kind of kernel over a cycle of steps, and of all that is none of them.
  mutating func shares() throws -> [(key: String, value: Double)] {
    var shares: [OpClock.Kind: OpClock.Share] = [:]
    let all = try milliseconds { shares = try OpClock.timing { try takeCycle() } } / 1e3
    let known = OpClock.Kind.allCases.map { (key: $0.rawValue, value: (shares[$0]?.seconds ?? 0) / all) }
    return known + [(key: "rest", value: max(0, 1 - known.reduce(0) { $0 + $1.value }))]
  }

  private mutating func takeCycle() throws {
    for _ in 0..<model.cycleOfSteps {
      var batch = batch
      // In an epoch without end.
      batch.place = BatchPlace(index: step, count: .max)
      _ = try model.trainStep(batch)
      step += 1
    }
  }
}
