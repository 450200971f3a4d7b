import GanBase
import GanModels
import GanNN
import GanTensor

// What NICE-GAN and U-GAT-IT share.

extension ImageTranslator {
  /// The pictures of a step, for networks with a `head`.
  func headBatch(
    _ fixture: ParityFixture, step: Int, _ head: HeadOptions, type: ElementType
  ) throws -> TrainingBatch {
    let sizes = SizeRule(multiple: 4, least: inputs.leastTrainingSize)
    let batch = try pairedBatch(fixture, step: step, "real_A", "real_B", sizes: sizes, type: type)
    let (a, b) = try batch.sides()
    try head.check(a)
    try head.check(b)
    return batch
  }
}

/// The head of the generators by the official flags.
func headOptions(from spec: Spec) throws -> HeadOptions {
  let height = try spec.integer("image_height", in: 8...4096)
  let width = try spec.integer("image_width", in: 8...4096)
  var head = HeadOptions(light: try spec.flag("light", default: false))
  // The full head counts pixels and does not care how they are arranged.
  head.imageSize = height == width ? height : Int(Double(height * width).squareRoot())
  if !head.light, head.imageSize * head.imageSize != height * width {
    throw GanError.checkpoint(
      "pictures of \(width)x\(height): with light: false there must be as many pixels as in a square", at: spec.path)
  }
  return head
}

extension ParityLimits {
  /// Of NICE-GAN and U-GAT-IT. Single weights may step the other way where a gradient and its weight decay nearly
  /// cancel, so shares and means are limited.
  static func unpairedAttention(forward: Double) -> ParityLimits {
    var limits = ParityLimits()
    limits.forward = forward
    limits.laterLoss = 1e-3
    limits.gradient = 1e-3
    limits.buffer = 1e-5
    limits.weightStep = 0.05
    limits.tensorMean = 0.02
    limits.update = nil
    return limits
  }
}
