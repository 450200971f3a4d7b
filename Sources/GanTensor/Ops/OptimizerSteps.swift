import CKernels

extension Tensor {
  /// Adam's update in place; see `Optimizer` in GanNN.
  package func adamStep(
    _ gradient: Tensor, m: Tensor, v: Tensor, stepSize: Double, rootCorrection: Double, beta1: Double, beta2: Double,
    epsilon: Double, weightDecay: Double
  ) {
    optimizerStep(gradient) { range in
      let first = range.lowerBound
      gk_adam(
        type.rawValue, pointer(at: first), gradient.pointer(at: first), m.pointer(at: first), v.pointer(at: first),
        range.count, stepSize, rootCorrection, beta1, beta2, epsilon, weightDecay)
    }
  }

  /// RMSprop's update in place; see `Optimizer` in GanNN.
  package func rmspropStep(
    _ gradient: Tensor, v: Tensor, stepSize: Double, alpha: Double, epsilon: Double, weightDecay: Double
  ) {
    optimizerStep(gradient) { range in
      let first = range.lowerBound
      gk_rmsprop(
        type.rawValue, pointer(at: first), gradient.pointer(at: first), v.pointer(at: first), range.count, stepSize,
        alpha, epsilon, weightDecay)
    }
  }

  private func optimizerStep(_ gradient: Tensor, _ body: (Range<Int>) -> Void) {
    let mark = OpClock.begin(.optimizer)
    defer { OpClock.end(mark) }
    precondition(gradient.shape == shape && gradient.type == type, "a gradient of shape \(gradient.shape) for \(shape)")
    parallelRows(count, body)
    storage.version += 1
  }
}
