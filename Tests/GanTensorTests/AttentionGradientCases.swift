import Foundation
import GanBase
import GanTestSupport
import Testing

@testable import GanTensor

/// Operations of networks with attention, instance layer norm and spectral norm.
let attentionGradientCases: [GradientCase] = [
  GradientCase("global average", [[2, 3, 4, 5]]) { $0[0].squared().globalAverage() },
  GradientCase("global maximum", [[2, 3, 4, 5]]) { $0[0].squared().globalMaximum() },
  GradientCase("pixel shuffle", [[2, 2, 3, 8]]) { $0[0].squared().pixelShuffled(by: 2) },
  GradientCase("pixel shuffle by 3", [[1, 2, 1, 18]]) { $0[0].squared().pixelShuffled(by: 3) },
  GradientCase("spectral norm of a convolution's weight", [[2, 2, 3, 4]]) { inputs in
    inputs[0].divided(by: inputs[0].singularTriple(u: direction(4), v: direction(12)))
  },
  GradientCase("softmax", [[3, 5]]) { ($0[0] * 3).softmax() },
  GradientCase("attention", [[2, 2, 3, 2], [2, 2, 3, 2], [2, 2, 3, 4]]) {
    $0[0].attending(keys: $0[1], values: $0[2])
  },
  GradientCase("spectral norm of a transposed convolution's weight", [[2, 2, 3, 4]]) { inputs in
    let swapped = inputs[0].permuted([0, 1, 3, 2])
    return swapped.divided(by: swapped.singularTriple(u: direction(3), v: direction(16))).permuted([0, 1, 3, 2])
  },
  GradientCase("spectral norm of a vector", [[5, 1]]) { inputs in
    inputs[0].divided(by: inputs[0].singularTriple(u: direction(1), v: direction(5)))
  },
  GradientCase("instance layer norm, unbiased", [[2, 3, 2, 3], [3], [2, 3], [2, 3]]) { inputs in
    inputs[0].normalized(.sample, slope: 0.2, parameters: Array(inputs[1...])) { moments, parameters in
      let (share, gamma, beta) = (parameters[0].sigmoid(), parameters[1], parameters[2])
      let mean = moments.mean.mean(over: [1])
      let offset = moments.mean - mean
      let layerVariance = (moments.variance + offset.squared()).mean(over: [1]) * (18.0 / 17)
      let instance = (moments.variance * (6.0 / 5) + 1e-5).squareRoot().reciprocal()
      let layer = (layerVariance + 1e-5).squareRoot().reciprocal()
      return (gamma * (share * instance + (1 - share) * layer), gamma * ((1 - share) * offset * layer) + beta)
    }
  },
]

/// A vector of length 1.
private func direction(_ count: Int) -> Tensor {
  let values = (0..<count).map { Double($0 % 3) - 0.7 }
  let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  return Tensor(values.map { $0 / length }, [count])
}

@Suite struct PoolingAndSpectralTests {
  @Test func softmaxOfLargeNumbersIsFinite() {
    let rows = Tensor([1000, 1000, -1000, 0, log(3.0), log(6.0)] as [Double], [2, 3]).softmax()
    expectClose(rows.doubles, [0.5, 0.5, 0, 0.1, 0.3, 0.6], absolute: 1e-15)
  }

  /// Query 0 matches both keys alike, query 1 the second one alone.
  @Test func attentionWeighsValues() {
    let queries = Tensor([0, 500] as [Double], [1, 1, 2, 1]), keys = Tensor([-1, 1] as [Double], [1, 1, 2, 1])
    let values = Tensor([1, 10, 3, 30] as [Double], [1, 1, 2, 2])
    let seen = queries.attending(keys: keys, values: values)
    #expect(seen.shape == [1, 1, 2, 2])
    expectClose(seen.doubles, [2, 20, 3, 30], absolute: 1e-12)
  }

