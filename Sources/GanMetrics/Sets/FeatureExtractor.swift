import GanImage
import GanTensor

/// Computes features of pictures, whose distributions are compared.
package protocol FeatureExtractor: AnyObject {
  /// The name for reports; numbers with different names cannot be compared.
  var title: String { get }
  /// Whether a Fréchet distance of its features is the published FID.
  var isPublished: Bool { get }
  /// Features per picture.
  var featureCount: Int { get }
  /// Whether it returns class logits, which the Inception Score needs.
  var hasClasses: Bool { get }
  /// Pictures per batch.
  var batchSize: Int { get }
  /// Peak bytes of the feature maps of a batch.
  var bytesOfBatch: Int { get }
  /// The input for one picture of any size; called on several threads.
  func input(_ picture: Picture) throws -> [Float]
  /// Rows of features, and of logits if requested and available.
  func features(_ inputs: [[Float]], withLogits: Bool) -> (features: [Float], logits: [Float]?)
}

/// The features of the published FID.
package final class InceptionExtractor: FeatureExtractor {
  private let network: InceptionNetwork
  private let scaling: PictureScaling

  /// - Parameter isPublished: whether the network's weights are known to be the published ones.
  package init(_ network: InceptionNetwork, _ scaling: PictureScaling, isPublished: Bool) {
    (self.network, self.scaling, self.isPublished) = (network, scaling, isPublished)
  }

  package let isPublished: Bool
  package var title: String { "\(isPublished ? "Inception" : "Inception with other weights"), \(scaling.rawValue)" }
  package var featureCount: Int { InceptionNetwork.featureCount }
  package var hasClasses: Bool { true }
  package let batchSize = 8
  package var bytesOfBatch: Int { batchSize * (13 << 20) }

  package func input(_ picture: Picture) throws -> [Float] { try scaling.input(picture) }

  package func features(_ inputs: [[Float]], withLogits: Bool) -> (features: [Float], logits: [Float]?) {
    let side = InceptionNetwork.side
    let map = BorderedMap(images: inputs.count, height: side, width: side, channels: 3)
    for (index, input) in inputs.enumerated() { map.assign(input, to: index) }
    let output = network(map, withLogits: withLogits)
    return (output.features, output.logits)
  }
}
