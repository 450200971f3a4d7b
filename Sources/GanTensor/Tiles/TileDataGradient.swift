extension TileConvolution {
  /// For zero padding.
  static func dataGradient(
    gradient: Tensor, weight: Tensor, bias: Tensor?, _ g: ConvGeometry, parts: Int, isEmulated: Bool
  ) -> Tensor {
    let result = Tensor(uninitialized: [gradient.shape[0], g.height, g.width, weight.shape[2]], gradient.type)
    let turned = weight.transposedTaps(), bias = padded(bias, weight.shape[2])
    let phases = ConvPlan.of(g).phases.map { TilePhase($0, g) }
    let picture = TilePhase.picture(of: phases, gradient, parts: parts)
    let convolutions = phases.map { phase in
      let steps = TileSteps(
        kernelRows: phase.kernelRows, kernelColumns: phase.kernelColumns, channels: gradient.shape[3])
      return TileConvolution(
        picture: picture.picture, row: picture.top + phase.rows.first, column: picture.left + phase.columns.first,
        stride: 1, steps: steps, weights: steps.packed(turned, parts: parts), bias: bias,
        target: TileTarget(
          tensor: result, y: phase.y, x: phase.x, stride: g.stride, rows: phase.rows.count,
          columns: phase.columns.count))
    }
    run(convolutions, isEmulated: isEmulated)
    return result
  }
}

/// Pixels of the input with the same position modulo the stride: an ordinary convolution of the output's gradient, with
/// a part of the kernel.
private struct TilePhase {
  /// Along one axis: how many pixels, the position in the gradient that the first one sees first (negative: in the
  /// border), and how many positions each sees.
  struct Axis {
    let count: Int, first: Int, taps: Int
    var last: Int { first + count - 1 + max(taps, 1) - 1 }
  }

  let y: Int, x: Int
  let kernelRows: [Int], kernelColumns: [Int]
  let rows: Axis, columns: Axis

  init(_ phase: ConvPlan.Phase, _ g: ConvGeometry) {
    (y, x) = (phase.y, phase.x)
    // Without taps in one direction there are no taps at all.
    let isEmpty = phase.kernelRows.isEmpty || phase.kernelColumns.isEmpty
    (kernelRows, kernelColumns) = isEmpty ? ([], []) : (phase.kernelRows, phase.kernelColumns)
    func axis(_ count: Int, _ position: Int, _ taps: [Int]) -> Axis {
      Axis(count: count, first: taps.first.map { (position + g.padding - $0) / g.stride } ?? 0, taps: taps.count)
    }
    rows = axis(phase.table.rows, phase.y, kernelRows)
    columns = axis(phase.table.columns, phase.x, kernelColumns)
  }

  /// The gradient with a border that is wide enough for all phases, and the width of its top and left.
  static func picture(
    of phases: [TilePhase], _ gradient: Tensor, parts: Int
  ) -> (picture: TilePicture, top: Int, left: Int) {
    func sources(_ axes: [Axis], _ size: Int) -> (before: Int, sources: [Int32]) {
      let first = min(0, axes.map(\.first).min() ?? 0), last = max(size - 1, axes.map(\.last).max() ?? 0)
      return (-first, (first...last).map { $0 >= 0 && $0 < size ? Int32($0) : -1 })
    }
    let rows = sources(phases.map(\.rows), gradient.shape[1])
    let columns = sources(phases.map(\.columns), gradient.shape[2])
    return (
      TilePicture(gradient, rows: rows.sources, columns: columns.sources, parts: parts), rows.before, columns.before
    )
  }
}
