import CKernels

extension Tensor {
  /// Brings elements into `range`, in place: for parameters after a step. Nothing is recorded.
  package func clamp(to range: ClosedRange<Double>) {
    assign(unaryKernel(GK_CLAMP, range.lowerBound, range.upperBound))
  }
}
