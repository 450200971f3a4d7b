import GanBase
import GanTensor

/// The Inception network of the published FID (Szegedy et al. 2016, the version of 2015 in pytorch-fid): maps pictures
/// of 299x299 to 2,048 features. Its keys are those of pytorch-fid's weights.
package final class InceptionNetwork: Sendable {
  package static let side = 299
  package static let featureCount = 2048
  package static let classCount = 1008

  /// The network's output for a batch, one row per picture.
  package struct Output {
    /// `[N,2048]`: the spatial mean of the last feature map.
    package let features: [Float]
    /// `[N,1008]` without the bias, for the Inception Score; nil if not requested.
    package let logits: [Float]?
  }

  /// Called with the name and output of every layer and block.
  typealias Probe = (_ name: String, _ part: MapPart) -> Void

  private let conv1a: InceptionUnit, conv2a: InceptionUnit, conv2b: InceptionUnit
  private let conv3b: InceptionUnit, conv4a: InceptionUnit
  private let blocks: [any InceptionBlock]
  private let classes: MapConvolution
  let classBias: [Float]

  /// - Parameter weights: returns a tensor by key and shape, in PyTorch's layout; throws if it is missing.
  package init(_ weights: @escaping (_ key: String, _ shape: [Int]) throws -> [Float]) throws {
    let make = InceptionUnit.Maker(weights: weights)
    conv1a = try make("Conv2d_1a_3x3", 3, 32, (3, 3), stride: 2)
    conv2a = try make("Conv2d_2a_3x3", 32, 32, (3, 3))
    conv2b = try make("Conv2d_2b_3x3", 32, 64, (3, 3), padding: (1, 1))
    conv3b = try make("Conv2d_3b_1x1", 64, 80)
    conv4a = try make("Conv2d_4a_3x3", 80, 192, (3, 3))
    blocks = [
      try InceptionA("Mixed_5b", 192, pool: 32, make), try InceptionA("Mixed_5c", 256, pool: 64, make),
      try InceptionA("Mixed_5d", 288, pool: 64, make), try InceptionB("Mixed_6a", make),
      try InceptionC("Mixed_6b", width: 128, make), try InceptionC("Mixed_6c", width: 160, make),
      try InceptionC("Mixed_6d", width: 160, make), try InceptionC("Mixed_6e", width: 192, make),
      try InceptionD("Mixed_7a", make), try InceptionE("Mixed_7b", 1280, pooling: .average, border: 1, make),
      try InceptionE("Mixed_7c", 2048, pooling: .maximum, border: 0, make),
    ]
    let matrix = try weights("fc.weight", [Self.classCount, Self.featureCount])
    classBias = try weights("fc.bias", [Self.classCount])
    classes = MapConvolution(
      weight: transposed(matrix, rows: Self.classCount, columns: Self.featureCount),
      bias: [Float](repeating: 0, count: Self.classCount), kernel: (1, 1), inputs: Self.featureCount, hasReLU: false)
  }

  /// - Parameter pictures: `[N,299,299,3]`, scaled by a `PictureScaling`, without a border.
  package func callAsFunction(_ pictures: BorderedMap, withLogits: Bool = false) -> Output {
    run(pictures, withLogits: withLogits, probe: { _, _ in })
  }

  func run(_ pictures: BorderedMap, withLogits: Bool, probe: Probe) -> Output {
    precondition(pictures.height == Self.side && pictures.width == Self.side && pictures.channels == 3)
    var x = conv2a(conv1a(pictures, probe), border: 1, probe)
    x = MapPooling.maximum(conv2b(x, probe), stride: 2)
    probe("block0", MapPart(x))
    x = MapPooling.maximum(conv4a(conv3b(x, probe), probe), stride: 2)
    probe("block1", MapPart(x))
    for block in blocks {
      x = block(x, probe)
      probe(block.name, MapPart(x))
    }
    let features = x.means()
    return Output(features: features, logits: withLogits ? logits(features, pictures.images) : nil)
  }

  private func logits(_ features: [Float], _ count: Int) -> [Float] {
    let x = BorderedMap(images: 1, height: 1, width: count, channels: Self.featureCount)
    x.assign(features, to: 0)
    return classes(x).values()
  }
}

/// The transpose `[columns, rows]` of a matrix `[rows, columns]`.
func transposed(_ matrix: [Float], rows: Int, columns: Int) -> [Float] {
  var result = [Float](repeating: 0, count: matrix.count)
  matrix.withUnsafeBufferPointer { matrix in
    for row in 0..<rows {
      for column in 0..<columns { result[column * rows + row] = matrix[row * columns + column] }
    }
  }
  return result
}
