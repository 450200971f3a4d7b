import GanTensor

/// A leaky ReLU whose slope is trained (He et al. 2015), the same for all channels as PyTorch's default; key `weight`.
package struct PReLU {
  private let slope: Tensor

  package init(_ scope: Scope) { slope = scope.parameter("weight", [1], .constant(0.25)) }

  package func callAsFunction(_ x: Tensor) -> Tensor {
    let positive = x.relu()
    return positive + (x - positive) * slope
  }
}
