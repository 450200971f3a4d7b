/// The statistics that a normalisation uses.
package struct Moments {
  /// Mean and biased variance, `[groups,C]`.
  package let mean: Tensor, variance: Tensor
  /// The number of elements per mean.
  package let count: Int
  /// What they are of.
  fileprivate let source: Tensor

  /// The unbiased variance for a biased one of the pixels of as many channels together.
  package func unbiased(_ variance: Tensor, channels: Int = 1) -> Tensor {
    GraphTrace.whole(.unbiased(channels: channels), from: [variance, source.detached()]) {
      let count = Double(self.count * channels)
      return variance * (count / max(count - 1, 1))
    }
  }
}

extension Tensor {
  /// Any normalisation that is linear in the pixel: `act((x - mean) * scale + shift) [+ residual]` with
  /// `scale` and `shift` (`[groups,C]` or `[C]`) computed from the moments and the layer's parameters. Batch, instance,
  /// layer norm, AdaIN and ILN differ only in `coefficients`, which is written with ordinary operations.
  ///
  /// One saved tensor (the input) serves norm, activation and residual; the backward function is two passes over it.
  /// - Parameters:
  ///   - slope: of the leaky ReLU that follows; 1 for none, 0 for ReLU.
  ///   - observe: is given the moments, for running statistics.
  package func normalized(
    _ kind: MomentGroups, slope: Double = 1, residual: Tensor? = nil, parameters: [Tensor] = [],
    observe: ((Moments) -> Void)? = nil,
    coefficients: @escaping (Moments, [Tensor]) -> (scale: Tensor, shift: Tensor)
  ) -> Tensor {
    let mark = OpClock.begin(.normalization)
    defer { OpClock.end(mark) }
    let layout = NormalizeLayout(shape, kind), count = layout.rows
    let (mean, variance) = momentsKernel(kind)
    _ = mean.traced(.channelMean(kind), from: [self])
    _ = variance.traced(.channelVariance(kind), from: [self, mean])
    observe?(Moments(mean: mean, variance: variance, count: count, source: self))
    // The vectors have a separate small graph, which turns their gradients into those of the moments and parameters.
    let leaves = [mean.variable(), variance.variable()] + parameters.map { $0.detached().variable() }
    let made = coefficients(
      Moments(mean: leaves[0], variance: leaves[1], count: count, source: self), Array(leaves[2...]))
    let vectors = [made.scale.broadcast(to: layout.vectors), made.shift.broadcast(to: layout.vectors)]
    let scale = vectors[0].detached(), shift = vectors[1].detached()
    let result = normalizeKernel(kind, center: mean, scale: scale, shift: shift, slope: slope, residual: residual)
    _ = result.traced(
      .normalize(slope: slope), from: [self, mean, made.scale, made.shift] + (residual.map { [$0] } ?? []))
    let inputs = [self] + parameters + (residual.map { [$0] } ?? [])
    return result.recorded("normalization", from: inputs, saving: [self] + parameters) { backward in
      let mark = OpClock.begin(.normalization)
      defer { OpClock.end(mark) }
      let x = backward.saved[0], dy = backward.gradient
      let residualGradient = residual == nil ? [] : [dy]
      if backward.isRecorded {
        return try x.normalizedGradients(
          kind, dy, slope: slope, parameters: Array(backward.saved[1...]), coefficients) + residualGradient
      }
      let sums = dy.normalizeVectorGradients(kind, x: x, center: mean, scale: scale, shift: shift, slope: slope)
      let small = try gradients(
        of: vectors, seeds: [sums.scale, sums.shift], withRespectTo: leaves, keepGraph: true)
      guard backward.needs[0] else { return [nil] + small[2...] + residualGradient }
      let zero = Tensor.zeros(mean.shape, type: x.type)
      let dMean = (small[0] ?? zero) - scale * sums.shift, dVariance = small[1] ?? zero
      let dx = dy.normalizeInputGradient(
        kind, x: x, center: mean, scale: scale, shift: shift, slope: slope,
        slopeTerm: dVariance * (2 / Double(count)), constantTerm: dMean / Double(count))
      return [dx] + small[2...] + residualGradient
    }
  }

  /// The same gradients from operations that can be differentiated again.
  private func normalizedGradients(
    _ kind: MomentGroups, _ dy: Tensor, slope: Double, parameters: [Tensor],
    _ coefficients: (Moments, [Tensor]) -> (scale: Tensor, shift: Tensor)
  ) throws -> [Tensor?] {
    let layout = NormalizeLayout(shape, kind)
    // Aliases, so that the traversal ends here and not at the inputs of `self`.
    let inputs = ([self] + parameters).map { $0.alias() }
    let rows = inputs[0].reshaped(to: [layout.groups, layout.rows, layout.channels])
    let mean = rows.mean(over: [1]), centered = rows - mean
    let variance = centered.squared().mean(over: [1])
    let moments = Moments(
      mean: mean.reshaped(to: layout.vectors), variance: variance.reshaped(to: layout.vectors), count: layout.rows,
      source: self)
    let (scale, shift) = coefficients(moments, Array(inputs[1...]))
    let flat: Shape = [layout.groups, 1, layout.channels]
    let z =
      centered * scale.broadcast(to: layout.vectors).reshaped(to: flat)
      + shift.broadcast(to: layout.vectors).reshaped(to: flat)
    let y = (slope == 1 ? z : z.leakyReLU(slope: slope)).reshaped(to: shape)
    return try gradients(of: [y], seeds: [dy], withRespectTo: inputs, createGraph: true)
  }

  /// The same tensor as the result of an operation.
  private func alias() -> Tensor {
    Tensor(shape: shape, type: type, storage: storage, node: nil).recorded("alias", from: [self]) { [$0.gradient] }
  }

  /// `act((x - center) * scale + shift)` with given vectors `[C]`: normalisation by running statistics.
  package func normalized(center: Tensor, scale: Tensor, shift: Tensor, slope: Double = 1) -> Tensor {
    let mark = OpClock.begin(.normalization)
    defer { OpClock.end(mark) }
    if isTracked && Tape.isRecording {
      let z = (self - center) * scale + shift
      return slope == 1 ? z : z.leakyReLU(slope: slope)
    }
    return normalizeKernel(.batch, center: center, scale: scale, shift: shift, slope: slope, residual: nil)
      .traced(.normalize(slope: slope), from: [self, center, scale, shift])
  }
}
