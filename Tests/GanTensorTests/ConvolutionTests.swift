import GanBase
import GanTestSupport
import Testing

@testable import GanTensor

/// A convolution by its definition, in Float64.
struct PlainConvolution {
  let g: ConvGeometry
  let images: Int, inputs: Int, outputs: Int

  /// Calls `body(x index or nil, w index, y index)` for every product.
  func forEachProduct(_ body: (Int?, Int, Int) -> Void) {
    for n in 0..<images {
      for oy in 0..<g.outputHeight {
        for ox in 0..<g.outputWidth {
          for ky in 0..<g.kernelHeight {
            for kx in 0..<g.kernelWidth {
              let y = g.mode.source(oy * g.stride + ky - g.padding, g.height)
              let x = g.mode.source(ox * g.stride + kx - g.padding, g.width)
              for i in 0..<inputs {
                var source: Int?
                if let y, let x { source = ((n * g.height + y) * g.width + x) * inputs + i }
                for o in 0..<outputs {
                  body(
                    source, ((ky * g.kernelWidth + kx) * inputs + i) * outputs + o,
                    ((n * g.outputHeight + oy) * g.outputWidth + ox) * outputs + o)
                }
              }
            }
          }
        }
      }
    }
  }
}

struct ConvCase: CustomTestStringConvertible, Sendable {
  let images: Int, height: Int, width: Int, inputs: Int, outputs: Int, kernel: Int, stride: Int, padding: Int
  var mode = PaddingMode.zero

  var testDescription: String {
    "\(inputs)->\(outputs) k\(kernel) s\(stride) p\(padding) \(mode) \(images)x\(height)x\(width)"
  }
}

let convCases: [ConvCase] = [
  ConvCase(images: 2, height: 20, width: 18, inputs: 5, outputs: 7, kernel: 3, stride: 1, padding: 1),
  ConvCase(images: 1, height: 21, width: 33, inputs: 4, outputs: 6, kernel: 4, stride: 2, padding: 1),
  ConvCase(images: 1, height: 20, width: 22, inputs: 6, outputs: 4, kernel: 3, stride: 2, padding: 1),
  ConvCase(images: 2, height: 17, width: 19, inputs: 3, outputs: 9, kernel: 7, stride: 1, padding: 3, mode: .reflect),
  ConvCase(images: 2, height: 18, width: 24, inputs: 16, outputs: 3, kernel: 7, stride: 1, padding: 3, mode: .reflect),
  ConvCase(images: 1, height: 18, width: 24, inputs: 3, outputs: 16, kernel: 7, stride: 1, padding: 3),
  ConvCase(images: 1, height: 20, width: 20, inputs: 5, outputs: 6, kernel: 3, stride: 1, padding: 1, mode: .replicate),
  ConvCase(images: 3, height: 4, width: 4, inputs: 70, outputs: 40, kernel: 4, stride: 2, padding: 1),
  ConvCase(images: 1, height: 2, width: 2, inputs: 64, outputs: 96, kernel: 4, stride: 2, padding: 1),
  ConvCase(images: 1, height: 30, width: 30, inputs: 20, outputs: 1, kernel: 4, stride: 1, padding: 1),
  ConvCase(images: 2, height: 20, width: 20, inputs: 8, outputs: 12, kernel: 1, stride: 1, padding: 0),
  ConvCase(images: 1, height: 40, width: 40, inputs: 40, outputs: 24, kernel: 3, stride: 1, padding: 1, mode: .reflect),
  ConvCase(images: 1, height: 23, width: 21, inputs: 3, outputs: 4, kernel: 2, stride: 3, padding: 0),
  ConvCase(images: 1, height: 37, width: 40, inputs: 3, outputs: 4, kernel: 1, stride: 2, padding: 0),
  ConvCase(images: 1, height: 9, width: 8, inputs: 3, outputs: 4, kernel: 5, stride: 1, padding: 2, mode: .reflect),
  ConvCase(images: 1, height: 36, width: 38, inputs: 3, outputs: 64, kernel: 4, stride: 2, padding: 1),
  ConvCase(images: 2, height: 35, width: 37, inputs: 6, outputs: 40, kernel: 4, stride: 2, padding: 0),
  ConvCase(images: 1, height: 34, width: 33, inputs: 4, outputs: 32, kernel: 6, stride: 2, padding: 2),
  ConvCase(images: 1, height: 37, width: 35, inputs: 1, outputs: 48, kernel: 4, stride: 2, padding: 2, mode: .reflect),
]

