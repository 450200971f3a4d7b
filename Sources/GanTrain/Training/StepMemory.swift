import Foundation
import GanBase
import GanData
import GanModels
import GanTensor

/// What a training step of a configuration takes of memory, known before the first one.
public struct StepMemory {
  /// Tensors of the model, its optimizers and a step.
  public let tensorBytes: Int
  private let data: DataOptions

  /// Steps of a cycle that are looked at: some models train some of their networks in some of the steps alone.
  private static let mostSteps = 20

  /// Pictures of a step, and their height and width.
  private struct Size {
    var batch: Int
    var side: Int
    var pixels: Double { Double(batch) * Double(side) * Double(side) }
  }

  /// Makes the model a second time, without numbers.
  /// - Parameter model: the same one, made before.
  /// - Returns: nil where the size of the pictures depends on the pictures.
  /// - Throws: `GanError` (usage) for options that do not fit the model.
  init?(_ configuration: TrainingConfiguration, _ pictures: DataSet, _ model: any ImageTranslator) throws {
    guard configuration.data.preprocess.endsInCrop else { return nil }
    data = pictures.options
    let whole = Size(batch: data.batchSize, side: data.cropSize)
    tensorBytes = try Precision.with(configuration.train.precision) {
      func peakBytes(_ size: Size) throws -> Int { try Self.peakBytes(configuration, pictures, size) }
      guard let (small, large) = Self.samples(of: whole, model) else { return try peakBytes(whole) }
      let bytes = (small: Double(try peakBytes(small)), large: Double(try peakBytes(large)))
      let ofPixel = (bytes.large - bytes.small) / (large.pixels - small.pixels)
      return Int(min(bytes.large + ofPixel * (whole.pixels - large.pixels), 1e18))
    }
  }

  /// Two sizes to go on from in a straight line, where the step itself is so large that even a trial of it takes long,
  /// or more memory than there is: weights stay as they are, all else grows with the pixels.
  private static func samples(of whole: Size, _ model: any ImageTranslator) -> (small: Size, large: Size)? {
    guard whole.pixels > mostPixels else { return nil }
    let multiple = model.sizeRule.multiple
    let least = max(model.sizeRule.least, model.leastTrainingSize, sampledSide)
    let side = min(whole.side, model.exactTrainingSize ?? (least + multiple - 1) / multiple * multiple)
    let batch = max(model.batchRule.least, model.batchRule.multiple)
    let samples = (small: Size(batch: batch, side: side), large: Size(batch: 2 * batch, side: side))
    return samples.large.pixels < whole.pixels ? samples : nil
  }

  private static let mostPixels = Double(4 << 20)
  private static let sampledSide = 512

  private static func peakBytes(
    _ configuration: TrainingConfiguration, _ pictures: DataSet, _ size: Size
  ) throws -> Int {
    let shape = [size.batch, size.side, size.side]
    return try DryRun.peakBytes {
      let builder = ModelBuilder(seed: 0, isEmpty: true, readWeights: { try WeightFile.read(FilePath($0)) })
      let model = try configuration.model.configured.make(builder)
      let a = Tensor.zeros(Shape(shape + [model.channels.a]))
      for step in 0..<min(model.cycleOfSteps, mostSteps) {
        var batch =
          model.domains.isEmpty
          ? TrainingBatch(a: a, b: .zeros(Shape(shape + [model.channels.b])))
          : TrainingBatch(a, labels: .zeros([size.batch, model.domains.count]))
        batch.place = BatchPlace(index: step, count: max(pictures.batchesPerEpoch, step + 1))
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
    throw GanError.environment(
      "a training step needs about \(gibibytes(bytes)) of memory, \(gibibytes(available + held)) are available "
        + "(data.batch_size \(data.batchSize), data.crop_size \(data.cropSize))",
      help: "make \(data.batchSize > 1 ? "data.batch_size or " : "")data.crop_size smaller, or the widths of the model")
  }
}

/// `1.2 GiB`, and `300 MiB` for less than one.
func gibibytes(_ bytes: Int) -> String {
  bytes < 1 << 30 ? "\(bytes >> 20) MiB" : String(format: "%.1f GiB", Double(bytes) / Double(1 << 30))
}
