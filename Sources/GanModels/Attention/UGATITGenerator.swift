import GanNN
import GanTensor

/// The generator of U-GAT-IT (Kim et al. 2020, section 2.1.1): an encoder, attention from a classifier of its features,
/// and a decoder with adaptive norms.
package final class UGATITGenerator: Module {
  package struct Translation {
    /// `[N,H,W,C]`.
    package let picture: Tensor
    /// Whether the input is of the source domain, from the means and from the maxima of features: `[N,2]`.
    package let cam: Tensor
    /// `[N,H/4,W/4,4*width]`, after attention.
    let features: Tensor
    /// Where the generator looks, `[N,H/4,W/4,1]`.
    package var heatmap: Tensor { features.sum(over: [3]) }
  }

  private let downs: [Conv2d], encoderBlocks: [ResidualBlock]
  private let averageClassifier: Linear, maximumClassifier: Linear, conv1x1: Conv2d
  private let head: AdaptiveHead
  private let blocks: [AdaptiveResidualBlock]
  private let ups: [(conv: Upsampling, norm: InstanceLayerNorm)]
  private let last: Conv2d
  package let tensors: TensorStore

  /// - Parameters:
  ///   - width: channels at full size (ch).
  ///   - pixels: of the features, for a head that looks at each of them; nil for a light one.
  package init(
    _ scope: Scope, channels: Int, width: Int, blocks count: Int, pixels: Int?, upsampling: UpsamplingKind = .nearest
  ) {
    tensors = scope.tensors
    let down = scope["DownBlock"]
    let up = scope["UpBlock2"]
    let deep = 4 * width
    func conv(_ list: Scope, _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1) -> Conv2d {
      Conv2d(
        list, inputs, outputs, kernel: kernel, stride: stride, padding: kernel / 2, mode: .reflect, bias: false)
    }
    downs = [
      conv(down[1], channels, width, kernel: 7), conv(down[5], width, 2 * width, kernel: 3, stride: 2),
      conv(down[9], 2 * width, deep, kernel: 3, stride: 2),
    ]
    encoderBlocks = (0..<count).map {
      ResidualBlock(down[12 + $0]["conv_block"], deep, norm: .instance, dropout: false, bias: false)
    }
    averageClassifier = Linear(scope["gap_fc"], deep, 1, bias: false)
    maximumClassifier = Linear(scope["gmp_fc"], deep, 1, bias: false)
    conv1x1 = Conv2d(scope["conv1x1"], 2 * deep, deep, kernel: 1)
    head = AdaptiveHead(scope, deep, pixels: pixels)
    blocks = (1...count).map { AdaptiveResidualBlock(scope["UpBlock1_\($0)"], deep, .clipped(0.9)) }
    ups = [(2, deep), (7, 2 * width)].map { index, inputs in
      let conv = Upsampling(
        upsampling, up[index], inputs, inputs / 2, kernel: 4, mode: .reflect, bias: false, isSpectral: false)
      return (conv, InstanceLayerNorm(up[index + 1], inputs / 2, .clipped(0)))
    }
    last = conv(up[11], width, channels, kernel: 7)
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Translation { recorded(translation(of: x, pass)) }

  private func translation(of x: Tensor, _ pass: Pass) -> Translation {
    var y = x
    for conv in downs { y = conv(y).instanceNormalized(slope: 0) }
    for block in encoderBlocks { y = block(y, pass) }
    let cam = Tensor.concatenated(
      [averageClassifier(y.globalAverage()), maximumClassifier(y.globalMaximum())], axis: 1)
    let features =
      conv1x1.attending(y, average: averageClassifier.weight, maximum: maximumClassifier.weight).relu()
    let style = head(features, pass)
    y = features
    for block in blocks { y = block(y, style) }
    for (conv, norm) in ups { y = norm(conv(y, pass), slope: 0) }
    return Translation(picture: last(y).tanh(), cam: cam, features: features)
  }

  /// Of several batches.
  package func callAsFunction(_ batches: [Tensor], _ pass: Pass) -> [Translation] {
    let results = together(batches.map { [$0] }) {
      let result = translation(of: $0[0], pass)
      return [result.picture, result.cam, result.features]
    }
    return results.map { recorded(Translation(picture: $0[0], cam: $0[1], features: $0[2])) }
  }

  private func recorded(_ translation: Translation) -> Translation {
    tensors.outputs?.record("cam_logit", translation.cam)
    return translation
  }

  /// Brings the shares of all norms into [0,1]; to be called after each step of the optimizer.
  package func clipShares() {
    for block in blocks { block.clipShares() }
    for (_, norm) in ups { norm.clipShare() }
  }
}

extension UGATITGenerator {
  package convenience init(_ scope: Scope, _ options: UGATIT.Options, light: Bool) {
    self.init(
      scope, channels: options.channels, width: options.width, blocks: options.blocks,
      pixels: light ? nil : options.head.fullPixels, upsampling: options.upsampling.kind)
  }
}
