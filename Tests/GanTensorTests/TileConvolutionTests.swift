import CKernels
import GanBase
import GanTestSupport
import Testing

@testable import GanTensor

/// A shape that tiles compute.
struct TileCase: CustomTestStringConvertible, Sendable {
  let images: Int, height: Int, width: Int, inputs: Int, outputs: Int, kernel: Int, stride: Int, padding: Int
  var mode = PaddingMode.zero

  init(
    _ images: Int, _ height: Int, _ width: Int, _ inputs: Int, _ outputs: Int, k: Int, s: Int = 1, p: Int = 0,
    _ mode: PaddingMode = .zero
  ) {
    (self.images, self.height, self.width, self.inputs, self.outputs) = (images, height, width, inputs, outputs)
    (kernel, stride, padding, self.mode) = (k, s, p, mode)
  }

  var weightShape: Shape { [kernel, kernel, inputs, outputs] }
  var geometry: ConvGeometry {
    ConvGeometry(
      input: [images, height, width, inputs], weight: weightShape, stride: stride, padding: padding, mode: mode)
  }
  var testDescription: String {
    "\(inputs)->\(outputs) k\(kernel) s\(stride) p\(padding) \(mode) \(images)x\(height)x\(width)"
  }
}

private let tileCases: [TileCase] = [
  TileCase(1, 32, 32, 32, 32, k: 3, p: 1),
  TileCase(2, 9, 35, 32, 64, k: 3, p: 1, .reflect),
  TileCase(1, 8, 41, 40, 50, k: 3, p: 1, .replicate),
  TileCase(1, 6, 16, 256, 33, k: 3, p: 1, .reflect),
  TileCase(1, 5, 70, 80, 15, k: 1),
  TileCase(2, 33, 31, 37, 29, k: 1, s: 2),
  TileCase(1, 13, 64, 64, 32, k: 3, s: 2, p: 1),
  TileCase(2, 16, 47, 20, 70, k: 3, s: 2, p: 1),
  TileCase(1, 22, 66, 6, 64, k: 4, s: 2, p: 1),
  TileCase(2, 23, 30, 48, 17, k: 4, s: 2, p: 1),
  TileCase(1, 14, 31, 64, 1, k: 4, p: 1),
  TileCase(1, 12, 33, 3, 64, k: 7, p: 3, .reflect),
  TileCase(1, 9, 32, 64, 3, k: 7, p: 3, .reflect),
  TileCase(2, 22, 32, 3, 40, k: 7, s: 2, p: 3),
  TileCase(1, 13, 35, 8, 32, k: 7, p: 3, .replicate),
  // Rows too short for a tile.
  TileCase(1, 8, 8, 96, 64, k: 3, p: 1),
  TileCase(4, 8, 8, 40, 36, k: 4, s: 2, p: 1),
  TileCase(5, 9, 7, 64, 32, k: 4, s: 1, p: 1, .reflect),
  TileCase(3, 11, 13, 5, 48, k: 3, s: 1, p: 1),
  // Strides that skip pixels, phases of few pixels, pixels that nothing sees.
  TileCase(1, 26, 26, 32, 32, k: 2, s: 3),
  TileCase(16, 7, 7, 16, 32, k: 2, s: 3),
  TileCase(1, 11, 40, 20, 60, k: 5, s: 2, p: 2),
]

@Suite struct TileConvolutionTests {
  /// Emulated tiles, and AMX where this CPU has it.
  private static let emulation = [true] + (ArithmeticCase.hasTiles ? [false] : [])

  /// Numbers of very different sizes.
  private func random(_ shape: Shape, _ seed: UInt64) -> Tensor {
    var stream = RandomStream(seed: seed)
    return Tensor(
      (0..<shape.count).map { _ in
        stream.uniform(-1, 1) * [Float(1), 1, 0.1, 1e-4][Int(stream.uniform(0, 3.999))]
      }, shape)
  }

