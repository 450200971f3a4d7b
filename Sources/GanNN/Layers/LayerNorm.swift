import GanTensor

/// Layer norm over all of H, W and C of a sample, as PyTorch computes it (biased variance, eps 1e-5), then a gain and a
/// bias per channel; keys `weight`, `bias`.
package struct LayerNorm {
  private let gain: Tensor, bias: Tensor

  /// - Parameter shape: of gain and bias; nil for `[C,1,1]`.
  package init(_ scope: Scope, _ channels: Int, shape: Shape? = nil) {
    let shape = shape ?? [channels, 1, 1]
    gain = scope.parameter("weight", shape, .constant(1))
    bias = scope.parameter("bias", shape, .constant(0))
  }

  package func callAsFunction(_ x: Tensor, slope: Double = 1, residual: Tensor? = nil) -> Tensor {
    x.normalized(.sample, slope: slope, residual: residual, parameters: [gain, bias]) { moments, parameters in
      let rows = parameters.map { $0.reshaped(to: [$0.count]) }
      let mean = moments.mean.mean(over: [1])
      let variance = (moments.variance + (moments.mean - mean).squared()).mean(over: [1])
      let scale = (variance + 1e-5).squareRoot().reciprocal() * rows[0]
      return (scale, (moments.mean - mean) * scale + rows[1])
    }
  }
}
