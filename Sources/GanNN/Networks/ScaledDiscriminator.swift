import GanTensor

/// Discriminators of one shape at several scales (pix2pixHD, Wang et al. 2018, section 3.2), each with weights of its
/// own: each sees the pictures of the one before at half the size. Keys `scale0`, which sees the full size, `scale1` and
/// so on.
package final class ScaledDiscriminator: Discriminator {
  private let scales: [any Discriminator]
  package let sizeRule: SizeRule
  package let tensors: TensorStore

  /// - Parameter count: of scales, at least 1.
  package init(_ scope: Scope, count: Int, _ make: (Scope) -> any Discriminator) {
    tensors = scope.tensors
    scales = (0..<count).map { make(scope["scale\($0)"]) }
    // Halves are rounded up.
    let least = scales.dropFirst().reduce(scales[0].sizeRule.least) { least, _ in 2 * least - 1 }
    sizeRule = SizeRule(least: least)
  }

  package func judge(_ x: Tensor, _ pass: Pass) -> [ScoreMap] {
    var pictures = tensors.seen(x)
    return scales.enumerated().flatMap { number, scale in
      if number > 0 { pictures = pictures.averagePooled(kernel: 3, stride: 2, padding: 1) }
      return scale.judge(pictures, pass)
    }
  }
}
