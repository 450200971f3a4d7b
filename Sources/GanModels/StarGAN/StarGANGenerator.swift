import GanNN
import GanTensor

/// The generator of StarGAN (Choi et al. 2018, table 4): the picture with a constant map for each number of the label,
/// two halvings, residual blocks, two doublings. Zero padding everywhere, without which the norms would take the label
/// away. No biases. Key `main`.
package final class StarGANGenerator: Module {
  private typealias Stage = (path: String, conv: (Tensor, Pass) -> Tensor, norm: BatchNorm)

  private let stem: [Stage], doublings: [Stage]
  private let blocks: [Block]
  private let last: Convolution
  /// After the residual blocks, or after the first doubling.
  private let attention: LevelAttention
  /// The least leaves 2x2 pixels for the norms between.
  package let sizeRule = SizeRule(multiple: 4, least: 8)
  package let tensors: TensorStore

  /// - Parameters:
  ///   - labels: numbers of a label.
  ///   - width: channels of the first layer.
  package init(
    _ scope: Scope, channels: Int, labels: Int, width: Int, blocks count: Int,
    switches: NetworkSwitches = NetworkSwitches()
  ) {
    tensors = scope.tensors
    let list = scope["main"], isSpectral = switches.isSpectral
    func stage(_ index: Int, _ channels: Int, _ conv: @escaping (Tensor, Pass) -> Tensor) -> Stage {
      (list[index + 2].path, conv, BatchNorm(list[index + 1], channels, groups: .sample))
    }
    let first = Convolution(
      list[0], channels + labels, width, kernel: 7, padding: 3, bias: false, isSpectral: isSpectral)
    let halvings = (0..<2).map { level in
      let conv = Convolution(
        list[3 + 3 * level], width << level, width << (level + 1), kernel: 4, stride: 2, padding: 1, bias: false,
        isSpectral: isSpectral)
      return stage(3 + 3 * level, width << (level + 1)) { conv($0, $1) }
    }
    stem = [stage(0, width) { first($0, $1) }] + halvings
    blocks = (0..<count).map { Block(list[9 + $0], 4 * width, isSpectral: isSpectral) }
    doublings = (0..<2).map { level in
      let index = 9 + count + 3 * level, inputs = (4 * width) >> level
      let conv = Upsampling(
        switches.upsampling, list[index], inputs, inputs / 2, kernel: 4, mode: .zero, bias: false,
        isSpectral: isSpectral)
      return stage(index, inputs / 2) { conv($0, $1) }
    }
    last = Convolution(
      list[15 + count], width, channels, kernel: 7, padding: 3, bias: false, isSpectral: isSpectral)
    attention = LevelAttention(scope, switches) { width << $0 }
  }

  /// - Parameters:
  ///   - x: `[N,H,W,C]`.
  ///   - label: `[N,D]`, what the result should be.
  package func callAsFunction(_ x: Tensor, _ label: Tensor, _ pass: Pass) -> Tensor {
    var y = x.joined(with: label)
    for stage in stem { y = run(stage, y, pass) }
    for block in blocks { y = block(y, pass) }
    for (index, stage) in doublings.enumerated() {
      y = run(stage, attention(y, level: doublings.count - index, pass), pass)
    }
    return last(y, pass).tanh()
  }

  private func run(_ stage: Stage, _ x: Tensor, _ pass: Pass) -> Tensor {
    let y = stage.norm(stage.conv(x, pass), pass, slope: 0, residual: nil)
    pass.record(stage.path, y)
    return y
  }

  /// `x + norm(conv(relu(norm(conv(x)))))`, no activation after the sum. Key `main`.
  private struct Block {
    private let path: String
    private let first: Convolution, firstNorm: BatchNorm, second: Convolution, secondNorm: BatchNorm

    init(_ scope: Scope, _ channels: Int, isSpectral: Bool) {
      path = scope.path
      let list = scope["main"]
      func conv(_ index: Int) -> Convolution {
        Convolution(list[index], channels, channels, kernel: 3, padding: 1, bias: false, isSpectral: isSpectral)
      }
      first = conv(0)
      firstNorm = BatchNorm(list[1], channels, groups: .sample)
      second = conv(3)
      secondNorm = BatchNorm(list[4], channels, groups: .sample)
    }

    func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
      let inner = firstNorm(first(x, pass), pass, slope: 0, residual: nil)
      let y = secondNorm(second(inner, pass), pass, slope: 1, residual: x)
      pass.record(path, y)
      return y
    }
  }
}
