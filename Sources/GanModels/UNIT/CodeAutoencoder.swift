import GanNN
import GanTensor

/// The sizes of an autoencoder between pictures and maps of codes (UNIT, MUNIT).
package struct AutoencoderPlan: Sendable {
  /// Channels of the first layer.
  package var width: Int
  /// Convolutions of stride 2, each of which doubles the channels.
  package var halvings: Int
  package var residualBlocks: Int
  package var mode: PaddingMode
  /// Of all activations; 0 for ReLU.
  package var slope: Double
  /// How the decoder doubles its maps, and whether convolutions are spectrally normalised.
  package var switches: NetworkSwitches

  package init(
    width: Int, halvings: Int, residualBlocks: Int, mode: PaddingMode, slope: Double,
    switches: NetworkSwitches = NetworkSwitches(upsampling: .nearest)
  ) {
    (self.width, self.halvings, self.residualBlocks) = (width, halvings, residualBlocks)
    (self.mode, self.slope, self.switches) = (mode, slope, switches)
  }

  package var codeChannels: Int { width << halvings }
  /// The code must have 2x2 pixels or more, and the first layer looks 3 pixels beyond the border.
  package var sizeRule: SizeRule { SizeRule(multiple: 1 << halvings, least: max(4, 2 << halvings)) }
}

/// From `[N,H,W,C]` to a code of `H / 2^halvings` rows: a wide convolution, halvings, residual blocks, all with
/// instance norm. Key `model`.
package final class CodeEncoder {
  private let convolutions: [ConvBlock]
  private let blocks: ResidualChain

  package init(_ scope: Scope, inputs: Int, _ plan: AutoencoderPlan) {
    let list = scope["model"]
    let first = ConvBlock(
      list[0], inputs, plan.width, kernel: 7, padding: 3, mode: plan.mode, norm: .instance, slope: plan.slope,
      isSpectral: plan.switches.isSpectral)
    convolutions =
      [first]
      + (0..<plan.halvings).map { level in
        ConvBlock(
          list[level + 1], plan.width << level, plan.width << (level + 1), kernel: 4, stride: 2, padding: 1,
          mode: plan.mode, norm: .instance, slope: plan.slope, isSpectral: plan.switches.isSpectral)
      }
    blocks = ResidualChain(list[plan.halvings + 1], plan, norm: .instance)
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    blocks(convolutions.reduce(x) { $1($0, pass) }, pass)
  }
}

/// From a code back to a picture: residual blocks with (adaptive) instance norm, doublings with layer norm, tanh.
/// Key `model`.
package final class CodeDecoder {
  private let blocks: ResidualChain
  private let doublings: [ConvBlock]
  private let last: ConvBlock

  /// - Parameter isAdaptive: whether the residual blocks take a style.
  package init(_ scope: Scope, outputs: Int, _ plan: AutoencoderPlan, isAdaptive: Bool) {
    let list = scope["model"]
    blocks = ResidualChain(list[0], plan, norm: isAdaptive ? .adaptive : .instance)
    // The official lists hold the upsamplings between them, which have no tensors.
    doublings = (0..<plan.halvings).map { level in
      let channels = plan.codeChannels >> level
      return ConvBlock(
        list[2 + 2 * level], channels, channels / 2, kernel: 5, padding: 2, mode: plan.mode,
        upsampling: plan.switches.upsampling, norm: .layer, slope: plan.slope, isSpectral: plan.switches.isSpectral)
    }
    last = ConvBlock(
      list[1 + 2 * plan.halvings], plan.width, outputs, kernel: 7, padding: 3, mode: plan.mode, norm: .none, slope: 1,
      isSpectral: plan.switches.isSpectral)
  }

  /// Numbers that describe one style: a shift and a scale per channel of each adaptive norm.
  package var styleSize: Int { 2 * blocks.styleChannels.reduce(0, +) }

  /// - Parameter style: `[N, styleSize]`: for each adaptive norm in turn all shifts, then all scales.
  package func callAsFunction(_ code: Tensor, style: Tensor? = nil, _ pass: Pass) -> Tensor {
    var y = blocks(code, pass, styles: style.map(split) ?? [])
    for convolution in doublings { y = convolution(y, pass) }
    let picture = last(y, pass).tanh()
    pass.record(last.path, picture)
    return picture
  }

  private func split(_ style: Tensor) -> [AdaptiveInstanceNorm.Style] {
    var start = 0
    func next(_ channels: Int) -> Tensor {
      defer { start += channels }
      return style.sliced(start..<start + channels, axis: 1)
    }
    return blocks.styleChannels.map { channels in
      let shift = next(channels)
      return AdaptiveInstanceNorm.Style(scale: next(channels), shift: shift)
    }
  }
}

/// Residual blocks `x + norm(conv(act(norm(conv(x)))))` in a row; no activation after the sums. Key `model`.
struct ResidualChain {
  private let path: String
  private let blocks: [(path: String, first: ConvBlock, second: ConvBlock)]

  init(_ scope: Scope, _ plan: AutoencoderPlan, norm: ConvBlock.Norm) {
    path = scope.path
    func convolution(_ scope: Scope, slope: Double) -> ConvBlock {
      ConvBlock(
        scope, plan.codeChannels, plan.codeChannels, kernel: 3, padding: 1, mode: plan.mode, norm: norm, slope: slope,
        isSpectral: plan.switches.isSpectral)
    }
    blocks = (0..<plan.residualBlocks).map { index in
      let block = scope["model"][index], parts = block["model"]
      return (block.path, convolution(parts[0], slope: plan.slope), convolution(parts[1], slope: 1))
    }
  }

  /// Of all adaptive norms, in the order of use.
  var styleChannels: [Int] { blocks.flatMap { [$0.first.styleChannels, $0.second.styleChannels] } }

  /// - Parameter styles: one per convolution, or none where norms are not adaptive.
  func callAsFunction(_ x: Tensor, _ pass: Pass, styles: [AdaptiveInstanceNorm.Style] = []) -> Tensor {
    var y = x
    for (index, block) in blocks.enumerated() {
      let inner = block.first(y, pass, style: styles.isEmpty ? nil : styles[2 * index])
      y = block.second(inner, pass, style: styles.isEmpty ? nil : styles[2 * index + 1], residual: y)
      pass.record(block.path, y)
    }
    pass.record(path, y)
    return y
  }
}
