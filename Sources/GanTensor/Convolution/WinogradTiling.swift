import CKernels
import GanBase

/// Outputs of a tile for 3x3 taps: more outputs mean fewer products and less accuracy.
package enum WinogradTileSize: Int, CaseIterable, Sendable {
  case outputs2x2, outputs2x4, outputs4x4

  /// Of `GK_WINOGRAD_*`.
  fileprivate var kind: Int32 {
    switch self {
    case .outputs2x2: Int32(GK_WINOGRAD_2_3)
    case .outputs2x4: Int32(GK_WINOGRAD_2X4_3)
    case .outputs4x4: Int32(GK_WINOGRAD_4_3)
    }
  }

  /// `2x4`.
  var description: String {
    switch self {
    case .outputs2x2: "2x2"
    case .outputs2x4: "2x4"
    case .outputs4x4: "4x4"
    }
  }
}

/// How many tiles a convolution or its data gradient is divided into, and how its kernel is divided into small ones:
/// everything that determines whether filtering pays off.
struct WinogradTiling {
  /// Of `GK_WINOGRAD_*`: 2x2 taps have tiles of 3x3 outputs whatever size is requested.
  let kind: Int32
  /// Small kernels in each direction, and the shift from one to the next.
  let phases: Int, phaseStep: Int
  /// Tiles of one picture.
  let rows: Int, columns: Int
  /// Of the places in the small kernels; the others are zero.
  let shareOfTaps: Double

  /// - Parameter pass: the weight gradient has the tiles of the convolution itself.
  /// - Returns: nil if the kernel is not supported.
  init?(_ pass: ConvPass, _ g: ConvGeometry, _ size: WinogradTileSize) {
    switch (g.kernelHeight, g.kernelWidth, g.stride) {
    case (3, 3, 1): (kind, phases, phaseStep) = (size.kind, 1, 0)
    case (4, 4, 1): (kind, phases, phaseStep) = (Int32(GK_WINOGRAD_3_2), 2, 2)
    case (5, 5, 1): (kind, phases, phaseStep) = (size.kind, 2, 3)
    case (3, 3, 2), (4, 4, 2): (kind, phases, phaseStep) = (Int32(GK_WINOGRAD_3_2), 2, 1)
    case (6, 6, 2): (kind, phases, phaseStep) = (size.kind, 2, 1)
    default: return nil
    }
    let (m, n, r) = Self.sizes(kind)
    shareOfTaps = Double(g.taps) / Double(phases * phases * r * r)
    guard pass == .dataGradient else {
      (rows, columns) = (ceilDiv(g.outputHeight, m), ceilDiv(g.outputWidth, n))
      return
    }
    guard g.mode == .zero, g.padding < g.kernelHeight else { return nil }
    if g.stride == 1 {
      (rows, columns) = (ceilDiv(g.height, m), ceilDiv(g.width, n))
    } else {
      // Tiles of the pixels of one phase, counted from an even position in the border.
      func tiles(_ size: Int, of outputs: Int) -> Int { ((size - 1 + g.padding % 2) / 2 + outputs) / outputs }
      (rows, columns) = (tiles(g.height, of: m), tiles(g.width, of: n))
    }
  }

  /// Outputs of a tile, and the side of a small kernel.
  var sizes: (rows: Int, columns: Int, taps: Int) { Self.sizes(kind) }

  private static func sizes(_ kind: Int32) -> (rows: Int, columns: Int, taps: Int) {
    switch Int(kind) {
    case GK_WINOGRAD_4_3: (4, 4, 3)
    case GK_WINOGRAD_2X4_3: (2, 4, 3)
    case GK_WINOGRAD_3_2: (3, 3, 2)
    default: (2, 2, 3)
    }
  }
}
