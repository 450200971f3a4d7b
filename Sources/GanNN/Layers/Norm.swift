import GanTensor

package enum NormKind: String, CaseIterable, Sendable {
  case batch, instance
  /// Over all channels together (Ba et al. 2016), as PyTorch's group norm of one group.
  case layer
  case none

  /// Whether convolutions before the norm have a bias in the official networks: with instance norm only.
  package var wantsConvBias: Bool { self == .instance }
}

/// The norm of a network's options, with the activation that follows it.
package enum Norm {
  case batch(BatchNorm)
  case instance
  case layer(LayerNorm)
  case none

  package init(_ kind: NormKind, _ scope: Scope, _ channels: Int) {
    switch kind {
    case .batch: self = .batch(BatchNorm(scope, channels))
    case .instance: self = .instance
    case .layer: self = .layer(LayerNorm(scope, channels, shape: [channels]))
    case .none: self = .none
    }
  }

  /// - Parameters:
  ///   - slope: of the leaky ReLU that follows; 1 for none.
  ///   - residual: added at the end.
  package func callAsFunction(_ x: Tensor, _ pass: Pass, slope: Double = 1, residual: Tensor? = nil) -> Tensor {
    switch self {
    case .batch(let norm): return norm(x, pass, slope: slope, residual: residual)
    case .instance: return x.instanceNormalized(slope: slope, residual: residual)
    case .layer(let norm): return norm(x, slope: slope, residual: residual)
    case .none:
      let y = slope == 1 ? x : x.leakyReLU(slope: slope)
      return residual.map { y + $0 } ?? y
    }
  }
}

private let epsilon = 1e-5

extension Tensor {
  /// Instance norm without parameters (Ulyanov et al. 2016): biased variance over H and W, eps 1e-5.
  package func instanceNormalized(slope: Double = 1, residual: Tensor? = nil) -> Tensor {
    let operation = GraphOperation.instanceNormalize(epsilon: epsilon, slope: slope)
    return GraphTrace.whole(operation, from: [self] + (residual.map { [$0] } ?? [])) {
      normalized(.sample, slope: slope, residual: residual) { moments, _ in
        (
          (moments.variance + epsilon).squareRoot().reciprocal(),
          Tensor.zeros([moments.mean.shape[1]], type: moments.mean.type)
        )
      }
    }
  }
}

/// Batch norm (Ioffe and Szegedy 2015), affine, eps 1e-5, momentum 0.1. Normalises with the biased variance of
/// the batch; the running variance takes the unbiased one, as in PyTorch. With `groups: .sample` it is instance norm
/// that keeps running statistics, the means over the batch, and never counts batches.
package final class BatchNorm {
  let scale: Tensor, shift: Tensor
  let runningMean: Tensor, runningVariance: Tensor
  /// How many it has seen in training, a scalar.
  package let batches: Tensor
  private let momentum = 0.1
  private let groups: MomentGroups

  package init(_ scope: Scope, _ channels: Int, groups: MomentGroups = .batch) {
    self.groups = groups
    scale = scope.parameter("weight", [channels], .normScale)
    shift = scope.parameter("bias", [channels], .normShift)
    runningMean = scope.buffer("running_mean", [channels], value: 0)
    runningVariance = scope.buffer("running_var", [channels], value: 1)
    batches = scope.buffer("num_batches_tracked", [], value: 0)
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass, slope: Double, residual: Tensor?) -> Tensor {
    if pass.statistics == .running {
      let factor = (runningVariance + epsilon).squareRoot().reciprocal() * scale
      let y = x.normalized(center: runningMean, scale: factor, shift: shift, slope: slope)
      return residual.map { y + $0 } ?? y
    }
    return x.normalized(
      groups, slope: slope, residual: residual, parameters: [scale, shift],
      observe: pass.statistics == .batch ? update : nil
    ) { moments, parameters in
      ((moments.variance + epsilon).squareRoot().reciprocal() * parameters[0], parameters[1])
    }
  }

  private func update(_ moments: Moments) {
    Tape.paused {
      let unbias = Double(moments.count) / Double(max(moments.count - 1, 1))
      let mean = moments.mean.mean(over: [0]).reshaped(to: runningMean.shape)
      let variance = moments.variance.mean(over: [0]).reshaped(to: runningVariance.shape) * unbias
      runningMean.assign(runningMean * (1 - momentum) + mean * momentum)
      runningVariance.assign(runningVariance * (1 - momentum) + variance * momentum)
      if groups == .batch { batches.assign(batches + 1) }
    }
  }
}