/// Minimal filtering: whole and cut tiles, odd panels, all borders, one and several pictures.
let winogradCases: [ConvCase] = [
  ConvCase(images: 1, height: 20, width: 20, inputs: 16, outputs: 32, kernel: 3, stride: 1, padding: 1),
  ConvCase(images: 3, height: 13, width: 11, inputs: 32, outputs: 48, kernel: 3, stride: 1, padding: 1, mode: .reflect),
  ConvCase(
    images: 1, height: 19, width: 23, inputs: 48, outputs: 16, kernel: 3, stride: 1, padding: 1, mode: .replicate),
  ConvCase(images: 2, height: 17, width: 18, inputs: 16, outputs: 16, kernel: 3, stride: 1, padding: 0),
  ConvCase(images: 1, height: 18, width: 17, inputs: 16, outputs: 16, kernel: 3, stride: 1, padding: 2),
  ConvCase(images: 2, height: 36, width: 38, inputs: 16, outputs: 32, kernel: 4, stride: 2, padding: 1),
  ConvCase(images: 1, height: 51, width: 53, inputs: 16, outputs: 16, kernel: 4, stride: 2, padding: 1, mode: .reflect),
  ConvCase(images: 1, height: 50, width: 53, inputs: 16, outputs: 16, kernel: 4, stride: 2, padding: 0),
  ConvCase(images: 1, height: 53, width: 50, inputs: 16, outputs: 32, kernel: 3, stride: 2, padding: 1),
  ConvCase(images: 1, height: 54, width: 51, inputs: 16, outputs: 16, kernel: 3, stride: 2, padding: 0),
  ConvCase(images: 1, height: 19, width: 20, inputs: 16, outputs: 16, kernel: 5, stride: 1, padding: 2, mode: .reflect),
  ConvCase(images: 1, height: 20, width: 21, inputs: 16, outputs: 32, kernel: 5, stride: 1, padding: 2),
  ConvCase(images: 2, height: 32, width: 30, inputs: 32, outputs: 16, kernel: 4, stride: 1, padding: 1),
  ConvCase(images: 1, height: 27, width: 28, inputs: 16, outputs: 48, kernel: 4, stride: 1, padding: 2),
  ConvCase(images: 1, height: 36, width: 34, inputs: 16, outputs: 32, kernel: 6, stride: 2, padding: 2),
  ConvCase(images: 2, height: 33, width: 32, inputs: 32, outputs: 16, kernel: 6, stride: 2, padding: 4),
  ConvCase(images: 1, height: 38, width: 37, inputs: 16, outputs: 16, kernel: 6, stride: 2, padding: 3, mode: .reflect),
  // Channels to be filled up.
  ConvCase(images: 2, height: 18, width: 17, inputs: 40, outputs: 42, kernel: 3, stride: 1, padding: 1, mode: .reflect),
  ConvCase(images: 1, height: 53, width: 50, inputs: 32, outputs: 72, kernel: 4, stride: 2, padding: 1),
  // Enough pixels for wide tiles.
  ConvCase(images: 1, height: 41, width: 38, inputs: 16, outputs: 48, kernel: 3, stride: 1, padding: 1, mode: .reflect),
  ConvCase(images: 2, height: 24, width: 26, inputs: 32, outputs: 16, kernel: 3, stride: 1, padding: 0),
  ConvCase(
    images: 1, height: 35, width: 36, inputs: 16, outputs: 16, kernel: 5, stride: 1, padding: 2, mode: .replicate),
  ConvCase(images: 1, height: 66, width: 67, inputs: 16, outputs: 32, kernel: 6, stride: 2, padding: 4),
  ConvCase(images: 1, height: 40, width: 41, inputs: 44, outputs: 31, kernel: 3, stride: 1, padding: 1),
]

/// A convolution and both of its gradients.
private struct Passes {
  let forward: [Double], dataGradient: [Double], weightGradient: [Double]

  init(_ x: Tensor, _ w: Tensor, _ dy: Tensor, _ g: ConvGeometry) {
    forward = ConvKernels.forward(picture: x, weight: w, g).doubles
    dataGradient = ConvKernels.dataGradient(gradient: dy, weight: w, g).doubles
    weightGradient = ConvKernels.weightGradient(picture: x, gradient: dy, g).doubles
  }

