import GanBase
import GanTestSupport
import Testing

@testable import GanTensor

/// Joined to the table of `GradientTests`.
let poolingGradientCases: [GradientCase] = [
  GradientCase("average pooling 3x3 stride 2", [[2, 5, 6, 2]]) {
    $0[0].squared().averagePooled(kernel: 3, stride: 2, padding: 1)
  },
  GradientCase("average pooling with gaps", [[1, 7, 5, 2]]) { $0[0].squared().averagePooled(kernel: 2, stride: 3) },
  GradientCase("upsampling", [[2, 3, 2, 3]]) { $0[0].squared().upsampledTwice().squared() },
  GradientCase("max pooling", [[2, 5, 6, 2]]) { $0[0].maxPooledTwice().squared() },
  GradientCase("layer norm, unbiased deviation", [[2, 3, 2, 3], [3], [3]]) { inputs in
    inputs[0].normalized(.sample, slope: 0.2, parameters: [inputs[1], inputs[2]]) { moments, parameters in
      let mean = moments.mean.mean(over: [1])
      let variance = (moments.variance + (moments.mean - mean).squared()).mean(over: [1])
      let scale = ((variance * (18.0 / 17)).squareRoot() + 1e-5).reciprocal() * parameters[0]
      return (scale, (moments.mean - mean) * scale + parameters[1])
    }
  },
  GradientCase("adaptive instance norm", [[2, 3, 2, 3], [2, 3], [2, 3]]) { inputs in
    inputs[0].normalized(.sample, slope: 0, parameters: [inputs[1], inputs[2]]) { moments, style in
      ((moments.variance + 1e-5).squareRoot().reciprocal() * style[0], style[1])
    }
  },
]

@Suite struct PoolingTests {
  /// `[1,3,4,1]`: 1 to 12 row by row.
  private let x = Tensor((1...12).map { Float($0) }, [1, 3, 4, 1])

  @Test func borderWindowsAverageRealPixels() {
    let y = x.averagePooled(kernel: 3, stride: 2, padding: 1)
    #expect(y.shape == [1, 2, 2, 1])
    // Windows of 2x2 and 2x3 pixels.
    #expect(y.floats == [3.5, 5, 7.5, 9])
  }

  @Test func poolingRoundsDown() {
    #expect(x.averagePooled(kernel: 2, stride: 2).floats == [3.5, 5.5])
    #expect(x.maxPooledTwice().floats == [6, 8])
  }

  @Test func upsamplingRepeatsPixels() {
    let y = Tensor([1, 10, 2, 20] as [Float], [1, 1, 2, 2]).upsampledTwice()
    #expect(y.shape == [1, 2, 4, 2])
    #expect(y.floats == [1, 10, 1, 10, 2, 20, 2, 20, 1, 10, 1, 10, 2, 20, 2, 20])
  }

  @Test func maxPoolingGivesTheFirstOfEqualOnesTheGradient() throws {
    let x = Tensor([5, 5, 5, 5, 1, 2] as [Float], [1, 2, 3, 1]).variable()
    let found = try gradients(of: [x.maxPooledTwice().sum()], withRespectTo: [x])
    #expect(found[0]?.floats == [1, 0, 0, 0, 0, 0])
  }

  /// Both precisions, several pictures and more than one block of rows.
  @Test func precisionsAgree() {
    var random = RandomStream(seed: 4)
    let x = Tensor.uniform([2, 150, 130, 3], from: &random)
    let operations: [(Tensor) -> Tensor] = [
      { $0.averagePooled(kernel: 3, stride: 2, padding: 1) }, { $0.upsampledTwice() }, { $0.maxPooledTwice() },
    ]
    for operation in operations {
      expectClose(operation(x), operation(x.converted(to: .float64)), ofLargest: 1e-6)
    }
  }
}
