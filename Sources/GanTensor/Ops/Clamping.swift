import CKernels

extension Tensor {
  /// Clamps elements to `range`, in place: for parameters after a step. Nothing is recorded.
  package func clamp(to range: ClosedRange<Double>) {
    assign(unaryKernel(GK_CLAMP, range.lowerBound, range.upperBound))
  }
}
