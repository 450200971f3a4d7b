/// How a convolution or one of its gradients is computed. `ConvChoice` chooses.
package indirect enum ConvAlgorithm: Equatable, Sendable {
  /// bf16 products on AMX tiles; each factor has this many parts.
  case tiles(parts: Int, isEmulated: Bool)
  /// Factors rounded to bf16 as for tiles, and their products computed in fp32.
  case rounded(parts: Int, by: ConvAlgorithm)
  /// A data gradient: first that of the padded picture, whose border is then added to the pixels it repeats.
  case foldedBorder(of: ConvAlgorithm)
  /// Winograd's minimal filtering (Lavin and Gray 2016).
  case winograd(WinogradTileSize)
  /// Few input channels: directly from rows that are copied together with their padding.
  case direct
  /// Few output channels: one product with the kernel's columns side by side, then shifted sums.
  case narrow
  /// The same for a data gradient with stride 2, with the four phases of its pixels as further channels.
  case narrowByPhases
  /// Few pixels: all patches at once, the work divided along channels.
  case fewPixels
  /// Patches in blocks, and a matrix product for each (Chellapilla et al. 2006).
  case patches
}

extension ConvAlgorithm: CustomStringConvertible {
  /// A short name, for tables.
  package var description: String {
    switch self {
    case .tiles(let parts, let isEmulated):
      "\(isEmulated ? "emulated AMX tiles" : "AMX tiles"), \(Precision.products(parts))"
    case .rounded(let parts, let algorithm): "\(algorithm), factors rounded to \(Precision.products(parts))"
    case .foldedBorder(let algorithm): "\(algorithm), border folded"
    case .winograd(let size): "Winograd \(size.description)"
    case .direct: "direct"
    case .narrow: "columns side by side"
    case .narrowByPhases: "columns side by side, by phases"
    case .fewPixels: "few pixels"
    case .patches: "patches"
    }
  }
}
