import Testing

@testable import GanTensor

/// A layer, and what computes it.
private struct Row: CustomTestStringConvertible {
  let problem: ConvProblem
  let arithmetic: ConvolutionArithmetic
  let expected: ConvAlgorithm
  let testDescription: String

  init(
    _ pass: ConvPass, _ inputs: Int, _ outputs: Int, k kernel: Int, s stride: Int = 1, p padding: Int = 0,
    _ height: Int, by width: Int? = nil, n images: Int = 1, border mode: PaddingMode = .zero,
    type: ElementType = .float32, in arithmetic: ConvolutionArithmetic = .single, _ expected: ConvAlgorithm
  ) {
    let g = ConvGeometry(
      height: height, width: width ?? height, kernelHeight: kernel, kernelWidth: kernel, stride: stride,
      padding: padding, mode: mode)
    problem = ConvProblem(pass, g, images: images, inputs: inputs, outputs: outputs, type: type)
    (self.arithmetic, self.expected) = (arithmetic, expected)
    testDescription =
      "\(pass) \(inputs)->\(outputs) k\(kernel) s\(stride) p\(padding) \(mode) \(images)x\(height)x\(width ?? height) "
      + "\(type) \(arithmetic)"
  }
}

private let layers: [Row] = [
  // Layers of networks, in all three passes.
  Row(.forward, 3, 64, k: 7, p: 3, 256, border: .reflect, .direct),
  Row(.dataGradient, 3, 64, k: 7, p: 3, 256, border: .reflect, .foldedBorder(of: .narrow)),
  Row(.weightGradient, 3, 64, k: 7, p: 3, 256, border: .reflect, .patches),
  Row(.forward, 64, 3, k: 7, p: 3, 256, border: .reflect, .narrow),
  Row(.dataGradient, 64, 3, k: 7, p: 3, 256, border: .reflect, .foldedBorder(of: .direct)),
  Row(.weightGradient, 64, 3, k: 7, p: 3, 256, border: .reflect, .narrow),
  Row(.forward, 64, 128, k: 3, s: 2, p: 1, 256, .winograd(.outputs2x4)),
  Row(.dataGradient, 64, 128, k: 3, s: 2, p: 1, 256, .winograd(.outputs2x4)),
  Row(.weightGradient, 64, 128, k: 3, s: 2, p: 1, 256, .winograd(.outputs2x4)),
  Row(.forward, 256, 256, k: 3, p: 1, 64, border: .reflect, .winograd(.outputs2x4)),
  Row(.dataGradient, 256, 256, k: 3, p: 1, 64, border: .reflect, .foldedBorder(of: .winograd(.outputs2x4))),
  Row(.weightGradient, 256, 256, k: 3, p: 1, 64, border: .reflect, .winograd(.outputs2x4)),
  Row(.forward, 3, 64, k: 4, s: 2, p: 1, 256, .patches),
  Row(.forward, 6, 64, k: 4, s: 2, p: 1, 256, .direct),
  Row(.dataGradient, 3, 64, k: 4, s: 2, p: 1, 256, .narrowByPhases),
  Row(.forward, 512, 512, k: 4, s: 2, p: 1, 8, .fewPixels),
  Row(.dataGradient, 512, 512, k: 4, s: 2, p: 1, 8, .fewPixels),
  Row(.weightGradient, 512, 512, k: 4, s: 2, p: 1, 8, .patches),
  Row(.forward, 512, 1, k: 4, p: 1, 31, .narrow),
  Row(.dataGradient, 512, 1, k: 4, p: 1, 31, .patches),
  Row(.forward, 64, 256, k: 1, 1, n: 16, .fewPixels),
]