  /// What rounding to bf16 leaves of a number: 8 bits, 16 in two parts.
  private func parts(_ x: Tensor, _ count: Int) -> [Tensor] {
    var high = [Float](repeating: 0, count: x.count), low = high
    x.doubles.map { Float($0) }.withUnsafeBufferPointer { gk_tile_split($0.baseAddress!, x.count, &high, &low) }
    return [high, low].prefix(count).map { Tensor($0.map { Double($0) }, x.shape, type: .float64) }
  }

  private func magnitude(_ x: Tensor) -> Tensor { Tensor(x.doubles.map(abs), x.shape, type: .float64) }

  /// Against Float64, of the factors themselves and of their parts: the latter leaves nothing but the sums' rounding.
  private func check(
    _ found: Tensor?, _ a: Tensor, _ b: Tensor, _ count: Int, _ what: String, sums: Double = 0x1p-20,
    _ product: (Tensor, Tensor) -> Tensor
  ) throws {
    let found = try #require(found, "\(what) is not computed on tiles")
    // Errors are shares of the sum of the products' sizes.
    let sizes = product(magnitude(a), magnitude(b)).doubles
    let exact = product(a.converted(to: .float64), b.converted(to: .float64))
    // A factor is off by 2^-8 of itself, or 2^-16; the product of the low parts is left out.
    let rounding = count == 1 ? 0x1.02p-7 : 0x1.82p-15
    expectClose(found, exact, each: sizes.map { rounding * $0 }, "\(what), \(count) parts")
    let (p, q) = (parts(a, count), parts(b, count))
    var sum = product(p[0], q[0])
    if count == 2 { sum = sum + product(p[0], q[1]) + product(p[1], q[0]) }
    expectClose(found, sum, each: sizes.map { sums * $0 }, "\(what), sums of \(count) parts")
  }

  @Test(arguments: tileCases, [1, 2]) func matchesFloat64(_ entry: TileCase, _ parts: Int) throws {
    for isEmulated in Self.emulation { try matchFloat64(entry, parts, isEmulated: isEmulated) }
  }

  private func matchFloat64(_ entry: TileCase, _ parts: Int, isEmulated: Bool) throws {
    ThreadPool.shared.start(threads: 2)
    let g = entry.geometry, arithmetic = ConvolutionArithmetic.tiles(parts: parts, isEmulated: isEmulated)
    let x = random([entry.images, g.height, g.width, entry.inputs], 1), w = random(entry.weightShape, 2)
    let dy = random([entry.images, g.outputHeight, g.outputWidth, entry.outputs], 3)
    try check(x.tileForward(w, bias: nil, g, arithmetic), x, w, parts, "forward") { $0.convKernel($1, bias: nil, g) }
    let zero = g.mode == .zero ? g : g.unpadded
    try check(dy.tileDataGradient(w, bias: nil, zero, arithmetic), dy, w, parts, "data gradient") {
      $0.convDataGradientKernel($1, zero)
    }
    try check(x.tileWeightGradient(dy, g, arithmetic), x, dy, parts, "weight gradient") {
      $0.convWeightGradientKernel($1, g)
    }
  }

