import GanBase
import GanTestSupport
import Testing

@testable import GanTensor

/// One operation with inputs; its gradients are compared with central differences in Float64.
struct GradientCase: CustomTestStringConvertible, @unchecked Sendable {
  let name: String
  let shapes: [Shape]
  let function: ([Tensor]) -> Tensor
  var positive = false
  var secondOrder = true

  var testDescription: String { name }

  init(
    _ name: String, _ shapes: [Shape], positive: Bool = false, secondOrder: Bool = true,
    _ function: @escaping ([Tensor]) -> Tensor
  ) {
    (self.name, self.shapes, self.positive, self.secondOrder) = (name, shapes, positive, secondOrder)
    self.function = function
  }

  func inputs() -> [Tensor] {
    var random = RandomStream(seed: 11)
    return shapes.map { shape in
      // Away from the kinks of abs and ReLU at 0.
      Tensor(
        (0..<shape.count).map { _ in
          let value = Double(random.uniform(0.2, 1.4))
          return positive || random.uniform() < 0.5 ? value : -value
        }, shape)
    }
  }
}

let gradientCases: [GradientCase] = [
  GradientCase("add broadcast", [[2, 3, 4], [3, 1]]) { $0[0] + $0[1] },
  GradientCase("subtract", [[2, 3], [2, 1]]) { $0[0] - $0[1] },
  GradientCase("multiply broadcast", [[2, 3, 4], [4]]) { $0[0] * $0[1] },
  GradientCase("divide", [[2, 3, 4], [2, 1, 4]], positive: true) { $0[0] / $0[1] },
  GradientCase("scalar arithmetic", [[3, 4]]) { 2 - ($0[0] * 3 + 1) / 4 },
  GradientCase("exp", [[5]]) { $0[0].exp() },
  GradientCase("log", [[5]], positive: true) { $0[0].log() },
  GradientCase("square root", [[5]], positive: true) { $0[0].squareRoot() },
  GradientCase("square", [[5]]) { $0[0].squared() },
  GradientCase("reciprocal", [[5]], positive: true) { $0[0].reciprocal() },
  GradientCase("abs", [[6]]) { $0[0].abs() * $0[0].squared() },
  GradientCase("leaky relu", [[6]]) { $0[0].leakyReLU(slope: 0.2).squared() },
  GradientCase("relu", [[6]]) { $0[0].relu() * $0[0] },
  GradientCase("tanh", [[6]]) { $0[0].tanh() },
  GradientCase("sigmoid", [[6]]) { $0[0].sigmoid() },
  GradientCase("softplus", [[6]]) { $0[0].softplus() },
  GradientCase("sum", [[2, 3]]) { $0[0].squared().sum() },
  GradientCase("sum over axes", [[2, 3, 4, 5]]) { $0[0].squared().sum(over: [0, 2]) },
  GradientCase("mean over axes", [[2, 3, 4, 5]]) { $0[0].squared().mean(over: [1, 2]) },
  GradientCase("broadcast", [[2, 1, 3]]) { $0[0].squared().broadcast(to: [4, 2, 5, 3]) },
  GradientCase("reshape and permute", [[2, 3, 4]]) { $0[0].squared().permuted([2, 0, 1]).reshaped(to: [8, 3]) },
  GradientCase("slice", [[3, 5, 2]]) { $0[0].squared().sliced(1..<4, axis: 1) },
  GradientCase("join a vector", [[2, 2, 3, 4], [2, 3]]) { $0[0].squared().joined(with: $0[1].squared()) },
  GradientCase("concatenate", [[2, 1, 3], [2, 4, 3]]) { Tensor.concatenated([$0[1], $0[0].squared()], axis: 1) },
  GradientCase("matmul", [[3, 4], [4, 2]]) { $0[0].matmul($0[1]) },
  GradientCase("matmul, both transposed", [[4, 3], [2, 4]]) {
    $0[0].matmul($0[1], transposeSelf: true, transposeOther: true)
  },
  GradientCase("convolution 3x3", [[2, 5, 6, 2], [3, 3, 2, 3], [3]]) {
    $0[0].convolved($0[1], bias: $0[2], padding: 1)
  },
  GradientCase("convolution 4x4 stride 2", [[1, 7, 6, 2], [4, 4, 2, 3]]) {
    $0[0].convolved($0[1], stride: 2, padding: 1)
  },
  GradientCase("convolution, reflect", [[1, 6, 5, 2], [3, 3, 2, 2]]) {
    $0[0].convolved($0[1], padding: 2, mode: .reflect)
  },
  GradientCase("convolution, replicate, stride 2", [[1, 6, 5, 2], [3, 3, 2, 2]]) {
    $0[0].convolved($0[1], stride: 2, padding: 1, mode: .replicate)
  },
  GradientCase("transposed convolution", [[1, 3, 4, 3], [3, 3, 2, 3], [2]]) {
    $0[0].transposeConvolved($0[1], bias: $0[2], stride: 2, padding: 1, outputPadding: 1)
  },
  GradientCase("few output channels", [[1, 4, 16, 24], [3, 3, 24, 2]], secondOrder: false) {
    $0[0].convolved($0[1], padding: 1, mode: .reflect)
  },
  GradientCase("batch norm, leaky relu", [[2, 3, 2, 3], [3], [3]]) { inputs in
    inputs[0].normalized(.batch, slope: 0.3, parameters: [inputs[1], inputs[2]]) { moments, parameters in
      ((moments.variance + 1e-5).squareRoot().reciprocal() * parameters[0], parameters[1])
    }
  },
  GradientCase("instance norm, relu, residual", [[2, 3, 2, 3], [2, 3, 2, 3]]) { inputs in
    inputs[0].normalized(.sample, slope: 0, residual: inputs[1]) { moments, _ in
      ((moments.variance + 1e-5).squareRoot().reciprocal(), Tensor.zeros([3], type: .float64))
    }
  },
  GradientCase("layer norm from channel moments", [[2, 3, 2, 3], [3]]) { inputs in
    inputs[0].normalized(.sample, parameters: [inputs[1]]) { moments, parameters in
      let mean = moments.mean.mean(over: [1])
      let variance = (moments.variance + (moments.mean - mean).squared()).mean(over: [1])
      let scale = (variance + 1e-5).squareRoot().reciprocal() * parameters[0]
      return (scale, (moments.mean - mean) * scale)
    }
  },
]

