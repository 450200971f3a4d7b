import CKernels
import GanBase

/// How a convolution of one geometry is divided into the tiles of Winograd's minimal filtering (Lavin and Gray 2016).
///
/// A kernel of 3x3 taps with stride 1 is filtered as it is. A larger one is four small ones, whose products are summed
/// like those of further channels: 4x4 taps are 2x2 taps shifted by 0 or 2, 5x5 taps are 3x3 shifted by 0 or 3 (with
/// zeros at the end). With stride 2, 3x3 and 4x4 taps are 2x2 taps for each of the picture's four phases, 6x6 taps are
/// 3x3.
final class WinogradPlan {
  /// Of `GK_WINOGRAD_*`.
  let kind: Int32
  let input: Side, output: Side
  /// Position of each tap of a small kernel in the large one, for each pair of phases.
  let taps: [Int32]

  /// One of the two pictures, divided into tiles.
  struct Side {
    let rows: [Int32], columns: [Int32]
    let width: Int, height: Int
    let phases: Int, spacing: Int, phaseStep: Int
  }

  let tileRows: Int, tileColumns: Int

  /// Products of one tile and channel.
  let positions: Int

  private init(_ tiling: WinogradTiling, input: Side, output: Side, taps: [Int32]) {
    (kind, tileRows, tileColumns) = (tiling.kind, tiling.rows, tiling.columns)
    (self.input, self.output, self.taps) = (input, output, taps)
    let (rows, columns, side) = tiling.sizes
    positions = (rows + side - 1) * (columns + side - 1)
  }
}

extension WinogradPlan {
  /// The convolution of `g` itself; nil if its kernel is not supported.
  /// - Parameters:
  ///   - reversed: the weights' taps are taken in reverse order, as a data gradient does.
  static func forward(_ g: ConvGeometry, _ size: WinogradTileSize, reversed: Bool = false) -> WinogradPlan? {
    guard let tiling = WinogradTiling(.forward, g, size) else { return nil }
    let (m, n, r) = tiling.sizes, phases = tiling.phases
    func inputs(_ outputs: Int, _ size: Int) -> [Int32] {
      let count = g.stride * (outputs + r - 2) + tiling.phaseStep * (phases - 1) + 1
      return (0..<count).map { index in
        index < size + 2 * g.padding ? Int32(g.mode.source(index - g.padding, size) ?? -1) : -1
      }
    }
    func outputs(_ count: Int, _ size: Int) -> [Int32] { (0..<count).map { Int32($0 < size ? $0 : -1) } }
    let taps = (0..<phases * phases).flatMap { phase in
      (0..<r * r).map { place -> Int32 in
        let row = place / r * g.stride + phase / phases * tiling.phaseStep
        let column = place % r * g.stride + phase % phases * tiling.phaseStep
        guard row < g.kernelHeight, column < g.kernelWidth else { return -1 }
        let tap = row * g.kernelWidth + column
        return Int32(reversed ? g.taps - 1 - tap : tap)
      }
    }
    return WinogradPlan(
      tiling,
      input: Side(
        rows: inputs(tiling.rows * m, g.height), columns: inputs(tiling.columns * n, g.width), width: g.width,
        height: g.height, phases: phases, spacing: g.stride, phaseStep: tiling.phaseStep),
      output: Side(
        rows: outputs(tiling.rows * m, g.outputHeight), columns: outputs(tiling.columns * n, g.outputWidth),
        width: g.outputWidth, height: g.outputHeight, phases: 1, spacing: 1, phaseStep: 0),
      taps: taps)
  }

  /// From the output's gradient of `g` to its input's (zero padding): for stride 1 a convolution with
  /// reversed taps; for stride 2 one of small kernels for each phase of the input.
  static func dataGradient(_ g: ConvGeometry, _ size: WinogradTileSize) -> WinogradPlan? {
    guard let tiling = WinogradTiling(.dataGradient, g, size) else { return nil }
    if g.stride == 1 { return forward(g.reversed, size, reversed: true) }
    let (m, n, r) = tiling.sizes
    // The input's pixels are counted from an even position in the border, so that few tiles lie beyond it.
    let border = g.padding % 2, first = g.padding / 2 - (r - 1)
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
      tiling,
      input: Side(
        rows: gradients(tiling.rows * m, g.outputHeight), columns: gradients(tiling.columns * n, g.outputWidth),
        width: g.outputWidth, height: g.outputHeight, phases: 1, spacing: 1, phaseStep: 0),
      output: Side(
        rows: pictures(tiling.rows * m, g.height), columns: pictures(tiling.columns * n, g.width), width: g.width,
        height: g.height, phases: 2, spacing: 2, phaseStep: 1),
      taps: taps)
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
