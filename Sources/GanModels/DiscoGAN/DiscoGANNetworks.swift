import GanConfig
import GanNN
import GanTensor

/// The networks of DiscoGAN.
package struct DiscoGANNetworkOptions: Settings, Equatable, Sendable {
  package var generatorWidth = 64
  package var discriminatorWidth = 64
  package var layers = 4
  package var bottleneck = 0
  package var upsampling = UpsamplingOptions()

  package init() {}

  package static let options: [Option<DiscoGANNetworkOptions>] =
    [
      .integer("ngf", \.generatorWidth, in: 1...512, "channels of the generators' first layer"),
      .integer("ndf", \.discriminatorWidth, in: 1...512, "channels of the discriminators' first layer"),
      .integer("layers", \.layers, in: 2...7, "layers that halve pictures, in generators and discriminators"),
      .integer(
        "bottleneck", \.bottleneck, in: 0...4096,
        "channels of one more layer in the middle of the generators, over 4x4 pixels (100 in the authors' program); 0: "
          + "none"),
    ] + Option.all(of: \.upsampling)

  /// The least height and width of pictures that a discriminator can judge.
  var leastJudgedSize: Int { 4 << layers }
}

/// Channels after each of some layers that halve pictures: they double, up to eightfold.
private func channels(_ width: Int, _ layers: Int) -> [Int] { (0..<layers).map { width * min(1 << $0, 8) } }

extension Tensor {
  /// Pictures in [-1,1] as levels from 0 to 1, which these networks work on.
  fileprivate var levels: Tensor { scaled(by: 0.5, plus: 0.5) }
}

/// A generator of DiscoGAN (Kim et al. 2017, section 3.1): convolutions of 4x4 pixels that halve the picture, then
/// transposed ones that double it, all with batch norm but the first and the last. Nothing passes by the middle. Key
/// `main`, a list as in the authors' program.
package final class DiscoGANGenerator: Network {
  private let encoder: [(conv: Conv2d, norm: BatchNorm?)]
  private let decoder: [(conv: (Tensor, Pass) -> Tensor, norm: BatchNorm?)]
  package let sizeRule: SizeRule
  package let tensors: TensorStore

  package init(_ scope: Scope, _ options: DiscoGANNetworkOptions) {
    tensors = scope.tensors
    let list = scope["main"], widths = channels(options.generatorWidth, options.layers), middle = options.bottleneck
    var index = 0
    /// The place of a convolution in the list, and its norm, which stands behind it as the activation does.
    func layer<Conv>(_ outputs: Int, hasNorm: Bool = true, _ make: (Scope) -> Conv) -> (conv: Conv, norm: BatchNorm?) {
      let conv = make(list[index]), norm = hasNorm ? BatchNorm(list[index + 1], outputs) : nil
      index += hasNorm ? 3 : 2
      return (conv, norm)
    }
    var encoder = widths.enumerated().map { number, outputs in
      layer(outputs, hasNorm: number > 0) {
        Conv2d($0, number == 0 ? 3 : widths[number - 1], outputs, kernel: 4, stride: 2, padding: 1, bias: false)
      }
    }
    var decoder: [(conv: (Tensor, Pass) -> Tensor, norm: BatchNorm?)] = []
    if middle > 0 {
      encoder.append(layer(middle) { Conv2d($0, widths[widths.count - 1], middle, kernel: 4, bias: false) })
      decoder.append(
        layer(widths[widths.count - 1]) { scope in
          let conv = ConvTranspose2d(
            scope, middle, widths[widths.count - 1], kernel: 4, stride: 1, padding: 0, bias: false)
          return { x, _ in conv(x) }
        })
    }
    for (number, inputs) in widths.enumerated().reversed() {
      let outputs = number == 0 ? 3 : widths[number - 1]
      decoder.append(
        layer(outputs, hasNorm: number > 0) { scope in
          let conv = Upsampling(
            options.upsampling.kind, scope, inputs, outputs, kernel: 4, mode: .zero, bias: false, isSpectral: false)
          return { conv($0, $1) }
        })
    }
    (self.encoder, self.decoder) = (encoder, decoder)
    sizeRule = SizeRule(multiple: 1 << options.layers, least: (middle > 0 ? 4 : 1) << options.layers)
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    let code = encoder.reduce(x.levels) { x, layer in
      let y = layer.conv(x)
      return layer.norm.map { $0(y, pass, slope: 0.2, residual: nil) } ?? y.leakyReLU(slope: 0.2)
    }
    return decoder.reduce(code) { x, layer in
      let y = layer.conv(x, pass)
      return layer.norm.map { $0(y, pass, slope: 0, residual: nil) } ?? y.sigmoid().scaled(by: 2, plus: -1)
    }
  }
}

/// A discriminator of DiscoGAN: as the first half of a generator, then a convolution of 4x4 pixels to one score, or to
/// a map of scores for pictures that are larger than those of the paper. Keys as in the authors' program: `conv1`,
/// `conv2`, `bn2` and so on.
package final class DiscoGANDiscriminator: Discriminator {
  private let layers: [(conv: Conv2d, norm: BatchNorm?)]
  private let last: Conv2d
  package let sizeRule: SizeRule
  package let tensors: TensorStore

  package init(_ scope: Scope, _ options: DiscoGANNetworkOptions) {
    tensors = scope.tensors
    let widths = channels(options.discriminatorWidth, options.layers)
    layers = widths.enumerated().map { number, outputs in
      let inputs = number == 0 ? 3 : widths[number - 1]
      let conv = Conv2d(
        scope["conv\(number + 1)"], inputs, outputs, kernel: 4, stride: 2, padding: 1, bias: false)
      return (conv, number == 0 ? nil : BatchNorm(scope["bn\(number + 1)"], outputs))
    }
    last = Conv2d(scope["conv\(widths.count + 1)"], widths[widths.count - 1], 1, kernel: 4, bias: false)
    sizeRule = SizeRule(least: options.leastJudgedSize)
  }

  /// The features are those behind a norm.
  package func judge(_ x: Tensor, _ pass: Pass) -> [ScoreMap] {
    var y = tensors.seen(x).levels, features: [Tensor] = []
    for layer in layers {
      y = layer.conv(y)
      if let norm = layer.norm {
        y = norm(y, pass, slope: 0.2, residual: nil)
        features.append(y)
      } else {
        y = y.leakyReLU(slope: 0.2)
      }
    }
    return [ScoreMap(scores: last(y), features: features)]
  }
}
