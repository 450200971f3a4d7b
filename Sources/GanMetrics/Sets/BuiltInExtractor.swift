import Foundation
import GanBase
import GanImage
import GanTensor

/// Features that need no file: logarithms of the mean activations of a small convolutional network with random weights
/// from a fixed seed. They capture colours, edges and textures at four scales, but not content. Their distances rank
/// degradations of similar pictures, but are not the FID.
package final class BuiltInExtractor: FeatureExtractor {
  /// Increased whenever the numbers change.
  private static let version = 1
  private static let side = 128
  private static let stages: [(outputs: Int, kernel: Int)] = [(32, 5), (64, 3), (128, 3), (128, 3)]

  /// The lower bound for mean activations, which keeps logarithms bounded.
  private static let least = 0.01

  private let layers: [MapConvolution]

  package init() {
    var inputs = 3
    layers = Self.stages.enumerated().map { index, stage in
      var random = RandomStream(seed: UInt64(Self.version), stream: UInt64(index))
      let taps = stage.kernel * stage.kernel * inputs
      // Uniform, with the variance of He et al. 2015 for ReLU.
      let limit = (6 / Float(taps)).squareRoot()
      let weight = (0..<taps * stage.outputs).map { _ in random.uniform(-limit, limit) }
      let (channels, pad) = (inputs, stage.kernel / 2)
      inputs = stage.outputs
      return MapConvolution(
        weight: weight, bias: [Float](repeating: 0, count: stage.outputs), kernel: (stage.kernel, stage.kernel),
        inputs: channels, stride: 2, padding: (pad, pad))
    }
  }

  package var title: String { "built-in features, version \(Self.version)" }
  package var isPublished: Bool { false }
  package var featureCount: Int { Self.stages.reduce(0) { $0 + $1.outputs } }
  package var hasClasses: Bool { false }
  package let batchSize = 32
  package var bytesOfBatch: Int {
    // The pictures as arrays and as a map, and the maps of the first two layers, each half the size of the previous
    // one.
    let pixels = Self.side * Self.side
    return batchSize * 4 * (2 * 3 * pixels + Self.stages[0].outputs * pixels / 4 + Self.stages[1].outputs * pixels / 16)
  }

  package func input(_ picture: Picture) throws -> [Float] {
    let scaled = try FloatPicture(picture.rgb()).resized(width: Self.side, height: Self.side, .bicubic)
    return scaled.clamped().values.map { $0 / 127.5 - 1 }
  }

  package func features(_ inputs: [[Float]], withLogits: Bool) -> (features: [Float], logits: [Float]?) {
    var map = BorderedMap(images: inputs.count, height: Self.side, width: Self.side, channels: 3, border: 2)
    for (index, input) in inputs.enumerated() { map.assign(input, to: index) }
    var rows = [[Float]](repeating: [], count: inputs.count)
    for layer in layers {
      map = layer(map, border: 1)
      let means = map.means()
      for index in rows.indices {
        rows[index] += means[index * layer.outputs..<(index + 1) * layer.outputs].map {
          Float(log(Double($0) + Self.least))
        }
      }
    }
    return (rows.flatMap { $0 }, nil)
  }
}
