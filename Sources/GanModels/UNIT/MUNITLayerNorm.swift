import GanNN
import GanTensor

/// The layer norm of MUNIT's decoder: one mean and one standard deviation over all of H, W and C of a sample, then a
/// scale and a shift per channel; keys `gamma`, `beta`. The deviation is the unbiased one, and eps (1e-5) is added
/// to it, not to the variance.
package struct MUNITLayerNorm {
  private let gamma: Tensor, beta: Tensor

  package init(_ scope: Scope, _ channels: Int) {
    gamma = scope.parameter("gamma", [channels], .uniform(0, 1))
    beta = scope.parameter("beta", [channels], .normShift)
  }

  package func callAsFunction(_ x: Tensor, slope: Double = 1, residual: Tensor? = nil) -> Tensor {
    x.normalized(.sample, slope: slope, residual: residual, parameters: [gamma, beta]) { moments, parameters in
      let mean = moments.mean.mean(over: [1])
      let variance = (moments.variance + (moments.mean - mean).squared()).mean(over: [1])
      // The tiny term keeps the root's derivative finite where all elements are equal.
      let deviation = (moments.unbiased(variance, channels: moments.mean.shape[1]) + 1e-30).squareRoot()
      let scale = (deviation + 1e-5).reciprocal() * parameters[0]
      return (scale, (moments.mean - mean) * scale + parameters[1])
    }
  }
}
