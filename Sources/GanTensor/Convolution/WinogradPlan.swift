import CKernels
import GanBase

/// How a convolution of one geometry is cut into the tiles of Winograd's minimal filtering (Lavin and Gray 2016).
///
/// A kernel of 3x3 taps with stride 1 is filtered as it is. A larger one is four small ones, whose products are summed
/// like those of further channels: 4x4 taps are 2x2 taps shifted by 0 or 2, 5x5 taps are 3x3 shifted by 0 or 3 (with
/// zeros at the end). With stride 2, 3x3 and 4x4 taps are 2x2 taps for each of the picture's four phases, 6x6 taps are
/// 3x3.
final class WinogradPlan {
  let kind: Int32
  let input: Side, output: Side
  /// Place of each tap of a small kernel in the large one, for each pair of phases.
  let taps: [Int32]

  /// One of the two pictures, cut into tiles.
  struct Side {
    let rows: [Int32], columns: [Int32]
    let width: Int, height: Int
    let phases: Int, spacing: Int, phaseStep: Int
  }

  let tileRows: Int, tileColumns: Int

  /// Products of one tile and channel.
  var positions: Int {
    let (rows, columns, taps) = WinogradPlan.sizes(kind)
    return (rows + taps - 1) * (columns + taps - 1)
  }

  /// Outputs of a tile, and the side of a small kernel.
  private static func sizes(_ kind: Int32) -> (rows: Int, columns: Int, taps: Int) {
    switch Int(kind) {
    case GK_WINOGRAD_4_3: return (4, 4, 3)
    case GK_WINOGRAD_2X4_3: return (2, 4, 3)
    case GK_WINOGRAD_3_2: return (3, 3, 2)
    default: return (2, 2, 3)
    }
  }

  /// Outputs of a tile for 3x3 taps: the more, the fewer products, and the less exact.
  enum TileSize: Int, CaseIterable {
    case outputs2x2, outputs2x4, outputs4x4

    fileprivate var kind: Int32 {
      switch self {
      case .outputs2x2: Int32(GK_WINOGRAD_2_3)
      case .outputs2x4: Int32(GK_WINOGRAD_2X4_3)
      case .outputs4x4: Int32(GK_WINOGRAD_4_3)
      }
    }
  }

  private init(
    kind: Int32, tileRows: Int, tileColumns: Int, input: Side, output: Side, taps: [Int32]
  ) {
    (self.kind, self.tileRows, self.tileColumns) = (kind, tileRows, tileColumns)
    (self.input, self.output, self.taps) = (input, output, taps)
  }
}

extension WinogradPlan {
  /// The convolution of `g` itself; nil where its kernel does not suit.
  /// - Parameters:
  ///   - reversed: the weights' taps are taken in reverse order, as a data gradient does.
  static func forward(_ g: ConvGeometry, _ size: TileSize, reversed: Bool = false) -> WinogradPlan? {
    guard let split = Split(g, size) else { return nil }
    let (m, n, r) = sizes(split.kind), phases = split.phases
    let tileRows = ceilDiv(g.outputHeight, m), tileColumns = ceilDiv(g.outputWidth, n)
    func inputs(_ outputs: Int, _ size: Int) -> [Int32] {
      let count = g.stride * (outputs + r - 2) + split.phaseStep * (phases - 1) + 1
      return (0..<count).map { index in
        index < size + 2 * g.padding ? Int32(g.mode.source(index - g.padding, size) ?? -1) : -1
      }
    }
    func outputs(_ count: Int, _ size: Int) -> [Int32] { (0..<count).map { Int32($0 < size ? $0 : -1) } }
    let taps = (0..<phases * phases).flatMap { phase in
      (0..<r * r).map { place -> Int32 in
        let row = place / r * g.stride + phase / phases * split.phaseStep
        let column = place % r * g.stride + phase % phases * split.phaseStep
        guard row < g.kernelHeight, column < g.kernelWidth else { return -1 }
        let tap = row * g.kernelWidth + column
        return Int32(reversed ? g.taps - 1 - tap : tap)
      }
    }
    return WinogradPlan(
      kind: split.kind, tileRows: tileRows, tileColumns: tileColumns,
      input: Side(
        rows: inputs(tileRows * m, g.height), columns: inputs(tileColumns * n, g.width), width: g.width,
        height: g.height,
        phases: phases, spacing: g.stride, phaseStep: split.phaseStep),
      output: Side(
        rows: outputs(tileRows * m, g.outputHeight), columns: outputs(tileColumns * n, g.outputWidth),
        width: g.outputWidth, height: g.outputHeight, phases: 1, spacing: 1, phaseStep: 0),
      taps: taps)
  }

