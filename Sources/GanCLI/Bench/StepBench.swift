import GanBase
import GanConfig
import GanModels
import GanTensor

/// Times whole training steps of a model on random pictures.
struct StepBench {
  private let model: any ImageTranslator
  private let batch: TrainingBatch
  /// Steps done so far.
  private var step = 0

  /// - Throws: `GanError` (environment) if memory runs out, as all that follows does.
  init(_ model: any ImageTranslator, size: Int, batch: Int) throws {
    self.model = model
    self.batch = try OutOfMemory.guarding { Self.batch(of: model, size: size, batch: batch) }
  }

  private static func batch(of model: any ImageTranslator, size: Int, batch: Int) -> TrainingBatch {
    var random = RandomStream(seed: 3)
    func pictures(_ size: Int, _ channels: Int) -> Tensor {
      Tensor.uniform([batch, size, size, channels + model.inputs.masks], from: &random) * 2 - 1
    }
    let a = pictures(size / model.inputs.enlargement, model.inputs.channels.a), count = model.domains.count
    guard count > 0 else {
      return TrainingBatch(a: a, b: pictures(size, model.inputs.channels.b))
        .assumingBoxes(type(of: model).info.boxes, 2)
    }
    func labels(_ count: Int) -> Tensor {
      let rows = (0..<batch).flatMap { item in (0..<count).map { $0 == item % count ? Float(1) : 0 } }
      return Tensor(rows, [batch, count])
    }
    let second = model.inputs.secondClasses
    var whole = TrainingBatch(a, labels: labels(count - second))
    if second > 0 { whole.second = (pictures(size, model.inputs.channels.a), labels(second)) }
    return whole
  }

  /// Milliseconds per step; if steps differ, the mean over each cycle of steps.
  /// - Parameter steps: the number of steps, rounded up to whole cycles.
  mutating func times(steps: Int) throws -> [Double] {
    let cycle = model.cycleOfSteps
    return try (0..<max(1, ceilDiv(steps, cycle))).map { _ in
      try milliseconds { try takeCycle() } / Double(cycle)
    }
  }

  /// Takes steps until caches of memory and index tables are filled.
  mutating func warmUp() throws {
    for _ in 0..<(model.cycleOfSteps > 1 ? 1 : 2) { try takeCycle() }
  }

  /// The distribution of a step's time.
  struct Profile {
    /// The share of time of each kind of kernel, and of everything else.
    let shares: [(key: String, value: Double)]
    /// Additions and multiplications of a step's convolutions by the plain algorithm: the number, and the number per
    /// second.
    let arithmetic: Double, speed: Double
  }

  /// Profiles one cycle of steps.
  mutating func profile() throws -> Profile {
    var found: [OpClock.Kind: OpClock.Share] = [:]
    let seconds = try milliseconds { found = try OpClock.timing { try takeCycle() } } / 1e3
    let known = OpClock.Kind.allCases.map { (key: $0.rawValue, value: (found[$0]?.seconds ?? 0) / seconds) }
    let convolutions = found.values.filter { $0.arithmetic > 0 }
    let arithmetic = convolutions.reduce(0) { $0 + $1.arithmetic }
    let spent = convolutions.reduce(0) { $0 + $1.seconds }
    return Profile(
      shares: known + [(key: "rest", value: max(0, 1 - known.reduce(0) { $0 + $1.value }))],
      arithmetic: arithmetic / Double(model.cycleOfSteps), speed: spent > 0 ? arithmetic / spent : 0)
  }

  /// How a cycle of steps divides into parallel regions on `width` threads: the least times of three.
  mutating func parallelProfile(width: Int) throws -> ParallelProfile {
    func profile() throws -> ParallelProfile { try ThreadPool.shared.profile(width: width) { try takeCycle() } }
    return try profile().least(profile()).least(profile())
  }

  private mutating func takeCycle() throws {
    for _ in 0..<model.cycleOfSteps {
      var batch = batch
      // The place within an endless epoch.
      batch.place = BatchPlace(index: step, count: .max)
      _ = try OutOfMemory.guarding { try model.trainStep(batch) }
      step += 1
    }
  }
}
