/// Chooses the algorithm of a convolution or one of its gradients: the one place that does, and a pure function.
///
/// The CPU matters only through the arithmetic, which `ConvolutionArithmetic` derives from the precision and the matrix
/// tiles of the CPU; vector instructions and threads do not matter.
package enum ConvChoice {
  /// The algorithm for `problem` with the current arithmetic of the calling thread.
  package static func current(for problem: ConvProblem) -> ConvAlgorithm { algorithm(for: problem, .current) }

  static func algorithm(for problem: ConvProblem, _ arithmetic: ConvolutionArithmetic) -> ConvAlgorithm {
    if problem.pass == .dataGradient, problem.geometry.mode != .zero {
      return .foldedBorder(of: algorithm(for: problem.unpadded, arithmetic))
    }
    switch arithmetic {
    case .tiles(let parts, let isEmulated) where suitsTiles(problem):
      return .tiles(parts: parts, isEmulated: isEmulated)
    case .rounded(let parts) where suitsTiles(problem):
      return .rounded(parts: parts, by: vectors(problem, wideTiles: false))
    default:
      return vectors(problem, wideTiles: arithmetic == .wideTiles)
    }
  }

  /// Without bf16 tiles.
  private static func vectors(_ problem: ConvProblem, wideTiles: Bool) -> ConvAlgorithm {
    if let size = winogradTiles(problem, wide: wideTiles) { return .winograd(size) }
    let g = problem.geometry, (inputs, outputs) = (problem.inputs, problem.outputs)
    let isSingle = problem.type == .float32
    switch problem.pass {
    case .forward:
      if isSingle, isDirect(from: inputs, to: outputs, g) { return .direct }
      if isSingle, isNarrow(from: inputs, to: outputs, g) { return .narrow }
      return hasFewPixels(problem) ? .fewPixels : .patches
    case .dataGradient:
      if isSingle, g.isReversible {
        if isDirect(from: outputs, to: inputs, g.reversed) { return .direct }
        if isNarrow(from: outputs, to: inputs, g.reversed) { return .narrow }
      }
      if isSingle, isNarrowByPhases(from: outputs, to: inputs, g) { return .narrowByPhases }
      return hasFewPixels(problem) ? .fewPixels : .patches
    case .weightGradient:
      return isNarrow(from: inputs, to: outputs, g) ? .narrow : .patches
    }
  }
}

// The conditions of each algorithm. Channels are named as the kernel sees them: in a data gradient `from` is the output's.
extension ConvChoice {
  /// At most this many channels are few.
  private static let fewChannels = 8
  /// At most this many pixels, of all images, are few: then work is divided along channels, and each weight is read once.
  private static let fewPixels = 256

  private static func hasFewPixels(_ problem: ConvProblem) -> Bool {
    problem.images * problem.geometry.outputHeight * problem.geometry.outputWidth <= fewPixels
  }

  private static func isDirect(from inputs: Int, to outputs: Int, _ g: ConvGeometry) -> Bool {
    inputs <= fewChannels && outputs >= 16 && g.kernelWidth * inputs >= 16
  }

  private static func isNarrow(from inputs: Int, to outputs: Int, _ g: ConvGeometry) -> Bool {
    outputs <= fewChannels && g.stride == 1 && g.kernelWidth >= 3 && g.outputWidth >= 16
      && g.kernelHeight * inputs >= 64
  }

  /// Even kernels, so that each phase has the same number of taps.
  private static func isNarrowByPhases(from inputs: Int, to outputs: Int, _ g: ConvGeometry) -> Bool {
    outputs <= fewChannels && g.stride == 2 && g.mode == .zero && g.kernelWidth == g.kernelHeight
      && g.kernelHeight % 2 == 0 && g.kernelHeight / 2 * inputs >= 64 && g.outputWidth >= 16
  }
}

// bf16 tiles.
extension ConvChoice {
  /// Below this many pixels most time is spent on reading the weights once, which fp32 does without packing them.
  private static let fewestTilePixels = 64
  /// Below this many products per pixel most time is spent on rounding the picture.
  private static let fewestTileProducts = 1024

  /// Whether tiles are faster: the same answer for a convolution and both of its gradients. Offsets within the rows
  /// under a kernel are `Int32`.
  private static func suitsTiles(_ problem: ConvProblem) -> Bool {
    let g = problem.geometry, (inputs, outputs) = (problem.inputs, problem.outputs)
    return problem.type == .float32
      && problem.images * g.outputHeight * g.outputWidth >= fewestTilePixels
      && g.taps * inputs * outputs >= fewestTileProducts
      && g.kernelHeight * (g.width + 2 * g.padding) * TilePicture.pixel(max(inputs, outputs)) < Int(Int32.max)
  }
}

// Winograd's tiles.
extension ConvChoice {
  /// With fewer tiles, transforming the weights costs more than it gains.
  private static let fewestWinogradTiles = 64
  /// If channels have to be padded, the smallest share of products that belong to a tap: below it, padding costs more
  /// than filtering gains.
  private static let leastShareOfTaps = 0.6
  /// The range that the kernels support.
  private static let mostWinogradChannels = 4096

  /// The largest permitted tiles of which there are enough; nil if filtering is not applicable.
  private static func winogradTiles(_ problem: ConvProblem, wide: Bool) -> WinogradTileSize? {
    let (inputs, outputs) = (problem.inputs, problem.outputs)
    guard problem.type == .float32, canFillUp(inputs), canFillUp(outputs) else { return nil }
    let isWhole = wholeVectors(inputs) == inputs && wholeVectors(outputs) == outputs
    func suits(_ size: WinogradTileSize) -> Bool {
      guard let tiling = WinogradTiling(problem.pass, problem.geometry, size) else { return false }
      return problem.images * tiling.rows * tiling.columns >= fewestWinogradTiles
        && (isWhole || tiling.shareOfTaps > leastShareOfTaps)
    }
    if wide, suits(.outputs4x4) { return .outputs4x4 }
    if suits(.outputs2x4) { return .outputs2x4 }
    return suits(.outputs2x2) ? .outputs2x2 : nil
  }

  /// Whether rounding up to whole vectors adds at most a quarter.
  private static func canFillUp(_ channels: Int) -> Bool {
    4 * wholeVectors(channels) <= 5 * channels && channels <= mostWinogradChannels
  }
}
