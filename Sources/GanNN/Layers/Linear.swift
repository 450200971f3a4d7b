import GanTensor

/// A fully connected layer from `[N,inputs]` to `[N,outputs]`; keys `weight` (`[outputs,inputs]`), `bias`.
package struct Linear {
  package let weight: Tensor
  package let bias: Tensor?

  package init(_ scope: Scope, _ inputs: Int, _ outputs: Int, bias: Bool = true) {
    weight = scope.parameter("weight", [outputs, inputs], .weight)
    self.bias = bias ? scope.parameter("bias", [outputs], .bias(fanIn: inputs)) : nil
  }

  package func callAsFunction(_ x: Tensor) -> Tensor {
    let y = x.matmul(weight, transposeOther: true)
    return bias.map { y + $0 } ?? y
  }
}
