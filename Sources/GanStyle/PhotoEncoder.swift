import GanBase
import GanTensor

/// A convolution of 3x3 pixels (of one for `conv0`) with its weights; keys `weight`, `bias`.
struct FixedConvolution {
  private let weight: Tensor, bias: Tensor
  private let padding: Int

  /// - Throws: `GanError` (checkpoint) naming a tensor that is missing or of another shape.
  init(_ weights: [String: Tensor], _ name: String, inputs: Int?, path: FilePath, type: ElementType) throws {
    func tensor(_ part: String) throws -> Tensor {
      guard let tensor = weights["\(name).\(part)"] else {
        throw GanError.checkpoint(
          "tensor '\(name).\(part)' is missing, so these are not the weights of PhotoWCT", at: path,
          help: "name the authors' photo_wct.pth")
      }
      return tensor
    }
    let weight = try tensor("weight"), bias = try tensor("bias"), side = name.hasSuffix("conv0") ? 1 : 3
    let outputs = bias.count, inputs = inputs ?? (weight.shape.rank == 4 ? weight.shape[1] : 0)
    guard weight.shape == [outputs, inputs, side, side], bias.shape == [outputs] else {
      throw GanError.checkpoint(
        "tensor '\(name).weight': expected shape [\(outputs),\(inputs),\(side),\(side)], found \(weight.shape)",
        at: path)
    }
    self.weight = weight.permuted([2, 3, 1, 0]).converted(to: type)
    self.bias = bias.converted(to: type)
    padding = side / 2
  }

  var outputs: Int { bias.count }

  func callAsFunction(_ x: Tensor) -> Tensor {
    x.convolved(weight, bias: bias, padding: padding, mode: .reflect)
  }
}

/// The first layers of VGG19 up to `relu<level>_1`, behind a convolution that prepares colours. Keys `e<level>.conv0`,
/// `conv1_1` and so on.
struct PhotoEncoder {
  /// What an encoder makes of a picture.
  struct Code {
    /// After the first convolution of each block, the deepest last.
    let features: [Tensor]
    /// Maps before each halving, whose largest pixels say where a decoder puts its own; the largest map first.
    let guides: [Tensor]
  }

  private let prepare: FixedConvolution
  /// The first convolution of each block, and the others of the block before.
  private let blocks: [(further: [FixedConvolution], first: FixedConvolution)]
  /// Convolutions of each block of VGG19, as far as encoders have them all.
  static let depths = [2, 2, 4]

  /// - Throws: `GanError` (checkpoint) for weights that are not those of the encoder.
  init(_ weights: [String: Tensor], level: Int, path: FilePath, type: ElementType) throws {
    var channels = 3
    func conv(_ name: String) throws -> FixedConvolution {
      let conv = try FixedConvolution(weights, "e\(level).\(name)", inputs: channels, path: path, type: type)
      channels = conv.outputs
      return conv
    }
    prepare = try conv("conv0")
    blocks = try (1...level).map { block in
      let further = block == 1 ? [] : try (2...Self.depths[block - 2]).map { try conv("conv\(block - 1)_\($0)") }
      return (further, try conv("conv\(block)_1"))
    }
  }

  /// - Parameter x: `[1,H,W,3]` in [0,1].
  func callAsFunction(_ x: Tensor) -> Code {
    var y = prepare(x), features: [Tensor] = [], guides: [Tensor] = []
    for (number, block) in blocks.enumerated() {
      for conv in block.further { y = conv(y).relu() }
      if number > 0 {
        guides.append(y)
        y = y.maxPooledTwice()
      }
      y = block.first(y).relu()
      features.append(y)
    }
    return Code(features: features, guides: guides)
  }
}

/// The way back from the features of an encoder to a picture. Keys `d<level>.conv<block>_<number>`, those of VGG19 in
/// reverse order.
struct PhotoDecoder {
  /// The convolution before each doubling, and those behind it.
  private let stages: [(before: FixedConvolution, behind: [FixedConvolution])]
  private let last: FixedConvolution

  /// - Throws: `GanError` (checkpoint) for weights that are not those of the decoder.
  init(_ weights: [String: Tensor], level: Int, path: FilePath, type: ElementType) throws {
    var channels: Int?
    func conv(_ name: String) throws -> FixedConvolution {
      let conv = try FixedConvolution(weights, "d\(level).\(name)", inputs: channels, path: path, type: type)
      channels = conv.outputs
      return conv
    }
    stages = try stride(from: level, to: 1, by: -1).map { block in
      (
        try conv("conv\(block)_1"),
        try stride(from: PhotoEncoder.depths[block - 2], to: 1, by: -1).map { try conv("conv\(block - 1)_\($0)") }
      )
    }
    last = try conv("conv1_1")
    guard last.outputs == 3 else {
      throw GanError.checkpoint(
        "tensor 'd\(level).conv1_1.weight': expected 3 outputs, found \(last.outputs)", at: path)
    }
  }

  /// - Parameters:
  ///   - features: of the depth of the decoder.
  ///   - guides: those of the encoder of the same depth.
  /// - Returns: `[1,H,W,3]`, about in [0,1].
  func callAsFunction(_ features: Tensor, _ guides: [Tensor]) -> Tensor {
    let map = zip(stages, guides.reversed()).reduce(features) { x, stage in
      let ((before, behind), guide) = stage
      return behind.reduce(before(x).relu().maxUnpooledTwice(by: guide)) { $1($0).relu() }
    }
    return last(map)
  }
}
