import GanBase
import GanTensor

/// The perceptual distance of translations to their sources, with its network; nothing where its weight is 0.
package struct PerceptualLoss {
  private let weight: Double
  private let network: VGGFeatures?

  /// - Throws: `GanError` (checkpoint) for a file that is not a VGG16.
  init(_ options: PerceptualOptions, _ make: ModelBuilder) throws {
    weight = options.weight
    network = try weight > 0 ? VGGFeatures(file: options.weightsFile, make) : nil
  }

  /// - Parameters:
  ///   - fake: pictures of A made from `real.b`, and of B made from `real.a`.
  func add(_ fake: (a: Tensor, b: Tensor), from real: (a: Tensor, b: Tensor), to sum: inout LossSum) throws {
    guard weight > 0 else { return }
    guard let network else { throw GanError(.bug, "training with vgg_w above 0, but without a reader of vgg_weights") }
    sum.add(
      ("gen_vgg_a", network.distance(fake.a, real.b)), ("gen_vgg_b", network.distance(fake.b, real.a)), weight: weight)
  }
}
