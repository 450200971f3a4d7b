import GanBase
import GanModels
import GanTensor

/// A model without weights, made in a dry run: what a configuration asks of pictures and of memory is known from it in
/// moments, before any memory is taken.
package struct ModelSketch {
  package let model: any ImageTranslator
  package let builder: ModelBuilder
  package let dryRun = DryRun()

  /// Of a model that is to be trained.
  /// - Throws: `GanError`: (usage) for options that do not fit each other, (checkpoint) for a file of fixed weights
  ///   that cannot be read.
  package init(_ configured: ConfiguredModel) throws {
    try self.init(configured, ModelBuilder(seed: 0, readWeights: { try WeightFile.read(FilePath($0)) }))
  }

  /// - Parameter builder: a new one.
  package init(_ configured: ConfiguredModel, _ builder: ModelBuilder) throws {
    model = try dryRun { try configured.make(builder) }
    self.builder = builder
  }

  /// Bytes of the largest tensor of the networks.
  package var largestWeight: Int { 4 * (builder.tensors.map(\.entry.tensor.count).max() ?? 0) }

  /// The most bytes that are held while the networks are made.
  package var bytesOfMaking: Int {
    // Values that are drawn are drawn in arrays.
    dryRun.mostBytes + (builder.isForTraining ? 3 * largestWeight : largestWeight)
  }

  /// Refuses networks that there is no memory for, before they are made.
  /// - Parameter path: the file that tells of them.
  /// - Throws: `GanError` (environment).
  package func checkRoom(at path: FilePath) throws {
    guard let available = MemoryLimits.available, bytesOfMaking > available else { return }
    throw GanError.environment(
      "its networks take about \(gibibytes(bytesOfMaking)) of memory, \(gibibytes(available)) are available", at: path,
      help: "use a machine with more memory, or raise the limit (ulimit -v or -d) if there is one")
  }
}
