import GanBase
import GanModels
import GanTensor

/// A model made in a dry run, without weights. It quickly shows which pictures and how much memory a configuration
/// needs, before any memory is allocated.
package struct ModelSketch {
  package let model: any ImageTranslator
  package let builder: ModelBuilder
  package let dryRun = DryRun()

  /// A sketch for training.
  /// - Throws: `GanError`: (usage) for incompatible options, (checkpoint) for a file of fixed weights that cannot be
  ///   read.
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

  /// Peak bytes while the networks are made.
  package var bytesOfMaking: Int {
    // Initial values are drawn into temporary arrays.
    dryRun.mostBytes + (builder.isForTraining ? 3 * largestWeight : largestWeight)
  }

  /// Checks that there is enough memory for the networks, before they are made.
  /// - Parameter path: the file to name in the error.
  /// - Throws: `GanError` (environment) if there is not.
  package func checkRoom(at path: FilePath) throws {
    guard let available = MemoryLimits.available, bytesOfMaking > available else { return }
    throw GanError.environment(
      "its networks take about \(gibibytes(bytesOfMaking)) of memory, \(gibibytes(available)) are available", at: path,
      help: "use a machine with more memory, or raise the limit (ulimit -v or -d) if there is one")
  }
}
