import GanBase
import GanTestSupport
import Testing

@testable import GanTensor

/// Joined to the table of `GradientTests`.
let upsamplingGradientCases: [GradientCase] = PaddingMode.allCases.flatMap { mode in
  [3, 5].map { kernel in
    GradientCase(
      "convolution of an upsampled picture, k\(kernel) \(mode)", [[2, 3, 4, 2], [kernel, kernel, 2, 2], [2]]
    ) {
      $0[0].squared().upsampledConvolved($0[1], bias: $0[2], mode: mode).squared()
    }
  }
}

@Suite struct UpsampledConvolutionTests {
  struct Case: CustomTestStringConvertible {
    let kernel: Int, mode: PaddingMode
    /// `[N,H,W,I]` and outputs.
    let picture: Shape, outputs: Int

    var testDescription: String { "k\(kernel) \(mode) \(picture)->\(outputs)" }
  }

  static let cases: [Case] = PaddingMode.allCases.flatMap { mode in
    [1, 3, 5, 7].flatMap { kernel in
      [
        Case(kernel: kernel, mode: mode, picture: [2, 4, 5, 3], outputs: 4),
        // Enough channels and pixels for minimal filtering.
        Case(kernel: kernel, mode: mode, picture: [1, 17, 18, 16], outputs: 32),
      ]
    }
  }

  /// Forward and gradients, against the same in two operations in Float64.
  @Test(arguments: cases, [ElementType.float32, .float64]) func equalsUpsamplingFirst(
    _ entry: Case, _ type: ElementType
  ) throws {
    var random = RandomStream(seed: 7)
    let k = entry.kernel, inputs = entry.picture[3]
    let drawn = [entry.picture, [k, k, inputs, entry.outputs], [entry.outputs]].map {
      Tensor.uniform($0, from: &random)
    }
    func run(_ type: ElementType, _ body: ([Tensor]) -> Tensor) throws -> [Tensor] {
      let values = drawn.map { Tensor($0.doubles, $0.shape, type: type).variable() }
      let y = body(values)
      return [y] + (try gradients(of: [y.squared().sum()], withRespectTo: values)).compactMap { $0 }
    }
    let found = try run(type) { $0[0].upsampledConvolved($0[1], bias: $0[2], mode: entry.mode) }
    let expected = try run(.float64) {
      $0[0].upsampledTwice().convolved($0[1], bias: $0[2], padding: k / 2, mode: entry.mode)
    }
    #expect(found.count == 4 && expected.count == 4)
    for (index, (found, expected)) in zip(found, expected).enumerated() {
      expectClose(found, expected, ofLargest: type == .float32 ? 3e-6 : 1e-14, "result \(index)")
    }
  }
}
