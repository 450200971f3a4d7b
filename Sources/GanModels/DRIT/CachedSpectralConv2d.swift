import GanNN
import GanTensor

/// Convolution of `[N,H,W,I]`, whose weight a power iteration in each training pass brings to the largest singular
/// value 1 (Miyato et al. 2018), as DRIT's discriminators have it. Unlike `SpectralConv2d` it keeps one singular vector,
/// and the last normalised weight for use outside of training. Keys `weight_orig`, `bias`; buffers `weight_u`, `weight`.
package struct CachedSpectralConv2d {
  private let original: Tensor
  private let bias: Tensor?
  private let u: Tensor, cache: Tensor
  private let stride: Int, padding: Int, mode: PaddingMode

  /// - Parameter role: what the weight starts as.
  package init(
    _ scope: Scope, _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    mode: PaddingMode = .zero, bias: Bool = true, role: ParameterRole = .weight
  ) {
    let shape: Shape = [kernel, kernel, inputs, outputs]
    self.bias = bias ? scope.parameter("bias", [outputs], .bias(fanIn: inputs * kernel * kernel)) : nil
    original = scope.parameter("weight_orig", shape, role, layout: .convolution)
    u = scope.direction("weight_u", [outputs])
    cache = scope.buffer("weight", copyOf: original, layout: .convolution)
    (self.stride, self.padding, self.mode) = (stride, padding, mode)
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor {
    x.convolved(weight(pass), bias: bias, stride: stride, padding: padding, mode: mode)
  }

  private func weight(_ pass: Pass) -> Tensor {
    guard pass.statistics != .running else { return cache }
    let triple = original.powerIteration(from: u)
    let normalized = original.divided(by: triple)
    if pass.statistics == .batch {
      u.assign(triple.u)
      cache.assign(normalized.detached())
    }
    return normalized
  }
}
