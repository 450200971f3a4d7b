import GanBase
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
  ConvCase(images: 1, height: 19, width: 23, inputs: 48, outputs: 16, kernel: 3, stride: 1, padding: 1, mode: .replicate),
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
  ConvCase(images: 1, height: 35, width: 36, inputs: 16, outputs: 16, kernel: 5, stride: 1, padding: 2, mode: .replicate),
  ConvCase(images: 1, height: 66, width: 67, inputs: 16, outputs: 32, kernel: 6, stride: 2, padding: 4),
  ConvCase(images: 1, height: 40, width: 41, inputs: 44, outputs: 31, kernel: 3, stride: 1, padding: 1),
]

@Suite struct ConvolutionTests {
  private func random(_ count: Int, _ seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed)
    return (0..<count).map { _ in Double(stream.uniform(-1, 1)) }
  }

  private func expectClose(_ found: Tensor, _ expected: [Double], _ tolerance: Double, _ what: String) {
    let scale = expected.map(abs).max() ?? 1
    let error = zip(found.doubles, expected).map { abs($0 - $1) }.max() ?? 0
    #expect(error <= tolerance * scale, "\(what): \(error) of \(scale)")
  }

  @Test(arguments: convCases, [ElementType.float32, .float64]) func matchesTheDefinition(
    _ entry: ConvCase, _ type: ElementType
  ) {
    ThreadPool.shared.start(threads: 2)
    let weightShape: Shape = [entry.kernel, entry.kernel, entry.inputs, entry.outputs]
    let g = ConvGeometry(
      input: [entry.images, entry.height, entry.width, entry.inputs], weight: weightShape, stride: entry.stride,
      padding: entry.padding, mode: entry.mode)
    let plain = PlainConvolution(g: g, images: entry.images, inputs: entry.inputs, outputs: entry.outputs)
    let x = random(entry.images * g.height * g.width * entry.inputs, 1), w = random(weightShape.count, 2)
    let dy = random(entry.images * g.outputHeight * g.outputWidth * entry.outputs, 3)
    var y = [Double](repeating: 0, count: dy.count), dx = [Double](repeating: 0, count: x.count), dw = [Double](repeating: 0, count: w.count)
    plain.forEachProduct { source, weight, target in
      guard let source else { return }
      y[target] += x[source] * w[weight]
      dx[source] += dy[target] * w[weight]
      dw[weight] += x[source] * dy[target]
    }
    let xt = Tensor(x, [entry.images, g.height, g.width, entry.inputs], type: type)
    let wt = Tensor(w, weightShape, type: type)
    let dyt = Tensor(dy, [entry.images, g.outputHeight, g.outputWidth, entry.outputs], type: type)
    let tolerance = type == .float32 ? 2e-6 : 1e-14
    expectClose(xt.convKernel(wt, bias: nil, g), y, tolerance, "forward")
    expectClose(dyt.convDataGradientKernel(wt, g), dx, tolerance, "data gradient")
    expectClose(xt.convWeightGradientKernel(dyt, g), dw, tolerance, "weight gradient")
  }

  /// The reference is the engine in Float64, which the test above compares with the definition.
  @Test(arguments: winogradCases, [Precision.highest, .high]) func winogradMatchesFloat64(
    _ entry: ConvCase, _ precision: Precision
  ) {
    ThreadPool.shared.start(threads: 2)
    let xShape: Shape = [entry.images, entry.height, entry.width, entry.inputs]
    let wShape: Shape = [entry.kernel, entry.kernel, entry.inputs, entry.outputs]
    let g = ConvGeometry(
      input: xShape, weight: wShape, stride: entry.stride, padding: entry.padding, mode: entry.mode)
    let dyShape: Shape = [entry.images, g.outputHeight, g.outputWidth, entry.outputs]
    let x = random(xShape.count, 1), w = random(wShape.count, 2), dy = random(dyShape.count, 3)
    func tensors(_ type: ElementType) -> (Tensor, Tensor, Tensor) {
      (Tensor(x, xShape, type: type), Tensor(w, wShape, type: type), Tensor(dy, dyShape, type: type))
    }
    let (x64, w64, dy64) = tensors(.float64), (x32, w32, dy32) = tensors(.float32)
    let tolerance = precision == .highest ? 2e-6 : 5e-6
    Precision.with(precision) {
      #expect(x32.winogradForward(w32, bias: nil, g) != nil, "not filtered at all")
      expectClose(x32.convKernel(w32, bias: nil, g), x64.convKernel(w64, bias: nil, g).doubles, tolerance, "forward")
      expectClose(
        dy32.convDataGradientKernel(w32, g), dy64.convDataGradientKernel(w64, g).doubles, tolerance, "data gradient")
      expectClose(
        x32.convWeightGradientKernel(dy32, g), x64.convWeightGradientKernel(dy64, g).doubles, tolerance,
        "weight gradient")
    }
  }
}
