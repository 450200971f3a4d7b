import GanNN
import GanTensor

// What the generators of U-GAT-IT (Kim et al. 2020, figure 2) and NICE-GAN (Chen et al. 2020) share.

/// Makes one scale and one shift per sample and channel from a map; all adaptive norms of a generator use them. Keys
/// `FC.0`, `FC.2`, `gamma`, `beta`.
struct AdaptiveHead {
  private let first: Linear, second: Linear, gamma: Linear, beta: Linear
  private let seesMeans: Bool

  /// - Parameter pixels: of the map, every one of which is looked at; nil for the means of its channels alone (the
  ///   official option `light`).
  init(_ scope: Scope, _ channels: Int, pixels: Int?) {
    seesMeans = pixels == nil
    first = Linear(scope["FC"][0], channels * (pixels ?? 1), channels, bias: false)
    second = Linear(scope["FC"][2], channels, channels, bias: false)
    gamma = Linear(scope["gamma"], channels, channels, bias: false)
    beta = Linear(scope["beta"], channels, channels, bias: false)
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) -> (gamma: Tensor, beta: Tensor) {
    // PyTorch flattens channel by channel.
    let flat =
      seesMeans
      ? x.globalAverage() : x.permuted([0, 3, 1, 2]).reshaped(to: [x.shape[0], x.count / x.shape[0]])
    let hidden = second(first(flat).relu()).relu()
    let style = (gamma: gamma(hidden), beta: beta(hidden))
    pass.record("gamma", style.gamma)
    pass.record("beta", style.beta)
    return style
  }
}

/// `x + norm2(conv2(relu(norm1(conv1(x)))))` with adaptive norms; nothing after the sum.
struct AdaptiveResidualBlock {
  private let conv1: Conv2d, norm1: InstanceLayerNorm
  private let conv2: Conv2d, norm2: InstanceLayerNorm

  init(_ scope: Scope, _ channels: Int, _ share: InstanceShare) {
    func conv(_ key: String) -> Conv2d {
      Conv2d(scope[key], channels, channels, kernel: 3, padding: 1, mode: .reflect, bias: false)
    }
    conv1 = conv("conv1")
    norm1 = InstanceLayerNorm(scope["norm1"], channels, share, isAdaptive: true)
    conv2 = conv("conv2")
    norm2 = InstanceLayerNorm(scope["norm2"], channels, share, isAdaptive: true)
  }

  func callAsFunction(_ x: Tensor, _ style: (gamma: Tensor, beta: Tensor)) -> Tensor {
    let y = norm1(conv1(x), gamma: style.gamma, beta: style.beta, slope: 0)
    return norm2(conv2(y), gamma: style.gamma, beta: style.beta, residual: x)
  }

  func clipShares() {
    norm1.clipShare()
    norm2.clipShare()
  }
}

extension Conv2d {
  /// This 1x1 convolution of `x * average` and `x * maximum` side by side (class activation maps, Zhou et al. 2016; the
  /// vectors have as many elements as `x` has channels). Both halves of the weight meet the same `x`, so that they
  /// are added first and neither product is formed.
  func attending(_ x: Tensor, average: Tensor, maximum: Tensor) -> Tensor {
    let channels = x.shape[3]
    let column: Shape = [1, 1, channels, 1]
    let merged =
      weight.sliced(0..<channels, axis: 2) * average.reshaped(to: column)
      + weight.sliced(channels..<2 * channels, axis: 2) * maximum.reshaped(to: column)
    return x.convolved(merged, bias: bias)
  }
}
