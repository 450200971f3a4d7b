import GanBase
import Testing

@testable import GanTensor

@Suite struct OpClockTests {
  private let x: Tensor, weight: Tensor

  init() {
    var random = RandomStream(seed: 1)
    x = Tensor.uniform([1, 8, 8, 3], from: &random)
    weight = Tensor.uniform([3, 3, 3, 4], from: &random)
  }

  private func operations(_ body: () throws -> Void) rethrows -> [OpClock.Kind: Int] {
    try OpClock.timing(body).mapValues(\.operations)
  }

  @Test func aConvolutionAndItsGradientsAreToldApart() throws {
    let found = try operations {
      let (x, weight) = (x.variable(), weight.variable())
      _ = try gradients(
        of: [x.convolved(weight, padding: 1)], seeds: [Tensor(repeating: 1, [1, 8, 8, 4])],
        withRespectTo: [x, weight])
    }
    #expect(
      found == [.convolutionForward: 1, .convolutionDataGradient: 1, .convolutionWeightGradient: 1])
  }

  @Test func aTransposedConvolutionIsADataGradient() {
    let found = operations { _ = x.transposeConvolved(Tensor.zeros([3, 3, 4, 3]), stride: 2, padding: 1) }
    #expect(found == [.convolutionDataGradient: 1])
  }

  @Test func arithmeticIsThatOfThePlainAlgorithm() throws {
    let (x, weight) = (x.variable(), weight.variable())
    let shares = try OpClock.timing {
      _ = try gradients(
        of: [x.convolved(weight, stride: 2, padding: 1)], seeds: [Tensor(repeating: 1, [1, 4, 4, 4])],
        withRespectTo: [x, weight])
      _ = x * 2
    }
    let expected = Double(2 * 16 * 9 * 3 * 4)
    for kind: OpClock.Kind in [.convolutionForward, .convolutionDataGradient, .convolutionWeightGradient] {
      #expect(shares[kind]?.arithmetic == expected)
    }
    #expect(shares[.elementwise]?.arithmetic == 0)
  }

  @Test func operationsWithinAnOperationCountAsPartOfIt() throws {
    let found = operations {
      _ = x.normalized(.sample) { moments, _ in
        let scale = (moments.variance + 1e-5).squareRoot().reciprocal()
        return (scale, moments.mean * 0)
      }
    }
    #expect(found == [.normalization: 1])
  }

  @Test func timesAreThoseOfTheBodyAlone() {
    _ = x * 2
    #expect(operations {}.isEmpty)
    #expect(operations { _ = x * 2 + 1 } == [.elementwise: 2])
    _ = x * 2
    let shares = OpClock.timing { _ = x.sum() }
    #expect(shares[.reduction]?.operations == 1)
    #expect((shares[.reduction]?.seconds ?? -1) >= 0)
  }

  @Test func anErrorEndsTheTiming() {
    #expect(throws: GanError.self) { try OpClock.timing { throw GanError.usage("no") } }
    #expect(operations { _ = x * 2 } == [.elementwise: 1])
  }

  @Test func resultsAreTheSame() {
    var timed: [Float] = []
    _ = OpClock.timing { timed = x.convolved(weight).floats }
    #expect(timed == x.convolved(weight).floats)
  }

  @Test func thePeakIsASpeed() {
    let speed = PeakSpeed.float32(attempts: 1)
    #expect(speed > 1e6 && speed.isFinite)
    #expect(["AVX-512", "AVX2", "plain"].contains(PeakSpeed.vectors))
  }
}
