import GanBase
import GanNN
import GanTensor

/// The convolutions of a fixed VGG16, or VGG19 (Simonyan and Zisserman 2015), in the Caffe convention: BGR of 0 to 255
/// less the mean colour. Nothing in it is trained.
package final class VGGFeatures {
  /// Convolutions of each block.
  private static let depths16 = [2, 2, 3, 3, 3], depths19 = [2, 2, 4, 4, 4]
  /// Blocks after which the map is halved on the way to `callAsFunction`'s: as in MUNIT not between the last two.
  private static let pooled = 0..<3
  private let blocks: [[(weight: Tensor, bias: Tensor)]]
  /// The least height and width.
  package static let leastSize = 1 << pooled.count

  /// - Parameters:
  ///   - weights: `conv1_1.weight` to `conv5_3.bias` in PyTorch's layout, or torchvision's names `features.0.weight`
  ///     to `features.28.bias`; of a VGG19 to `conv5_4.bias` or `features.34.bias`. Widths are what the weights say.
  ///   - path: the file, for messages.
  /// - Throws: `GanError` (checkpoint) naming a tensor that is missing or does not fit.
  package init(_ weights: [String: Tensor], path: String, type: ElementType) throws {
    var channels = 3, index = 0
    let isDeep = ["conv5_4", "features.34"].contains { weights["\($0).weight"] != nil }
    blocks = try (isDeep ? Self.depths19 : Self.depths16).enumerated().map { block, depth in
      defer { index += 1 }
      return try (1...depth).map { number in
        let names = ["conv\(block + 1)_\(number)", "features.\(index)"]
        index += 2
        guard let name = names.first(where: { weights["\($0).weight"] != nil }), let weight = weights["\(name).weight"],
          let bias = weights["\(name).bias"]
        else { throw GanError.checkpoint("VGG16: \(names[0]).weight or .bias is missing", at: path) }
        let outputs = bias.count
        guard weight.shape == [outputs, channels, 3, 3], bias.shape == [outputs] else {
          throw GanError.checkpoint(
            "VGG16: \(name).weight: expected [\(outputs),\(channels),3,3], found \(weight.shape)", at: path)
        }
        channels = outputs
        return (WeightLayout.convolution.fromOfficial(weight).converted(to: type), bias.converted(to: type))
      }
    }
  }

  /// - Returns: nil without a reader of weights: then the model is not going to be trained.
  /// - Throws: `GanError` (checkpoint) for a file that is not a VGG16.
  convenience init?(file path: String?, _ make: ModelBuilder) throws {
    guard let path, let read = make.readWeights else { return nil }
    try self.init(try read(path), path: path, type: make.elementType)
  }

  /// From RGB in [-1,1] to what the network was trained on.
  package func preprocessed(_ x: Tensor) -> Tensor {
    let bgr = Tensor.concatenated([2, 1, 0].map { x.sliced($0..<$0 + 1, axis: 3) }, axis: 3)
    return (bgr + 1) * 127.5 - Tensor([103.939, 116.779, 123.680] as [Double], [3], type: x.type)
  }

  /// The features relu5_3 of RGB pictures in [-1,1], at an eighth of the size.
  package func callAsFunction(_ x: Tensor) -> Tensor {
    var y = preprocessed(x)
    for (index, block) in blocks.enumerated() {
      for (weight, bias) in block { y = y.convolved(weight, bias: bias, padding: 1).relu() }
      if Self.pooled.contains(index) { y = y.maxPooledTwice() }
    }
    return y
  }

  /// The domain-invariant perceptual distance (Huang et al. 2018, section 5.1): the mean squared difference of
  /// features whose mean and variance, which carry the style, are taken away.
  package func distance(_ x: Tensor, _ target: Tensor) -> Tensor {
    (self(x).instanceNormalized() - self(target).instanceNormalized()).squared().mean()
  }

  /// The least height and width for `pairDistance`.
  static let leastPairSize = 1 << (depths16.count - 1)

  /// The perceptual distance of pictures from what they should look like (Johnson et al. 2016, with the layers and
  /// weights of the authors' program of Wang et al. 2018): mean absolute differences of relu1_1 to relu5_1. It is
  /// divided by the scale of preprocessed pictures, which puts it on that of networks that take pictures in [-1,1].
  package func pairDistance(_ x: Tensor, _ target: Tensor) -> Tensor {
    let own = firstActivations(x), others = Tape.paused { firstActivations(target) }
    let weights = [1.0 / 32, 1.0 / 16, 1.0 / 8, 1.0 / 4, 1]
    let distances = zip(weights, zip(own, others)).map { weight, maps in maps.0.l1(maps.1) * weight }
    return distances.dropFirst().reduce(distances[0], +) / 127.5
  }

  /// What the last convolution of a block, from 1, makes of pictures, after its activation, with a pooling between any
  /// two blocks: phi of Ledig et al. 2017.
  package func lastActivation(_ x: Tensor, block number: Int) -> Tensor {
    blocks.prefix(number).enumerated().reduce(preprocessed(x)) { x, block in
      block.element.reduce(block.offset > 0 ? x.maxPooledTwice() : x) { x, convolution in
        x.convolved(convolution.weight, bias: convolution.bias, padding: 1).relu()
      }
    }
  }

  /// The first activations of each block, with a pooling between any two blocks, as the weights were trained.
  private func firstActivations(_ x: Tensor) -> [Tensor] {
    var y = preprocessed(x)
    return blocks.enumerated().map { index, block in
      if index > 0 { y = y.maxPooledTwice() }
      var first: Tensor?
      let isLast = index == blocks.count - 1
      for (weight, bias) in isLast ? Array(block.prefix(1)) : block {
        y = y.convolved(weight, bias: bias, padding: 1).relu()
        first = first ?? y
      }
      return first ?? y
    }
  }
}
