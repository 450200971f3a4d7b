import GanTensor

/// A network that judges pictures, possibly at several scales.
package protocol Discriminator: Network {
  /// What it says of pictures at each scale, at least one.
  func judge(_ x: Tensor, _ pass: Pass) -> [ScoreMap]
}

/// What a discriminator says of pictures at one scale.
package struct ScoreMap {
  /// `[N,h,w,1]`.
  package let scores: Tensor
  /// What each layer before makes of the pictures, after its activation, first layer first.
  package let features: [Tensor]

  package init(scores: Tensor, features: [Tensor]) { (self.scores, self.features) = (scores, features) }
}

extension Discriminator {
  /// The scores of each scale.
  package func scores(_ x: Tensor, _ pass: Pass) -> [Tensor] { judge(x, pass).map(\.scores) }

  /// The scores at full size.
  package func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor { judge(x, pass)[0].scores }
}
