import GanBase
import GanTensor

/// Dropout with p = 0.5: kept elements are doubled. Off in a pass without noise.
package struct Dropout {
  /// The module's place, which names its draws.
  let key: String
  let p: Double

  package init(_ scope: Scope, p: Double = 0.5) { (key, self.p) = (scope.path, p) }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    guard let noise = pass.noise else { return x }
    return x * noise.dropoutMask(key, x.shape, p: p, type: x.type)
  }
}