  /// From the output's gradient of `g` to its input's (zero padding): where the stride is 1 a convolution with
  /// reversed taps; where it is 2 one of small kernels for each phase of the input.
  static func dataGradient(_ g: ConvGeometry, _ size: TileSize) -> WinogradPlan? {
    guard g.mode == .zero, g.kernelHeight == g.kernelWidth, g.padding < g.kernelHeight else { return nil }
    if g.stride == 1 {
      return forward(
        ConvGeometry(
          height: g.outputHeight, width: g.outputWidth, kernelHeight: g.kernelHeight, kernelWidth: g.kernelWidth,
          stride: 1, padding: g.kernelHeight - 1 - g.padding, mode: .zero), size, reversed: true)
    }
    guard let kind = Split(g, size)?.kind else { return nil }
    let (m, n, r) = sizes(kind)
    // The input's pixels are counted from an even place in the border, so that few tiles lie beyond it.
    let border = g.padding % 2, first = g.padding / 2 - (r - 1)
    func tiles(_ size: Int, of outputs: Int) -> Int { ((size - 1 + border) / 2 + outputs) / outputs }
    let tileRows = tiles(g.height, of: m), tileColumns = tiles(g.width, of: n)
    func gradients(_ outputs: Int, _ size: Int) -> [Int32] {
      (0..<outputs + r - 1).map { (0..<size).contains($0 + first) ? Int32($0 + first) : -1 }
    }
    func pictures(_ outputs: Int, _ size: Int) -> [Int32] {
      (0..<2 * outputs).map { (0..<size).contains($0 - border) ? Int32($0 - border) : -1 }
    }
    let taps = (0..<4).flatMap { phase in
      (0..<r * r).map { place -> Int32 in
        let row = 2 * (r - 1 - place / r) + phase / 2, column = 2 * (r - 1 - place % r) + phase % 2
        return row < g.kernelHeight && column < g.kernelWidth ? Int32(row * g.kernelWidth + column) : -1
      }
    }
    return WinogradPlan(
      kind: kind, tileRows: tileRows, tileColumns: tileColumns,
      input: Side(
        rows: gradients(tileRows * m, g.outputHeight), columns: gradients(tileColumns * n, g.outputWidth),
        width: g.outputWidth, height: g.outputHeight, phases: 1, spacing: 1, phaseStep: 0),
      output: Side(
        rows: pictures(tileRows * m, g.height), columns: pictures(tileColumns * n, g.width), width: g.width,
        height: g.height, phases: 2, spacing: 2, phaseStep: 1),
      taps: taps)
  }

  /// How a kernel is cut into small ones.
  private struct Split {
    let kind: Int32
    /// Small kernels in each direction, and how far each is shifted.
    let phases: Int, phaseStep: Int

    init?(_ g: ConvGeometry, _ size: TileSize) {
      let ofThree = size.kind
      switch (g.kernelHeight, g.kernelWidth, g.stride) {
      case (3, 3, 1): (kind, phases, phaseStep) = (ofThree, 1, 0)
      case (4, 4, 1): (kind, phases, phaseStep) = (Int32(GK_WINOGRAD_3_2), 2, 2)
      case (5, 5, 1): (kind, phases, phaseStep) = (ofThree, 2, 3)
      case (3, 3, 2), (4, 4, 2): (kind, phases, phaseStep) = (Int32(GK_WINOGRAD_3_2), 2, 1)
      case (6, 6, 2): (kind, phases, phaseStep) = (ofThree, 2, 1)
      default: return nil
      }
    }
  }
}

extension WinogradPlan.Side {
  /// Calls `body` with this side for pictures of `channels`.
  func with(_ plan: WinogradPlan, channels: Int, _ body: (inout gk_winograd_side) -> Void) {
    rows.withUnsafeBufferPointer { rows in
      columns.withUnsafeBufferPointer { columns in
        var side = gk_winograd_side(
          rows: rows.baseAddress, columns: columns.baseAddress, tile_rows: plan.tileRows,
          tile_columns: plan.tileColumns, image_step: width * height * channels, row_step: width * channels,
          channels: channels, phases: phases, spacing: spacing, phase_step: phaseStep)
        body(&side)
      }
    }
  }
}
