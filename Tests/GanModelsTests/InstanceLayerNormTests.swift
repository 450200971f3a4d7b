import Foundation
import GanBase
import GanNN
import GanTensor
import Testing

@testable import GanModels

@Suite struct InstanceLayerNormTests {
  private let store = TensorStore(
    name: "G", initializer: Initializer(.pytorch, random: RandomStream(seed: 4)), elementType: .float64)
  /// Two channels of two pixels: means 2 and 8, unbiased variances 2 and 8; of the layer 5 and 46/3.
  private let x = Tensor([1, 6, 3, 10] as [Double], [1, 1, 2, 2])

  @Test func mixesUnbiasedNorms() {
    let norm = InstanceLayerNorm(store.root, 2, .softmax(instance: 1, layer: 3.2))
    let share = 1 / (1 + exp(2.2))
    let layer = (46.0 / 3 + 1e-5).squareRoot()
    let expected = share * -1 / (2 + 1e-5).squareRoot() + (1 - share) * -4 / layer
    #expect(abs(norm(x).doubles[0] - expected) < 1e-12)
  }

  @Test func adaptiveScaleAndShiftAreOfTheSample() {
    let norm = InstanceLayerNorm(store.root, 2, .clipped(1), isAdaptive: true)
    let both = Tensor.concatenated([x, x], axis: 0)
    let gamma = Tensor([1, 1, 2, 3] as [Double], [2, 2])
    let beta = Tensor([0, 0, 0.5, 0] as [Double], [2, 2])
    let y = norm(both, gamma: gamma, beta: beta).doubles
    #expect(abs(y[4] - (2 * y[0] + 0.5)) < 1e-12)
    #expect(abs(y[5] - 3 * y[1]) < 1e-12)
  }

  @Test func sharesAreClipped() throws {
    let norm = InstanceLayerNorm(store.root, 3, .clipped(0.9))
    let rho = try #require(store.entries.first { $0.key == "rho" }).tensor
    rho.assign(Tensor([-0.2, 0.4, 1.1] as [Double], [1, 3, 1, 1]))
    norm.clipShare()
    #expect(rho.doubles == [0, 0.4, 1])
  }
}
