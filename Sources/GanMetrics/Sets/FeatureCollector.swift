import GanBase
import GanImage

/// Computes the features of pictures that are added one by one.
package final class FeatureCollector {
  private let extractor: any FeatureExtractor
  private var waiting: [[Float]] = []
  private var collected: FeatureMatrix

  package init(_ extractor: any FeatureExtractor) {
    self.extractor = extractor
    collected = FeatureMatrix(columns: extractor.featureCount)
  }

  package func add(_ picture: Picture) throws {
    waiting.append(try extractor.input(picture))
    if waiting.count == extractor.batchSize { try flush() }
  }

  /// The features of all pictures added so far, in order.
  /// - Throws: `GanError` (environment) if memory runs out.
  package func finish() throws -> FeatureMatrix {
    try flush()
    return collected
  }

  private func flush() throws {
    guard !waiting.isEmpty else { return }
    collected.append(try OutOfMemory.guarding { extractor.features(waiting, withLogits: false).features })
    waiting.removeAll()
  }
}
