import GanBase
import GanTestSupport
import Testing

@testable import GanTensor

/// Joined to the table of `GradientTests`.
let mixingGradientCases: [GradientCase] = [[2, 4, 6, 2], [1, 5, 3, 3], [1, 2, 2, 1], [2, 7, 4, 1]].flatMap {
  (shape: Shape) in
  [
    GradientCase("smooth halving of \(shape)", [shape]) { $0[0].squared().smoothlyHalved().squared() },
    GradientCase("bilinear doubling of \(shape)", [shape]) { $0[0].squared().bilinearlyDoubled().squared() },
  ]
}

@Suite struct AxisMixingTests {
  static let shapes: [Shape] = [
    [1, 2, 2, 1], [1, 2, 3, 2], [2, 5, 4, 3], [1, 7, 9, 16], [2, 6, 8, 33], [1, 64, 66, 70],
  ]

  private func picture(_ shape: Shape) -> Tensor {
    var random = RandomStream(seed: 8)
    return Tensor((0..<shape.count).map { _ in Double(random.uniform(-1, 1)) }, shape)
  }

  /// A plain depthwise convolution with the kernel `line` x `line`, of the picture with a border of one pixel.
  private func halved(_ x: Tensor) -> [Double] {
    let values = x.doubles, (n, h, w, c) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let line = [0.25, 0.5, 0.25]
    func mirrored(_ i: Int, _ size: Int) -> Int { i < 0 ? -i : i >= size ? 2 * size - 2 - i : i }
    var result: [Double] = []
    for image in 0..<n {
      for y in stride(from: 0, to: h, by: 2) {
        for x in stride(from: 0, to: w, by: 2) {
          for channel in 0..<c {
            var sum = 0.0
            for dy in 0..<3 {
              for dx in 0..<3 {
                let (row, column) = (mirrored(y + dy - 1, h), mirrored(x + dx - 1, w))
                sum += line[dy] * line[dx] * values[((image * h + row) * w + column) * c + channel]
              }
            }
            result.append(sum)
          }
        }
      }
    }
    return result
  }

  /// A plain depthwise transposed convolution with the kernel [1 3 3 1]/4 and stride 2 of the picture with its outermost
  /// pixels repeated, its border cut, as the official program writes it.
  private func doubled(_ x: Tensor) -> [Double] {
    let values = x.doubles, (n, h, w, c) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let line = [0.25, 0.75, 0.75, 0.25]
    var result = [Double](repeating: 0, count: 4 * values.count)
    for image in 0..<n {
      for y in -1...h {
        for x in -1...w {
          let (row, column) = (min(max(y, 0), h - 1), min(max(x, 0), w - 1))
          for dy in 0..<4 {
            for dx in 0..<4 {
              let (toRow, toColumn) = (2 * y + dy - 1, 2 * x + dx - 1)
              guard (0..<2 * h).contains(toRow), (0..<2 * w).contains(toColumn) else { continue }
              for channel in 0..<c {
                result[((image * 2 * h + toRow) * 2 * w + toColumn) * c + channel] +=
                  line[dy] * line[dx] * values[((image * h + row) * w + column) * c + channel]
              }
            }
          }
        }
      }
    }
    return result
  }

  @Test(arguments: shapes) func equalsThePlainFilters(_ shape: Shape) {
    let x = picture(shape)
    #expect(x.smoothlyHalved().shape == [shape[0], (shape[1] + 1) / 2, (shape[2] + 1) / 2, shape[3]])
    #expect(x.bilinearlyDoubled().shape == [shape[0], 2 * shape[1], 2 * shape[2], shape[3]])
    expectClose(x.smoothlyHalved().doubles, halved(x), absolute: 1e-15)
    expectClose(x.bilinearlyDoubled().doubles, doubled(x), absolute: 1e-15)
    let single = x.converted(to: .float32)
    expectClose(single.smoothlyHalved().doubles, halved(x), absolute: 3e-7)
    expectClose(single.bilinearlyDoubled().doubles, doubled(x), absolute: 3e-7)
  }

  /// `<Ax, y> = <x, A*y>`, in both precisions and with more than one block of rows.
  @Test(arguments: shapes) func gradientsAreAdjoint(_ shape: Shape) throws {
    for type in [ElementType.float32, .float64] {
      let x = picture(shape).converted(to: type).variable()
      for y in [x.smoothlyHalved(), x.bilinearlyDoubled()] {
        let other = picture(y.shape).converted(to: type)
        let product = (y * other).sum()
        let gradient = try #require(try gradients(of: [product], withRespectTo: [x])[0])
        let same = zip(x.doubles, gradient.doubles).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(product.item - same) < (type == .float32 ? 1e-3 : 1e-9))
      }
    }
  }

  /// A constant picture stays what it is, up to the border; a gradient is shared out completely.
  @Test func weightsSumToOne() throws {
    let x = Tensor(repeating: 3, [1, 5, 6, 2], type: .float64).variable()
    #expect(Set(x.smoothlyHalved().doubles) == [3])
    #expect(Set(x.bilinearlyDoubled().doubles) == [3])
    let gradient = try #require(try gradients(of: [x.smoothlyHalved().sum()], withRespectTo: [x])[0])
    #expect(abs(gradient.sum().item - 18) < 1e-12)
  }
}