private let filtered: [Row] = [
  // Tiles: 64 of them, the larger where there are enough.
  Row(.forward, 16, 16, k: 3, p: 1, 16, by: 32, .winograd(.outputs2x4)),
  Row(.forward, 16, 16, k: 3, p: 1, 16, by: 28, .winograd(.outputs2x2)),
  Row(.forward, 16, 16, k: 3, p: 1, 14, by: 16, .fewPixels),
  Row(.forward, 16, 16, k: 3, p: 1, 14, by: 16, n: 2, .winograd(.outputs2x2)),
  Row(.forward, 16, 16, k: 3, p: 1, 32, in: .wideTiles, .winograd(.outputs4x4)),
  Row(.forward, 16, 16, k: 3, p: 1, 32, by: 28, in: .wideTiles, .winograd(.outputs2x4)),
  Row(.forward, 16, 16, k: 4, p: 1, 25, .winograd(.outputs2x4)),
  Row(.forward, 16, 16, k: 4, p: 1, 22, .patches),
  Row(.forward, 16, 16, k: 4, p: 1, 25, in: .wideTiles, .winograd(.outputs4x4)),
  Row(.dataGradient, 16, 16, k: 4, s: 2, p: 1, 46, .winograd(.outputs2x4)),
  Row(.dataGradient, 16, 16, k: 4, s: 2, p: 1, 41, .patches),
  // A side of the picture counts from an even place in the border.
  Row(.dataGradient, 16, 16, k: 4, s: 2, p: 1, 42, .winograd(.outputs2x4)),
  Row(.dataGradient, 16, 16, k: 4, s: 2, p: 2, 42, .patches),
  // Kernels.
  Row(.forward, 64, 64, k: 2, 64, .patches),
  Row(.forward, 64, 64, k: 5, p: 2, 64, .winograd(.outputs2x4)),
  Row(.forward, 64, 64, k: 5, s: 2, p: 2, 64, .patches),
  Row(.forward, 64, 64, k: 6, s: 2, p: 2, 64, .winograd(.outputs2x4)),
  Row(.forward, 64, 64, k: 6, p: 2, 64, .patches),
  Row(.forward, 64, 64, k: 3, s: 3, p: 1, 64, .patches),
  Row(.dataGradient, 64, 64, k: 3, p: 3, 64, .patches),
  Row(.dataGradient, 64, 64, k: 3, p: 2, 64, .winograd(.outputs2x4)),
  // Channels, some filled up.
  Row(.forward, 52, 64, k: 3, p: 1, 64, .winograd(.outputs2x4)),
  Row(.forward, 51, 64, k: 3, p: 1, 64, .patches),
  Row(.forward, 64, 51, k: 3, p: 1, 64, .patches),
  Row(.weightGradient, 64, 52, k: 5, p: 2, 64, .winograd(.outputs2x4)),
  Row(.forward, 64, 52, k: 3, s: 2, p: 1, 64, .patches),
  Row(.forward, 64, 52, k: 4, s: 2, p: 1, 64, .winograd(.outputs2x4)),
  Row(.forward, 4096, 16, k: 3, p: 1, 32, .winograd(.outputs2x4)),
  Row(.forward, 4112, 16, k: 3, p: 1, 32, .patches),
  Row(.forward, 64, 64, k: 3, p: 1, 64, type: .float64, .patches),
]

private let others: [Row] = [
  // Few channels that come in.
  Row(.forward, 8, 16, k: 2, 64, .direct),
  Row(.forward, 7, 16, k: 2, 64, .patches),
  Row(.forward, 9, 16, k: 2, 64, .patches),
  Row(.forward, 8, 15, k: 2, 64, .patches),
  Row(.forward, 3, 64, k: 7, p: 3, 64, type: .float64, .patches),
  Row(.dataGradient, 16, 8, k: 2, 64, .direct),
  Row(.dataGradient, 16, 8, k: 2, s: 2, 64, .patches),
  // Few channels that go out.
  Row(.forward, 16, 8, k: 4, p: 1, 17, .narrow),
  Row(.forward, 16, 8, k: 4, p: 1, 16, .fewPixels),
  Row(.forward, 16, 8, k: 4, p: 1, 22, by: 16, .patches),
  Row(.forward, 15, 8, k: 4, p: 1, 18, .patches),
  Row(.forward, 64, 9, k: 4, p: 1, 32, .patches),
  Row(.forward, 64, 8, k: 4, s: 2, p: 1, 64, .patches),
  Row(.forward, 64, 8, k: 2, 64, .patches),
  Row(.forward, 64, 3, k: 7, p: 3, 64, type: .float64, .patches),
  Row(.weightGradient, 64, 3, k: 7, p: 3, 64, type: .float64, .narrow),
  Row(.dataGradient, 8, 32, k: 4, s: 2, p: 1, 32, .narrowByPhases),
  Row(.dataGradient, 8, 31, k: 4, s: 2, p: 1, 64, .patches),
  Row(.dataGradient, 9, 32, k: 4, s: 2, p: 1, 64, .patches),
  Row(.dataGradient, 8, 32, k: 4, s: 2, p: 1, 40, by: 30, .patches),
  Row(.dataGradient, 8, 32, k: 5, s: 2, p: 1, 64, .patches),
  Row(.dataGradient, 8, 32, k: 4, s: 2, p: 1, 64, type: .float64, .patches),
  Row(.dataGradient, 8, 32, k: 4, s: 2, p: 1, 64, border: .reflect, .foldedBorder(of: .narrowByPhases)),
  // Few pixels.
  Row(.forward, 20, 20, k: 2, 17, .fewPixels),
  Row(.forward, 20, 20, k: 2, 17, by: 18, .patches),
  Row(.dataGradient, 20, 20, k: 2, 17, type: .float64, .fewPixels),
  Row(.dataGradient, 20, 20, k: 2, 17, n: 2, .patches),
]