  /// By the definition.
  init(_ entry: ConvCase, x: [Double], w: [Double], dy: [Double], _ g: ConvGeometry) {
    let plain = PlainConvolution(g: g, images: entry.images, inputs: entry.inputs, outputs: entry.outputs)
    func zeros(_ count: Int) -> [Double] { [Double](repeating: 0, count: count) }
    var y = zeros(dy.count), dx = zeros(x.count), dw = zeros(w.count)
    plain.forEachProduct { source, weight, target in
      guard let source else { return }
      y[target] += x[source] * w[weight]
      dx[source] += dy[target] * w[weight]
      dw[weight] += x[source] * dy[target]
    }
    (forward, dataGradient, weightGradient) = (y, dx, dw)
  }

  func expectClose(
    to expected: Passes, ofLargest: Double, ofSize: Double = 0, sizes: Passes? = nil, _ what: String
  ) {
    let passes: [(String, KeyPath<Passes, [Double]>)] = [
      ("forward", \.forward), ("data gradient", \.dataGradient), ("weight gradient", \.weightGradient),
    ]
    for (name, pass) in passes {
      GanTestSupport.expectClose(
        self[keyPath: pass], expected[keyPath: pass], ofLargest: ofLargest,
        each: (sizes?[keyPath: pass] ?? []).map { ofSize * $0 }, "\(name), \(what)")
    }
  }
}

/// A case with its numbers, all of them exact in fp32.
private struct ConvNumbers {
  let g: ConvGeometry
  let x: [Double], w: [Double], dy: [Double]
  private let xShape: Shape, wShape: Shape, dyShape: Shape

  init(_ entry: ConvCase) {
    xShape = [entry.images, entry.height, entry.width, entry.inputs]
    wShape = [entry.kernel, entry.kernel, entry.inputs, entry.outputs]
    g = ConvGeometry(
      input: xShape, weight: wShape, stride: entry.stride, padding: entry.padding, mode: entry.mode)
    dyShape = [entry.images, g.outputHeight, g.outputWidth, entry.outputs]
    (x, w, dy) = (Self.random(xShape.count, 1), Self.random(wShape.count, 2), Self.random(dyShape.count, 3))
  }

  private static func random(_ count: Int, _ seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed)
    return (0..<count).map { _ in Double(stream.uniform(-1, 1)) }
  }

  func tensors(_ type: ElementType) -> (x: Tensor, w: Tensor, dy: Tensor) {
    (Tensor(x, xShape, type: type), Tensor(w, wShape, type: type), Tensor(dy, dyShape, type: type))
  }

  /// By the engine.
  func passes(_ type: ElementType) -> Passes {
    let t = tensors(type)
    return Passes(t.x, t.w, t.dy, g)
  }

  /// The sums of the products' sizes.
  var sizes: Passes {
    func size(_ values: [Double], _ shape: Shape) -> Tensor { Tensor(values.map(abs), shape, type: .float64) }
    return Passes(size(x, xShape), size(w, wShape), size(dy, dyShape), g)
  }

  /// Compares the engine in fp32 with `expected` in every arithmetic.
  func expectAllClose(to expected: Passes, check: (ArithmeticCase) -> Void = { _ in }) {
    let sizes = sizes
    for entry in ArithmeticCase.all {
      entry {
        check(entry)
        let bound = entry.bound
        passes(.float32).expectClose(
          to: expected, ofLargest: bound.ofLargest, ofSize: bound.ofSize, sizes: sizes, entry.testDescription)
      }
    }
  }
}

@Suite struct ConvolutionTests {
  @Test(arguments: convCases) func matchesTheDefinition(_ entry: ConvCase) {
    ThreadPool.shared.start(threads: 2)
    let numbers = ConvNumbers(entry)
    let expected = Passes(entry, x: numbers.x, w: numbers.w, dy: numbers.dy, numbers.g)
    numbers.passes(.float64).expectClose(to: expected, ofLargest: 1e-14, "Float64")
    numbers.expectAllClose(to: expected)
  }

  /// The reference is the engine in Float64, which the test above compares with the definition.
  @Test(arguments: winogradCases) func filteredAndTiledMatchFloat64(_ entry: ConvCase) {
    ThreadPool.shared.start(threads: 2)
    let numbers = ConvNumbers(entry)
    let problem = ConvProblem(
      .forward, numbers.g, images: entry.images, inputs: entry.inputs, outputs: entry.outputs)
    numbers.expectAllClose(to: numbers.passes(.float64)) { entry in
      switch (entry.arithmetic, ConvChoice.current(for: problem)) {
      case (.single, .winograd), (.wideTiles, .winograd), (.tiles, .tiles), (.rounded, .rounded): break
      case (let arithmetic, let algorithm): Issue.record("\(arithmetic) by \(algorithm)")
      }
    }
  }
}
