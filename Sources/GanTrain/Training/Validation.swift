import GanBase
import GanData
import GanModels
import GanNN
import GanTensor

/// The mean distance between translations of the validation pairs and their targets.
struct Validation {
  private let model: any ImageTranslator
  private let pictures: DataSet
  private let count: Int
  private let seed: UInt64
  /// Called with the pictures that could not be used and were replaced by others.
  var onSkip: ([Diagnostic]) -> Void = { _ in }

  /// - Returns: nil if there are no pairs to compare.
  init?(_ parts: TrainingParts) {
    guard parts.measuresValidation, let pictures = parts.validation else { return nil }
    (model, self.pictures) = (parts.model, pictures)
    count = min(parts.configuration.train.validationCount, pictures.count)
    seed = UInt64(parts.configuration.run.seed)
  }

  static let name = "L1"

  /// The mean absolute difference on the networks' scale of [-1, 1].
  /// - Parameter tell: called before each picture with its number and the total; may throw to stop.
  func score(tell: (_ number: Int, _ all: Int) throws -> Void = { _, _ in }) throws -> Double {
    let pass = Pass.testTime(of: model, seed: seed, stream: RunStream.validation)
    let distances = try (0..<count).map { index -> Double in
      try tell(index + 1, count)
      let item = try pictures.item(index * pictures.count / count)
      onSkip(item.skipped)
      try model.inputs.check(item)
      let (a, b) = try TrainingBatch(item).sides()
      return try Tape.paused { try (model.translate(a, to: .aToB, pass) - b).abs().mean().item }
    }
    return distances.reduce(0, +) / Double(count)
  }
}