  /// More pixels than are computed at once.
  @Test func attentionGoesBlockByBlock() {
    var random = RandomStream(seed: 6)
    let x = (0..<3).map { _ in Tensor.uniform([1, 40, 30, 2], from: &random) * 4 }
    let rows = x.map { $0.reshaped(to: [1200, 2]) }
    let expected = rows[0].matmul(rows[1], transposeOther: true).softmax().matmul(rows[2])
    let found = x[0].attending(keys: x[1], values: x[2])
    #expect(found.shape == [1, 40, 30, 2])
    expectClose(found.floats, expected.floats, absolute: 1e-5)
  }

  @Test func pixelShuffleTakesChannelsInOrder() {
    // Two channels of a 2x2 block each; channel c*4 + i*2 + j is row i, column j.
    let x = Tensor((0..<8).map { Float($0) }, [1, 1, 1, 8])
    let y = x.pixelShuffled(by: 2)
    #expect(y.shape == [1, 2, 2, 2])
    #expect(y.floats == [0, 4, 1, 5, 2, 6, 3, 7])
  }

  @Test func maximumGoesToTheFirstPlace() throws {
    let x = Tensor([1, 7, 3, 2, 3, 7, 0, -1] as [Double], [1, 2, 2, 2]).variable()
    let y = x.globalMaximum()
    #expect(y.doubles == [3, 7])
    let gradient = try #require(try gradients(of: [y], withRespectTo: [x])[0])
    #expect(gradient.doubles == [0, 1, 1, 0, 0, 0, 0, 0])
  }

  @Test func maximumShowsWhatIsNotANumber() {
    let x = Tensor([1, .nan, 3] as [Float], [1, 3, 1, 1])
    #expect(x.globalMaximum().floats[0].isNaN)
  }

  @Test func largeMapsHaveTheirMaximum() {
    var values = [Float](repeating: 0, count: 2 * 300 * 300 * 70)
    let place = ((1 * 300 + 299) * 300 + 7) * 70 + 69
    values[place] = 4
    #expect(Tensor(values, [2, 300, 300, 70]).globalMaximum().floats.firstIndex(of: 4) == 139)
  }

  /// diag(3, 1) seen from between its axes.
  @Test func powerIterationFollowsTheLargestSingularValue() {
    let matrix = Tensor([3, 0, 0, 1, 0, 0] as [Double], [3, 2])
    var triple = matrix.powerIteration(from: Tensor([0.6, 0.8] as [Double], [2]))
    // M u = (1.8, 0.8), M^T v = (5.4, 0.8) / |M u|
    let first = 1.8 / (1.8 * 1.8 + 0.8 * 0.8).squareRoot()
    #expect(abs(triple.v.doubles[0] - first) < 1e-12)
    for _ in 0..<30 { triple = matrix.powerIteration(from: triple.u) }
    #expect(abs(triple.value - 3) < 1e-12)
    #expect(abs(matrix.singularTriple(u: triple.u, v: triple.v).value - 3) < 1e-12)
    #expect(abs(matrix.divided(by: triple).doubles[3] - 1.0 / 3) < 1e-12)
  }

  /// Many blocks give what one gives.
  @Test func powerIterationOfALargeMatrix() {
    let rows = 3000
    let columns = 70
    let values = (0..<rows * columns).map { Double($0 * 7919 % 1013) / 1013 - 0.4 }
    let u = direction(columns)
    let triple = Tensor(values, [rows, columns]).powerIteration(from: u)
    let image = (0..<rows).map { row in
      u.doubles.enumerated().reduce(0) { $0 + values[row * columns + $1.offset] * $1.element }
    }
    let length = image.reduce(0) { $0 + $1 * $1 }.squareRoot()
    expectClose(triple.v.doubles, image.map { $0 / length }, absolute: 1e-12)
  }

  @Test func aZeroMatrixHasZeroVectors() {
    let triple = Tensor.zeros([4, 3], type: .float64).powerIteration(from: direction(3))
    #expect(triple.value == 0)
    #expect(triple.u.doubles == [0, 0, 0])
  }
}
