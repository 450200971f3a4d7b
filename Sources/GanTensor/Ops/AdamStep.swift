import CKernels

extension Tensor {
  /// Adam's update in place; see `Adam` in GanNN.
  package func adamStep(
    _ gradient: Tensor, m: Tensor, v: Tensor, stepSize: Double, rootCorrection: Double, beta1: Double, beta2: Double,
    epsilon: Double, weightDecay: Double
  ) {
    let mark = OpClock.begin(.optimizer)
    defer { OpClock.end(mark) }
    precondition(gradient.shape == shape && gradient.type == type, "a gradient of shape \(gradient.shape) for \(shape)")
    parallel(count, grain: elementGrain) { range in
      let first = range.lowerBound
      gk_adam(
        type.rawValue, pointer(at: first), gradient.pointer(at: first), m.pointer(at: first), v.pointer(at: first),
        range.count, stepSize, rootCorrection, beta1, beta2, epsilon, weightDecay)
    }
    storage.version += 1
  }
}
