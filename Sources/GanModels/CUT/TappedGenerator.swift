import GanNN
import GanTensor

/// The generator of CUT: CycleGAN's ResNet with smoothed resampling, as the list of its modules, whose results can be
/// looked at ("tapped") by their official numbers.
///
/// A ReLU works in place in the official program, so a tap on the norm before it sees its result, too.
package final class TappedGenerator: Network {
  /// One or more modules that are computed together.
  private struct Stage {
    /// Their numbers.
    let elements: Range<Int>
    let channels: Int
    /// Of a padding, which the convolution after it does.
    let border: Int
    let run: (Tensor, Pass) -> Tensor
  }

  private let stages: [Stage]
  package let sizeRule = SizeRule(multiple: 4, least: 8)
  package let tensors: TensorStore

  /// - Parameters:
  ///   - channels: of the pictures on both sides.
  ///   - width: channels of the first layer (ngf).
  init(
    _ scope: Scope, channels: Int, width: Int, blocks: Int, norm: NormKind, dropout: Bool, _ antialias: AntialiasOptions
  ) {
    tensors = scope.tensors
    let list = scope["model"], hasBias = norm.wantsConvBias
    var stages: [Stage] = [], next = 0
    func add(_ channels: Int, modules: Int = 1, border: Int = 0, _ run: @escaping (Tensor, Pass) -> Tensor) {
      stages.append(Stage(elements: next..<next + modules, channels: channels, border: border, run: run))
      next += modules
    }
    func addNormAndReLU(_ channels: Int) {
      let layer = Norm(norm, list[next], channels)
      add(channels, modules: 2) { layer($0, $1, slope: 0) }
    }
    func addPaddedConvolution(_ inputs: Int, _ outputs: Int, bias: Bool) {
      add(inputs, border: 3) { x, _ in x }
      let conv = Conv2d(list[next], inputs, outputs, kernel: 7, padding: 3, mode: .reflect, bias: bias)
      add(outputs) { x, _ in conv(x) }
    }
    func addConvolution(_ inputs: Int, _ outputs: Int, stride: Int = 1) {
      let conv = Conv2d(list[next], inputs, outputs, kernel: 3, stride: stride, padding: 1, bias: hasBias)
      add(outputs) { x, _ in conv(x) }
    }

    addPaddedConvolution(channels, width, bias: hasBias)
    addNormAndReLU(width)
    for inputs in [width, 2 * width] {
      addConvolution(inputs, 2 * inputs, stride: antialias.smoothsHalving ? 1 : 2)
      addNormAndReLU(2 * inputs)
      guard antialias.smoothsHalving else { continue }
      let down = SmoothDownsampling(list[next], 2 * inputs)
      add(2 * inputs) { x, _ in down(x) }
    }
    for _ in 0..<blocks {
      let block = ResidualBlock(list[next]["conv_block"], 4 * width, norm: norm, dropout: dropout)
      add(4 * width) { block($0, $1) }
    }
    for inputs in [4 * width, 2 * width] {
      if antialias.smoothsDoubling {
        let up = SmoothUpsampling(list[next], inputs)
        add(inputs) { x, _ in up(x) }
        addConvolution(inputs, inputs / 2)
      } else {
        let conv = ConvTranspose2d(
          list[next], inputs, inputs / 2, kernel: 3, stride: 2, padding: 1, outputPadding: 1, bias: hasBias)
        add(inputs / 2) { x, _ in conv(x) }
      }
      addNormAndReLU(inputs / 2)
    }
    addPaddedConvolution(width, channels, bias: true)
    add(channels) { x, _ in x.tanh() }
    self.stages = stages
  }

  /// The number of modules, which is the first number that is none of them.
  static func modules(blocks: Int, _ antialias: AntialiasOptions) -> Int {
    19 + blocks + (antialias.smoothsHalving ? 2 : 0) + (antialias.smoothsDoubling ? 2 : 0)
  }

  /// Channels of what leaves a module.
  func channels(ofTap tap: Int) -> Int {
    guard let stage = stages.first(where: { $0.elements.contains(tap) }) else {
      preconditionFailure("no module \(tap)")
    }
    return stage.channels
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor { callAsFunction(x, taps: [], pass).result }

  /// - Parameters:
  ///   - taps: numbers of modules, ascending.
  ///   - onlyTaps: whether to stop behind the last of them.
  /// - Returns: the last result, and the maps that leave the tapped modules.
  package func callAsFunction(
    _ x: Tensor, taps: [Int], onlyTaps: Bool = false, _ pass: Pass
  ) -> (result: Tensor, maps: [TappedMap]) {
    var y = x, maps: [TappedMap] = []
    for stage in stages {
      y = stage.run(y, pass)
      if stage.border == 0 { for element in stage.elements { pass.record("model.\(element)", y) } }
      for tap in taps where stage.elements.contains(tap) { maps.append(TappedMap(y, border: stage.border)) }
      if onlyTaps, maps.count == taps.count { break }
    }
    return (y, maps)
  }
}
