import GanNN
import GanTensor

/// The generator of NICE-GAN (Chen et al. 2020): from a code `[N,H/4,W/4,2*width]`, which the discriminator of the
/// source domain makes, to a picture `[N,H,W,C]`.
package final class NICEGANGenerator: Module {
  private let stem: Conv2d, stemNorm: InstanceLayerNorm
  private let head: AdaptiveHead
  private let blocks: [AdaptiveResidualBlock]
  private let ups: [DoublingStage]
  private let last: Conv2d
  package let tensors: TensorStore

  /// - Parameters:
  ///   - width: channels at full size (ch).
  ///   - pixels: of the code, for a head that looks at each of them; nil for a light one.
  package init(
    _ scope: Scope, outputs: Int, width: Int, blocks count: Int, pixels: Int?,
    upsampling: UpsamplingKind = .pixelShuffle
  ) {
    tensors = scope.tensors
    stem = Conv2d(scope["UpBlock0"][1], 2 * width, 4 * width, kernel: 3, padding: 1, mode: .reflect)
    stemNorm = InstanceLayerNorm(scope["UpBlock0"][2], 4 * width, DoublingStage.share)
    head = AdaptiveHead(scope, 4 * width, pixels: pixels)
    blocks = (1...count).map {
      AdaptiveResidualBlock(scope["UpBlock1_\($0)"], 4 * width, .softmax(instance: 3.2, layer: 1))
    }
    ups = [(1, 4 * width), (9, 2 * width)].map { DoublingStage(scope["UpBlock2"], first: $0, $1, upsampling) }
    last = Conv2d(scope["UpBlock2"][17], width, outputs, kernel: 7, padding: 3, mode: .reflect, bias: false)
  }

  package func callAsFunction(_ code: Tensor, _ pass: Pass) -> Tensor {
    var y = stemNorm(stem(code), slope: 0)
    let style = head(y, pass)
    for block in blocks { y = block(y, style) }
    for up in ups { y = up(y, pass) }
    return last(y).tanh()
  }
}

/// Twice the size and half the channels, in the paper by sub-pixel convolution (Shi et al. 2016) with one tap.
private struct DoublingStage {
  static let share = InstanceShare.softmax(instance: 1, layer: 3.2)
  private let conv: Conv2d, norm: InstanceLayerNorm
  private let up: Upsampling, upNorm: InstanceLayerNorm

  init(_ list: Scope, first: Int, _ channels: Int, _ kind: UpsamplingKind) {
    let outputs = channels / 2
    conv = Conv2d(list[first], channels, outputs, kernel: 3, padding: 1, mode: .reflect, bias: false)
    norm = InstanceLayerNorm(list[first + 1], outputs, Self.share)
    up = Upsampling(
      kind, list[first + 3], outputs, outputs, kernel: 4, taps: kind == .pixelShuffle ? 1 : 3, mode: .reflect,
      isSpectral: false, startsSmooth: false)
    upNorm = InstanceLayerNorm(list[first + 5], outputs, Self.share)
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    upNorm(up(norm(conv(x), slope: 0), pass), slope: 0)
  }
}

extension NICEGANGenerator {
  package convenience init(_ scope: Scope, _ options: NICEGAN.Options, light: Bool) {
    self.init(
      scope, outputs: options.channels, width: options.width, blocks: options.blocks,
      pixels: light ? nil : options.head.fullPixels, upsampling: options.upsampling.kind)
  }
}
