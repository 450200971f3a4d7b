/// Where a network departs from its paper.
package struct NetworkSwitches: Equatable, Sendable {
  /// How maps are doubled.
  package var upsampling: UpsamplingKind
  /// Whether the weights of all convolutions are spectrally normalised.
  package var isSpectral: Bool
  /// The maps that self-attention is put on: pictures halved this often; nil for none.
  package var attentionLevel: Int?
  /// Whether maps are smoothed before they are halved, and bilinearly doubled before a convolution (Zhang 2019), as in
  /// CUT.
  package var smoothsHalving: Bool, smoothsDoubling: Bool

  package init(
    upsampling: UpsamplingKind = .transposed, isSpectral: Bool = false, attentionLevel: Int? = nil,
    smoothsHalving: Bool = false, smoothsDoubling: Bool = false
  ) {
    (self.upsampling, self.isSpectral, self.attentionLevel) = (upsampling, isSpectral, attentionLevel)
    (self.smoothsHalving, self.smoothsDoubling) = (smoothsHalving, smoothsDoubling)
  }
}