let allGradientCases =
  gradientCases + attentionGradientCases + poolingGradientCases + upsamplingGradientCases + mixingGradientCases
  + placementGradientCases + regionGradientCases

@Suite struct GradientTests {
  /// The scalar whose derivatives are taken: a fixed random combination of the results.
  private func objective(_ result: Tensor) -> Tensor {
    var random = RandomStream(seed: 5)
    let weights = Tensor((0..<result.count).map { _ in Double(random.uniform(-1, 1)) }, result.shape)
    return (result * weights).sum()
  }

  private func numeric(_ inputs: [Tensor], _ index: Int, _ value: ([Tensor]) -> Double) -> [Double] {
    let base = inputs[index].doubles, step = 1e-5
    return base.indices.map { position in
      let values = [step, -step].map { delta -> Double in
        var moved = base
        moved[position] += delta
        var arguments = inputs
        arguments[index] = Tensor(moved, inputs[index].shape)
        return value(arguments)
      }
      return (values[0] - values[1]) / (2 * step)
    }
  }

  /// Of the largest derivative, and of 1e-3 where all are smaller.
  private func expectEqual(_ analytic: [Double], _ numeric: [Double], _ what: String) {
    expectClose(analytic, numeric, absolute: 2e-10, ofLargest: 2e-7, what)
  }

  @Test(arguments: allGradientCases) func firstOrder(_ entry: GradientCase) throws {
    let inputs = entry.inputs()
    let variables = inputs.map { $0.variable() }
    let found = try gradients(of: [objective(entry.function(variables))], withRespectTo: variables)
    for (index, gradient) in found.enumerated() {
      let expected = numeric(inputs, index) { objective(entry.function($0)).item }
      expectEqual(try #require(gradient).doubles, expected, "input \(index)")
    }
  }

  /// The gradient of a combination of first gradients, as a gradient penalty needs it.
  @Test(arguments: allGradientCases.filter(\.secondOrder)) func secondOrder(_ entry: GradientCase) throws {
    func gradientNorm(_ variables: [Tensor]) throws -> Tensor {
      let first = try gradients(
        of: [objective(entry.function(variables))], withRespectTo: variables, createGraph: true)
      return first.compactMap { $0?.squared().sum() }.reduce(Tensor(repeating: 0, [], type: .float64), +)
    }
    let inputs = entry.inputs()
    let variables = inputs.map { $0.variable() }
    let found = try gradients(of: [try gradientNorm(variables)], withRespectTo: variables)
    for (index, gradient) in found.enumerated() {
      let expected = numeric(inputs, index) { arguments in
        (try? gradientNorm(arguments.map { $0.variable() }).item) ?? .nan
      }
      let zeros = [Double](repeating: 0, count: inputs[index].count)
      expectEqual(gradient?.doubles ?? zeros, expected, "input \(index)")
    }
  }

  @Test func overwrittenTensorIsAnError() throws {
    let weight = Tensor([1, 2] as [Float], [2]).variable()
    let loss = (weight * weight).sum()
    weight.assign(Tensor([3, 4] as [Float], [2]))
    #expect(throws: GanError.self) { try gradients(of: [loss], withRespectTo: [weight]) }
  }

  @Test func freedGraphIsAnError() throws {
    let weight = Tensor([1, 2] as [Float], [2]).variable()
    let loss = (weight * weight).sum()
    #expect(try gradients(of: [loss], withRespectTo: [weight])[0]?.floats == [2, 4])
    #expect(throws: GanError.self) { try gradients(of: [loss], withRespectTo: [weight]) }
  }

  @Test func onlyWantedPathsAreWalked() throws {
    let x = Tensor([1, 2] as [Float], [2]).variable(), unused = Tensor([3, 4] as [Float], [2]).variable()
    let found = try gradients(of: [(x * unused.detached()).sum()], withRespectTo: [x, unused])
    #expect(found[0]?.floats == [3, 4])
    #expect(found[1] == nil)
  }
}