private let tiled: [Row] =
  ConvPass.allCases.flatMap { pass in
    [true, false].flatMap { isEmulated -> [Row] in
      let arithmetic = ConvolutionArithmetic.tiles(parts: 2, isEmulated: isEmulated)
      let tiles = ConvAlgorithm.tiles(parts: 2, isEmulated: isEmulated)
      return [
        Row(pass, 256, 256, k: 3, p: 1, 64, in: arithmetic, tiles),
        // 64 pixels.
        Row(pass, 32, 32, k: 1, 8, in: arithmetic, tiles),
        Row(pass, 32, 32, k: 1, 7, by: 9, in: arithmetic, pass == .weightGradient ? .patches : .fewPixels),
        Row(pass, 32, 32, k: 1, 1, n: 64, in: arithmetic, tiles),
        // 1024 products for a pixel.
        Row(pass, 31, 33, k: 1, 32, in: arithmetic, .patches),
        Row(pass, 16, 16, k: 2, 33, in: arithmetic, tiles),
        Row(pass, 64, 64, k: 2, 64, type: .float64, in: arithmetic, .patches),
      ]
    }
  } + [
    Row(
      .dataGradient, 3, 64, k: 7, p: 3, 256, border: .reflect, in: .tiles(parts: 1, isEmulated: true),
      .foldedBorder(of: .tiles(parts: 1, isEmulated: true))),
    Row(
      .forward, 64, 64, k: 3, p: 1, 64, in: .rounded(parts: 1), .rounded(parts: 1, by: .winograd(.outputs2x4))),
    Row(.forward, 3, 64, k: 7, p: 3, 64, in: .rounded(parts: 2), .rounded(parts: 2, by: .direct)),
    Row(.weightGradient, 64, 1, k: 4, p: 1, 31, in: .rounded(parts: 2), .rounded(parts: 2, by: .narrow)),
    Row(.forward, 3, 3, k: 3, p: 1, 64, in: .rounded(parts: 1), .patches),
    Row(
      .dataGradient, 64, 64, k: 3, p: 1, 64, border: .replicate, in: .rounded(parts: 2),
      .foldedBorder(of: .rounded(parts: 2, by: .winograd(.outputs2x4)))),
    // Offsets in the rows under a kernel that no Int32 holds.
    Row(.forward, 1024, 1, k: 3, p: 1, 3, by: 700_000, in: .tiles(parts: 1, isEmulated: false), .narrow),
  ]

@Suite struct ConvChoiceTests {
  @Test(arguments: layers + filtered + others + tiled)
  fileprivate func choosesTheKernelOf(_ row: Row) {
    #expect(ConvChoice.algorithm(for: row.problem, row.arithmetic) == row.expected)
  }

  @Test func everyTableOfTilesHasAsManyAsWereCounted() throws {
    for pass in [ConvPass.forward, .dataGradient] {
      for (kernel, stride) in [(3, 1), (4, 1), (5, 1), (3, 2), (4, 2), (6, 2)] {
        for padding in 0..<kernel {
          for size in WinogradTileSize.allCases {
            let g = ConvGeometry(
              height: 23, width: 18, kernelHeight: kernel, kernelWidth: kernel, stride: stride, padding: padding,
              mode: .zero)
            let tiling = try #require(WinogradTiling(pass, g, size))
            let plan = try #require(
              pass == .forward ? WinogradPlan.forward(g, size) : WinogradPlan.dataGradient(g, size))
            #expect(plan.tileRows == tiling.rows && plan.tileColumns == tiling.columns && plan.kind == tiling.kind)
            let used = Double(plan.taps.count { $0 >= 0 }) / Double(plan.taps.count)
            #expect(used == tiling.shareOfTaps, "\(pass) \(g)")
          }
        }
      }
    }
  }
}
