import GanTensor

// Down- and upsampling with a blur (Zhang 2019, "Making Convolutional Networks Shift-Invariant Again"), as in the official
// networks of CUT. Nothing is trained: the key `filt` is a constant, one kernel for each channel.

/// Halves pictures `[N,H,W,C]` to `[N,(H+1)/2,(W+1)/2,C]`, smoothed by [1 2 1]/4; key `filt` (`[C,1,3,3]`).
package struct SmoothDownsampling {
  package init(_ scope: Scope, _ channels: Int) { scope.constantKernel("filt", channels, [0.25, 0.5, 0.25]) }

  package func callAsFunction(_ x: Tensor) -> Tensor { x.smoothlyHalved() }
}

/// Doubles pictures `[N,H,W,C]` to `[N,2H,2W,C]` bilinearly, which is what a transposed convolution with the kernel
/// [1 3 3 1]/4 comes to; key `filt` (`[C,1,4,4]`).
package struct SmoothUpsampling {
  package init(_ scope: Scope, _ channels: Int) { scope.constantKernel("filt", channels, [0.25, 0.75, 0.75, 0.25]) }

  package func callAsFunction(_ x: Tensor) -> Tensor { x.bilinearlyDoubled() }
}

extension Scope {
  /// The same kernel for each channel, the products of `line` with itself: `[channels,1,k,k]`.
  fileprivate func constantKernel(_ name: String, _ channels: Int, _ line: [Double]) {
    let kernel = line.flatMap { y in line.map { y * $0 } }
    let all = (0..<channels).flatMap { _ in kernel }
    constant(name, Tensor(all, [channels, 1, line.count, line.count]))
  }
}
