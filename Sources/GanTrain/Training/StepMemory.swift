import GanBase
import GanModels
import GanTensor

/// What a training step of a configuration takes of memory, known before the first one.
public struct StepMemory {
  /// Tensors of the model, its optimizers and a step.
  public let tensorBytes: Int
  private let parts: TrainingParts

  /// Steps of a cycle that are looked at: some models train some of their networks in some of the steps alone.
  private static let mostSteps = 20

  /// Makes the model a second time, without numbers.
  /// - Returns: nil where the size of the pictures depends on the pictures.
  /// - Throws: `GanError` (usage) for options that do not fit the model.
  public init?(_ parts: TrainingParts) throws {
    guard parts.configuration.data.preprocess.endsInCrop else { return nil }
    self.parts = parts
    tensorBytes = try Precision.with(parts.configuration.train.precision) { try Self.peakBytes(parts) }
  }

  private static func peakBytes(_ parts: TrainingParts) throws -> Int {
    let data = parts.pictures.options
    let size = [data.batchSize, data.cropSize, data.cropSize]
    return try DryRun.peakBytes {
      let builder = ModelBuilder(
        seed: 0, isEmpty: true, readWeights: { try WeightFile.read(FilePath($0)) })
      let model = try parts.configuration.model.configured.make(builder)
      for step in 0..<min(model.cycleOfSteps, mostSteps) {
        var batch: TrainingBatch
        if model.domains.isEmpty {
          batch = TrainingBatch(a: .zeros(Shape(size + [model.channels.a])), b: .zeros(Shape(size + [model.channels.b])))
        } else {
          batch = TrainingBatch(
            .zeros(Shape(size + [model.channels.a])), labels: .zeros([data.batchSize, model.domains.count]))
        }
        batch.place = BatchPlace(index: step, count: max(parts.pictures.batchesPerEpoch, step + 1))
        _ = try model.trainStep(batch)
      }
    }
  }

  /// With what the allocator keeps beside (see `MemoryCache`), the threads' own blocks, pictures and the program.
  public var bytes: Int { tensorBytes + tensorBytes / 8 + (256 << 20) }

  /// - Throws: `GanError` (environment) where there is less.
  public func check() throws {
    let held = MemoryCache.shared.liveBytes
    guard let available = MemoryLimits.available, bytes - held > available else { return }
    let data = parts.pictures.options
    throw GanError.environment(
      "a training step needs about \(gibibytes(bytes)) of memory, \(gibibytes(available + held)) are available "
        + "(data.batch_size \(data.batchSize), data.crop_size \(data.cropSize))",
      help: "make \(data.batchSize > 1 ? "data.batch_size or " : "")data.crop_size smaller, or the widths of the model")
  }
}

/// `1.2 GiB`
func gibibytes(_ bytes: Int) -> String { String(format: "%.1f GiB", Double(bytes) / Double(1 << 30)) }
