import GanTensor

/// By how much limits of a comparison with official numbers, which are made for fp32, are widened.
package struct ParityWidening: Equatable, Sendable {
  /// Limits of forward values.
  package let forward: Double
  /// Limits of all that comes of training: losses, gradients, weights, buffers. Where a value near 0 changes its sign, a
  /// ReLU turns over, and a gradient jumps; the less exact the products, the more of them do.
  package let training: Double

  package static let none = ParityWidening(forward: 1, training: 1)
}

extension Precision {
  /// Taken from all fixtures with AMX emulated; docs/precision.md lists what was found.
  package var parityWidening: ParityWidening {
    switch self {
    case .highest: .none
    case .high: ParityWidening(forward: 10, training: 1000)
    case .medium: ParityWidening(forward: 3000, training: 10_000)
    }
  }
}

extension ParityLimits {
  /// The same limits times the factors; shares end at 1.
  func widened(_ by: ParityWidening) -> ParityLimits {
    guard by != .none else { return self }
    let factor = by.training
    var wide = self
    wide.forward *= by.forward
    wide.longForward.limit *= by.forward
    wide.loss *= factor
    wide.laterLoss = laterLoss.map { $0 * factor }
    wide.gradient *= factor
    wide.gradientOutliers = gradientOutliers.map { (min(1, $0.share * factor), $0.most * factor) }
    wide.buffer *= factor
    wide.bufferSize = bufferSize.map { ($0.limit * factor, $0.others.mapValues { $0 * factor }) }
    wide.weightShare = min(1, weightShare * factor)
    wide.weightMost = weightMost.map { $0 * factor }
    wide.update = update.map { $0 * factor }
    wide.weightMean = weightMean.map { $0 * factor }
    wide.tensorMean = tensorMean.map { $0 * factor }
    wide.zeroGradient = zeroGradient.map { $0 * factor }
    wide.zeroGradientSize = zeroGradientSize.map { $0 * factor }
    wide.zeroGradientStep = zeroGradientStep.map { $0 * factor }
    return wide
  }
}
