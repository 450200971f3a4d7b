import GanBase
import GanModels
import GanTensor

/// A model without weights, made in a dry run: what a configuration asks of pictures and of memory is known from it in
/// moments, before any memory is taken.
public struct ModelSketch {
  public let model: any ImageTranslator
  public let builder: ModelBuilder
  let dryRun = DryRun()

  /// - Throws: `GanError`: (usage) for options that do not fit each other, (checkpoint) for a file of fixed weights
  ///   that cannot be read.
  public init(_ configured: ConfiguredModel) throws {
    let builder = ModelBuilder(seed: 0, readWeights: { try WeightFile.read(FilePath($0)) })
    model = try dryRun { try configured.make(builder) }
    self.builder = builder
  }
}