  @Test func addsTheBias() throws {
    let g = tileCases[0].geometry, arithmetic = ConvolutionArithmetic.tiles(parts: 1, isEmulated: true)
    let x = random([1, 32, 32, 32], 1), w = random([3, 3, 32, 32], 2), bias = random([32], 3)
    for (plain, biased) in [
      (x.tileForward(w, bias: nil, g, arithmetic), x.tileForward(w, bias: bias, g, arithmetic)),
      (x.tileDataGradient(w, bias: nil, g, arithmetic), x.tileDataGradient(w, bias: bias, g, arithmetic)),
    ] {
      let b = bias.doubles, sum = try #require(plain).doubles.enumerated().map { $1 + b[$0 % 32] }
      expectClose(try #require(biased).doubles, sum, ofLargest: 1e-6)
    }
  }

  /// Within a block of the pool everything runs on one thread.
  @Test(arguments: [1, 2]) func doesNotDependOnThreads(_ parts: Int) {
    ThreadPool.shared.start(threads: 2)
    let arithmetic = ConvolutionArithmetic.tiles(parts: parts, isEmulated: true)
    for entry in [tileCases[1], tileCases[7], tileCases[16]] {
      let g = entry.geometry
      let x = random([entry.images, g.height, g.width, entry.inputs], 1), w = random(entry.weightShape, 2)
      let dy = random([entry.images, g.outputHeight, g.outputWidth, entry.outputs], 3)
      func all() -> [[Double]?] {
        [
          x.tileForward(w, bias: nil, g, arithmetic)?.doubles,
          dy.tileDataGradient(w, bias: nil, g.mode == .zero ? g : g.unpadded, arithmetic)?.doubles,
          x.tileWeightGradient(dy, g, arithmetic)?.doubles,
        ]
      }
      let spread = all()
      var alone: [[Double]?] = []
      ThreadPool.shared.run(2) { if $0 == 0 { alone = all() } }
      #expect(spread == alone)
      #expect(spread.allSatisfy { $0 != nil })
    }
  }

  /// The same numbers as on tiles, but for the order of sums, and that Winograd's filtering rounds sums of neighbours.
  @Test(arguments: [1, 2]) func roundingGivesTheSameNumbers(_ parts: Int) throws {
    for entry in [tileCases[1], tileCases[7], tileCases[16]] {
      let g = entry.geometry, zero = g.mode == .zero ? g : g.unpadded
      let x = random([entry.images, g.height, g.width, entry.inputs], 1), w = random(entry.weightShape, 2)
      let dy = random([entry.images, g.outputHeight, g.outputWidth, entry.outputs], 3)
      let rounded = ConvolutionArithmetic.rounded(parts: parts)
      try check(x.tileForward(w, bias: nil, g, rounded), x, w, parts, "forward", sums: 0x1p-19) {
        $0.convKernel($1, bias: nil, g)
      }
      try check(dy.tileDataGradient(w, bias: nil, zero, rounded), dy, w, parts, "data gradient", sums: 0x1p-19) {
        $0.convDataGradientKernel($1, zero)
      }
      try check(x.tileWeightGradient(dy, g, rounded), x, dy, parts, "weight gradient", sums: 0x1p-19) {
        $0.convWeightGradientKernel($1, g)
      }
    }
  }

  @Test func numbersThatAreNotFiniteStaySo() throws {
    let g = tileCases[0].geometry
    for parts in [1, 2] {
      for bad in [Float.nan, .infinity] {
        var values = [Float](repeating: 1, count: 32 * 32 * 32)
        values[(16 * 32 + 16) * 32] = bad
        let y = Tensor(values, [1, 32, 32, 32]).tileForward(
          random([3, 3, 32, 32], 2), bias: nil, g, .tiles(parts: parts, isEmulated: true))
        let found = try #require(y).doubles
        let seen = (0..<32 * 32).filter { pixel in (0..<32).contains { !found[pixel * 32 + $0].isFinite } }
        #expect(seen == (15...17).flatMap { y in (15...17).map { y * 32 + $0 } })
      }
    }
  }

  /// Linear layers, the bottom of a U-Net, Float64: no tiles.
  @Test func leavesTheRestToOthers() {
    let arithmetic = ConvolutionArithmetic.tiles(parts: 1, isEmulated: true)
    func computes(_ entry: TileCase, _ type: ElementType = .float32) -> Bool {
      let x = Tensor.zeros([entry.images, entry.height, entry.width, entry.inputs], type: type)
      return x.tileForward(Tensor.zeros(entry.weightShape, type: type), bias: nil, entry.geometry, arithmetic) != nil
    }
    #expect(!computes(TileCase(16, 1, 1, 256, 256, k: 1)))
    #expect(!computes(TileCase(1, 4, 4, 64, 64, k: 4, s: 2, p: 1)))
    #expect(!computes(TileCase(1, 32, 32, 3, 3, k: 3, p: 1)))
    #expect(!computes(tileCases[0], .float64))
    #expect(computes(tileCases[0]))
  }
}
