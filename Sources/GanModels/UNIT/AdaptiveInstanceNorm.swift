import GanNN
import GanTensor

/// Instance norm whose scale and shift come from elsewhere, per sample (Huang and Belongie 2017), eps 1e-5.
/// The official networks carry the running statistics of a batch norm along and never use them; so does this one.
package struct AdaptiveInstanceNorm {
  /// Scale and shift, `[N,C]` each.
  package struct Style {
    let scale: Tensor, shift: Tensor
  }

  package let channels: Int

  package init(_ scope: Scope, _ channels: Int) {
    self.channels = channels
    _ = scope.buffer("running_mean", [channels], value: 0)
    _ = scope.buffer("running_var", [channels], value: 1)
  }

  package func callAsFunction(_ x: Tensor, _ style: Style, slope: Double = 1, residual: Tensor? = nil) -> Tensor {
    x.normalized(.sample, slope: slope, residual: residual, parameters: [style.scale, style.shift]) {
      (($0.variance + 1e-5).squareRoot().reciprocal() * $1[0], $1[1])
    }
  }
}
