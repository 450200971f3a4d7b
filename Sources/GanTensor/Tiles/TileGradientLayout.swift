import CKernels
import GanBase

/// The memory layout of the two factors of a weight gradient: the picture transposed, so that 32 pixels of a channel are a row of a
/// tile, and the output's gradient with its pixels in pairs. The sum runs over pixels.
///
/// A tap is a shift of the transposed picture. With a stride, pixels are split by their position modulo the stride, so
/// that what 32 outputs see under a tap stays in one piece. Wide pictures are laid out row by row; in narrow ones all
/// rows of all images follow each other, and the gradient has zeros at the border.
///
/// With few channels a row of a tile is an element of the run of pixels under a kernel row, and only kernel rows are
/// taps: the patches' columns, made for one kernel row.
struct TileGradientLayout {
  let g: ConvGeometry
  private let images: Int, inputs: Int, pixel: Int
  private let isRun: Bool, isFlat: Bool
  /// Rows of the transposed picture, in whole tiles.
  let elements: Int
  /// Elements from one such row to the next.
  let elementStep: Int
  private let borderedHeight: Int, borderedWidth: Int
  private let rowPhases: Int, columnPhases: Int
  /// For narrow pictures: rows and columns of an image, in units of the stride.
  private let flatRows: Int, flatColumns: Int
  private let stepsInRow: Int

  private static let step = GK_TILE_STEP

  init(_ g: ConvGeometry, images: Int, inputs: Int) {
    let step = Self.step
    (self.g, self.images, self.inputs, pixel) = (g, images, inputs, TilePicture.pixel(inputs))
    (borderedHeight, borderedWidth) = (g.height + 2 * g.padding, g.width + 2 * g.padding)
    isRun = inputs < GK_TILE_ROWS
    elements = nextMultiple(of: GK_TILE_ROWS, from: isRun ? g.kernelWidth * pixel : inputs)
    flatRows = ceilDiv(borderedHeight, g.stride)
    flatColumns = isRun ? g.outputWidth : ceilDiv(borderedWidth, g.stride)
    stepsInRow = ceilDiv(g.outputWidth, step)
    isFlat = flatRows * flatColumns * 8 < g.outputHeight * stepsInRow * step * 7
    rowPhases = isFlat ? min(g.stride, g.kernelHeight) : 1
    columnPhases = isRun ? 1 : min(g.stride, g.kernelWidth)
    let columnShift = isRun ? 0 : (g.kernelWidth - 1) / g.stride
    let shift = (g.kernelHeight - 1) / g.stride * flatColumns + columnShift
    elementStep =
      isFlat
      ? nextMultiple(of: step, from: nextMultiple(of: step, from: images * flatRows * flatColumns) + shift)
      : nextMultiple(of: step, from: stepsInRow * step + columnShift)
  }

  /// Elements of one part of the transposed picture.
  var plane: Int { (isFlat ? rowPhases : images * borderedHeight) * columnPhases * elements * elementStep }

  /// The offset of each tap.
  var taps: [Int64] {
    (0..<g.kernelHeight).flatMap { ky in
      (0..<(isRun ? 1 : g.kernelWidth)).map { kx in
        let phase = isFlat ? ky % g.stride : ky
        let shift = (isFlat ? ky / g.stride * flatColumns : 0) + kx / g.stride
        return Int64((phase * columnPhases + kx % g.stride) * elements * elementStep + shift)
      }
    }
  }

  /// The offset of each 32 pixels of the sum.
  var steps: [Int64] {
    if isFlat { return stride(from: 0, to: images * flatRows * flatColumns, by: Self.step).map { Int64($0) } }
    return (0..<images * g.outputHeight).flatMap { item in
      let (image, y) = item.quotientAndRemainder(dividingBy: g.outputHeight)
      let row = (image * borderedHeight + y * g.stride) * columnPhases * elements * elementStep
      return (0..<stepsInRow).map { Int64(row + $0 * Self.step) }
    }
  }

  /// The row of `[kh*kw*I, O]` that a sum belongs to, if any.
  func weightRow(tap: Int, element: Int) -> Int? {
    let (column, channel) = isRun ? element.quotientAndRemainder(dividingBy: pixel) : (0, element)
    guard column < g.kernelWidth, channel < inputs else { return nil }
    return ((isRun ? tap * g.kernelWidth : tap) + column) * inputs + channel
  }

  func transposed(_ picture: TilePicture) -> Storage {
    let result = Storage(bytes: picture.parts * plane * 2)
    let base = result.pointer.assumingMemoryBound(to: UInt16.self)
    // Whatever is multiplied by a zero of the gradient must be finite.
    if isFlat, !DryRun.isOn { base.update(repeating: 0, count: picture.parts * plane) }
    parallel(images * borderedHeight, grain: max(1, elementGrain / (borderedWidth * pixel))) { range in
      for item in range {
        let (image, y) = item.quotientAndRemainder(dividingBy: borderedHeight)
        guard let row = targetRow(image, y) else { continue }
        for x in 0..<columnPhases {
          let seen = isRun ? g.outputWidth : ceilDiv(borderedWidth - x, g.stride)
          let pixels = max(0, min(seen, isFlat ? flatColumns : elementStep))
          for part in 0..<picture.parts {
            gk_tile_transpose(
              picture.pointer(image, y, x) + part * picture.low, g.stride * pixel, pixels,
              isFlat ? pixels : elementStep, elements, base + part * plane + row + x * elements * elementStep,
              elementStep)
          }
        }
      }
    }
    return result
  }

  /// Where a row of the bordered picture goes; nil for one that no tap sees.
  private func targetRow(_ image: Int, _ y: Int) -> Int? {
    let size = columnPhases * elements * elementStep
    guard isFlat else { return (image * borderedHeight + y) * size }
    let (row, phase) = y.quotientAndRemainder(dividingBy: g.stride)
    return phase < rowPhases ? phase * size + (image * flatRows + row) * flatColumns : nil
  }

  /// The output's gradient `[N,Ho,Wo,O]`: `[blocks of O][steps][parts][GK_TILE_PACKED]`.
  func packed(_ gradient: Tensor, parts: Int) -> Storage {
    packedForTiles(steps: steps.count, columns: gradient.shape[3], parts: parts) { step in
      (0..<Self.step).map { outputPixel(step, $0).map { gradient.floats(at: $0 * gradient.shape[3]) } }
    }
  }

  /// The pixel of the output at a position within a step, counted over all images; nil for the border and beyond the end.
  private func outputPixel(_ step: Int, _ place: Int) -> Int? {
    if isFlat {
      let (row, x) = (step * Self.step + place).quotientAndRemainder(dividingBy: flatColumns)
      let (image, y) = row.quotientAndRemainder(dividingBy: flatRows)
      guard image < images, y < g.outputHeight, x < g.outputWidth else { return nil }
      return (image * g.outputHeight + y) * g.outputWidth + x
    }
    let (row, part) = step.quotientAndRemainder(dividingBy: stepsInRow)
    let x = part * Self.step + place
    return x < g.outputWidth ? row * g.outputWidth + x : nil
  }
}
