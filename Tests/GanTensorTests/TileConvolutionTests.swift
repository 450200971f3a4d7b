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
    try check(forward(x, w, g, arithmetic), x, w, parts, "forward") {
      ConvKernels.forward(picture: $0, weight: $1, g)
    }
    let zero = g.mode == .zero ? g : g.unpadded
    try check(dataGradient(dy, w, zero, arithmetic), dy, w, parts, "data gradient") {
      ConvKernels.dataGradient(gradient: $0, weight: $1, zero)
    }
    try check(weightGradient(x, dy, g, arithmetic), x, dy, parts, "weight gradient") {
      ConvKernels.weightGradient(picture: $0, gradient: $1, g)
    }
  }

  @Test func addsTheBias() throws {
    let g = tileCases[0].geometry, arithmetic = ConvolutionArithmetic.tiles(parts: 1, isEmulated: true)
    let x = random([1, 32, 32, 32], 1), w = random([3, 3, 32, 32], 2), bias = random([32], 3)
    for (plain, biased) in [
      (forward(x, w, g, arithmetic), forward(x, w, bias: bias, g, arithmetic)),
      (dataGradient(x, w, g, arithmetic), dataGradient(x, w, bias: bias, g, arithmetic)),
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
          forward(x, w, g, arithmetic)?.doubles,
          dataGradient(dy, w, g.mode == .zero ? g : g.unpadded, arithmetic)?.doubles,
          weightGradient(x, dy, g, arithmetic)?.doubles,
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
      try check(forward(x, w, g, rounded), x, w, parts, "forward", sums: 0x1p-19) {
        ConvKernels.forward(picture: $0, weight: $1, g)
      }
      try check(dataGradient(dy, w, zero, rounded), dy, w, parts, "data gradient", sums: 0x1p-19) {
        ConvKernels.dataGradient(gradient: $0, weight: $1, zero)
      }
      try check(weightGradient(x, dy, g, rounded), x, dy, parts, "weight gradient", sums: 0x1p-19) {
        ConvKernels.weightGradient(picture: $0, gradient: $1, g)
      }
    }
  }

  @Test func numbersThatAreNotFiniteStaySo() throws {
    let g = tileCases[0].geometry
    for parts in [1, 2] {
      for bad in [Float.nan, .infinity] {
        var values = [Float](repeating: 1, count: 32 * 32 * 32)
        values[(16 * 32 + 16) * 32] = bad
        let y = forward(
          Tensor(values, [1, 32, 32, 32]), random([3, 3, 32, 32], 2), g, .tiles(parts: parts, isEmulated: true))
        let found = try #require(y).doubles
        let seen = (0..<32 * 32).filter { pixel in (0..<32).contains { !found[pixel * 32 + $0].isFinite } }
        #expect(seen == (15...17).flatMap { y in (15...17).map { y * 32 + $0 } })
      }
    }
  }
}

/// The convolution where its factors are in bf16, else nil; likewise its gradients.
private func forward(
  _ x: Tensor, _ w: Tensor, bias: Tensor? = nil, _ g: ConvGeometry, _ arithmetic: ConvolutionArithmetic
) -> Tensor? {
  let problem = ConvProblem(
    .forward, g, images: x.shape[0], inputs: w.shape[2], outputs: w.shape[3], type: x.type)
  guard isInParts(problem, arithmetic) else { return nil }
  return ConvKernels.forward(picture: x, weight: w, bias: bias, g, arithmetic)
}

private func dataGradient(
  _ dy: Tensor, _ w: Tensor, bias: Tensor? = nil, _ g: ConvGeometry, _ arithmetic: ConvolutionArithmetic
) -> Tensor? {
  let problem = ConvProblem(
    .dataGradient, g, images: dy.shape[0], inputs: w.shape[2], outputs: w.shape[3], type: dy.type)
  guard isInParts(problem, arithmetic) else { return nil }
  return ConvKernels.dataGradient(gradient: dy, weight: w, bias: bias, g, arithmetic)
}

private func weightGradient(
  _ x: Tensor, _ dy: Tensor, _ g: ConvGeometry, _ arithmetic: ConvolutionArithmetic
) -> Tensor? {
  let problem = ConvProblem(
    .weightGradient, g, images: x.shape[0], inputs: x.shape[3], outputs: dy.shape[3], type: x.type)
  guard isInParts(problem, arithmetic) else { return nil }
  return ConvKernels.weightGradient(picture: x, gradient: dy, g, arithmetic)
}

private func isInParts(_ problem: ConvProblem, _ arithmetic: ConvolutionArithmetic) -> Bool {
  switch (ConvChoice.algorithm(for: problem, arithmetic), arithmetic) {
  case (.tiles(let found, let foundEmulated), .tiles(let parts, let isEmulated)):
    found == parts && foundEmulated == isEmulated
  case (.rounded(let found, _), .rounded(let parts)): found == parts
  default: false
  }
}
