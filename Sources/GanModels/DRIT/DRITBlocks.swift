import GanNN
import GanTensor

// The bricks of the networks of DRIT and DRIT++ (Lee et al. 2018, 2020). Where there is padding, it is by reflection.

/// Slope of the leaky ReLU in discriminators and in the first layer of the content encoder.
let dritSlope = 0.01

/// Convolution, instance norm, ReLU; key `model.1`.
struct NormConv {
  private let conv: Conv2d

  init(_ scope: Scope, _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int, padding: Int) {
    conv = Conv2d(
      scope["model"][1], inputs, outputs, kernel: kernel, stride: stride, padding: padding, mode: .reflect)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { conv(x).instanceNormalized(slope: 0) }
}

/// `x + norm(conv(relu(norm(conv(x)))))`, nothing after the sum; keys `model.1`, `model.5`.
struct PlainResidualBlock {
  private let first: Conv2d, second: Conv2d

  init(_ scope: Scope, _ channels: Int) {
    func conv(_ index: Int) -> Conv2d {
      Conv2d(scope["model"][index], channels, channels, kernel: 3, padding: 1, mode: .reflect)
    }
    (first, second) = (conv(1), conv(5))
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    second(first(x).instanceNormalized(slope: 0)).instanceNormalized(residual: x)
  }
}

/// Transposed convolution, or another that doubles height and width, layer norm, ReLU; keys `model.0`, `model.1`.
struct Doubling {
  private let conv: Upsampling
  private let norm: LayerNorm

  init(_ scope: Scope, _ inputs: Int, _ outputs: Int, _ kind: UpsamplingKind) {
    conv = Upsampling(kind, scope["model"][0], inputs, outputs, kernel: 3, mode: .reflect, isSpectral: false)
    norm = LayerNorm(scope["model"][1], outputs)
  }

  // Without spectral norm all passes are alike.
  func callAsFunction(_ x: Tensor) -> Tensor { norm(conv(x, .evaluation), slope: 0) }
}

/// A residual block that halves height and width, without norm, which would remove what makes an attribute; keys
/// `conv.2`, `conv.4.1`, `shortcut.1`.
struct HalvingBlock {
  private let first: Conv2d, second: Conv2d, shortcut: Conv2d

  init(_ scope: Scope, _ inputs: Int, _ outputs: Int) {
    first = Conv2d(scope["conv"][2], inputs, inputs, kernel: 3, padding: 1, mode: .reflect)
    second = Conv2d(scope["conv"][4][1], inputs, outputs, kernel: 3, padding: 1, mode: .reflect)
    shortcut = Conv2d(scope["shortcut"][1], inputs, outputs, kernel: 1)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let y = second(first(x.leakyReLU(slope: 0.2)).leakyReLU(slope: 0.2))
    return y.averagePooled(kernel: 2, stride: 2) + shortcut(x.averagePooled(kernel: 2, stride: 2))
  }
}

/// A residual block of which every pixel meets a vector twice; keys `conv1.0.1`, `blk1`, `conv2.0.1`, `blk2`.
struct MixingBlock {
  private let halves: [(conv: Conv2d, wide: Conv2d, narrow: Conv2d)]

  init(_ scope: Scope, _ channels: Int) {
    halves = ["1", "2"].map { half in
      let block = scope["blk" + half]
      return (
        Conv2d(scope["conv" + half][0][1], channels, channels, kernel: 3, padding: 1, mode: .reflect),
        Conv2d(block[0], 2 * channels, 2 * channels, kernel: 1), Conv2d(block[2], 2 * channels, channels, kernel: 1)
      )
    }
  }

  /// - Parameter vector: `[N,channels]`.
  func callAsFunction(_ x: Tensor, _ vector: Tensor) -> Tensor {
    x
      + halves.reduce(x) { y, half in
        half.narrow(half.wide.joining(half.conv(y).instanceNormalized(), vector).relu()).relu()
      }
  }
}

extension Conv2d {
  /// This 1x1 convolution of `x` with `vector` (`[N,K]`) beside it at every pixel. The vector's part is the same for
  /// all pixels and is computed once.
  func joining(_ x: Tensor, _ vector: Tensor) -> Tensor {
    let own = x.shape[3], all = weight.shape[2]
    let share = vector.reshaped(to: [vector.shape[0], 1, 1, all - own])
      .convolved(weight.sliced(own..<all, axis: 2), bias: bias)
    return x.convolved(weight.sliced(0..<own, axis: 2)) + share
  }
}
