import GanNN
import GanTensor

/// How much of instance norm, and how much of layer norm, a channel takes.
package enum InstanceShare: Sendable {
  /// The softmax of two numbers, `rho [1,C,2]` (NICE-GAN), and what they start as.
  case softmax(instance: Double, layer: Double)
  /// `rho [1,C,1,1]` as it is, which the model keeps in [0,1] (U-GAT-IT), and what it starts as.
  case clipped(Double)

  func makeRho(_ scope: Scope, _ channels: Int) -> Tensor {
    switch self {
    case .softmax(let instance, let layer):
      return scope.parameter("rho", [1, channels, 2], .values([instance, layer]))
    case .clipped(let start): return scope.parameter("rho", [1, channels, 1, 1], .constant(start))
    }
  }

  /// The shares of instance norm and of layer norm, `[1,C]` each.
  func shares(_ rho: Tensor) -> (instance: Tensor, layer: Tensor) {
    let channels = rho.shape[1]
    switch self {
    case .softmax:
      let halves = (0..<2).map { rho.sliced($0..<$0 + 1, axis: 2).reshaped(to: [1, channels]) }
      let lead = halves[0] - halves[1]
      return (lead.sigmoid(), (-lead).sigmoid())
    case .clipped:
      let share = rho.reshaped(to: [1, channels])
      return (share, 1 - share)
    }
  }
}

/// Instance layer norm (Kim et al. 2020, equation 1, where it is called AdaLIN): a mixture of both norms, then a scale
/// and a shift. Variances are the unbiased ones, eps 1e-5. Keys `rho`; `gamma` and `beta` (`[1,C,1,1]`) unless adaptive.
package struct InstanceLayerNorm {
  private let rho: Tensor
  private let own: (gamma: Tensor, beta: Tensor)?
  private let share: InstanceShare

  /// - Parameter isAdaptive: scale and shift come with each call.
  package init(_ scope: Scope, _ channels: Int, _ share: InstanceShare, isAdaptive: Bool = false) {
    rho = share.makeRho(scope, channels)
    let shape: Shape = [1, channels, 1, 1]
    own =
      isAdaptive
      ? nil : (scope.parameter("gamma", shape, .constant(1)), scope.parameter("beta", shape, .constant(0)))
    self.share = share
  }

  /// - Parameters:
  ///   - gamma: scale of each sample, `[N,C]`; nil for the layer's own. `beta` likewise.
  ///   - slope: of the leaky ReLU that follows; 1 for none.
  ///   - residual: added at the end.
  package func callAsFunction(
    _ x: Tensor, gamma: Tensor? = nil, beta: Tensor? = nil, slope: Double = 1, residual: Tensor? = nil
  ) -> Tensor {
    guard let gamma = gamma ?? own?.gamma, let beta = beta ?? own?.beta else {
      preconditionFailure("an adaptive norm without scale and shift")
    }
    let rows: (Tensor) -> Tensor = { $0.reshaped(to: [$0.shape[0], $0.shape[1]]) }
    return x.normalized(.sample, slope: slope, residual: residual, parameters: [rho, gamma, beta]) {
      [share] moments, parameters in
      let (instance, layer) = share.shares(parameters[0])
      let (gamma, beta) = (rows(parameters[1]), rows(parameters[2]))
      let mean = moments.mean.mean(over: [1])
      let offset = moments.mean - mean
      let spread = (moments.variance + offset.squared()).mean(over: [1])
      let instanceScale = moments.unbiased(moments.variance).inverseDeviation
      let layerScale = moments.unbiased(spread, channels: moments.mean.shape[1]).inverseDeviation
      return (gamma * (instance * instanceScale + layer * layerScale), gamma * (layer * offset * layerScale) + beta)
    }
  }
}

extension InstanceLayerNorm {
  /// Brings the share into [0,1], as U-GAT-IT does after each step of the generators.
  package func clipShare() { rho.clamp(to: 0...1) }
}

extension Tensor {
  /// `1 / sqrt(variance + eps)`.
  fileprivate var inverseDeviation: Tensor { (self + 1e-5).squareRoot().reciprocal() }
}
