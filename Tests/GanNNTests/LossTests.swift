import GanBase
import GanTensor
import GanTestSupport
import Testing

@testable import GanNN

@Suite struct LossTests {
  private let logits = Tensor([0, 2, -1] as [Double], [3])

  /// Values worked out by hand from the definitions.
  @Test func adversarialLosses() {
    func close(_ value: Tensor, _ expected: Double) { #expect(abs(value.item - expected) < 1e-12) }
    // log(1 + e^-x) for x = 0, 2, -1.
    let real = (0.6931471805599453 + 0.1269280110429726 + 1.3132616875182228) / 3
    close(AdversarialLoss.vanilla.discriminator(logits, isReal: true), real)
    close(AdversarialLoss.vanilla.generator(logits), real)
    close(AdversarialLoss.vanilla.discriminator(logits, isReal: false), real + 1.0 / 3)
    close(AdversarialLoss.lsgan.discriminator(logits, isReal: true), (1 + 1 + 4) / 3.0)
    close(AdversarialLoss.lsgan.discriminator(logits, isReal: false), (0 + 4 + 1) / 3.0)
    close(AdversarialLoss.hinge.discriminator(logits, isReal: true), (1 + 0 + 2) / 3.0)
    close(AdversarialLoss.hinge.discriminator(logits, isReal: false), (1 + 3 + 0) / 3.0)
    close(AdversarialLoss.hinge.generator(logits), -1 / 3.0)
    // log(1 + e^-x) + 0.1 x, and (x - 0.9)^2.
    close(AdversarialLoss.vanilla.discriminator(logits, isReal: true, label: 0.9), real + 0.1 / 3)
    close(AdversarialLoss.lsgan.discriminator(logits, isReal: true, label: 0.9), (0.81 + 1.21 + 3.61) / 3.0)
    close(AdversarialLoss.lsgan.discriminator(logits, isReal: false, label: 0.9), (0 + 4 + 1) / 3.0)
    close(AdversarialLoss.wgan.discriminator(logits, isReal: true), -1 / 3.0)
    close(AdversarialLoss.wgan.generator(logits), -1 / 3.0)
    close(AdversarialLoss.wgangp.discriminator(logits, isReal: true), -1 / 3.0)
    close(AdversarialLoss.wgangp.discriminator(logits, isReal: false), 1 / 3.0)
    close(logits.l1(Tensor([1, 1, 1] as [Double], [3])), (1 + 1 + 2) / 3.0)
  }

  /// Against scores of 0.5, -0.25 and 1.5; the numbers are PyTorch's.
  @Test(arguments: [
    (AdversarialLoss.vanilla, 1.004651510078, 0.887046208036104), (.lsgan, 3.118055555555556, 2.0763888888888893),
    (.hinge, 1.388888888888889, 1.25),
  ])
  func relativisticLosses(_ loss: AdversarialLoss, _ ofReal: Double, _ ofFake: Double) {
    let others = Tensor([0.5, -0.25, 1.5] as [Double], [3])
    expectClose(loss.relativistic(logits, against: others, isReal: true).item, ofReal, relative: 1e-12)
    expectClose(loss.relativistic(others, against: logits, isReal: false).item, ofFake, relative: 1e-12)
  }

  @Test func crossEntropyStaysFiniteForLargeLogits() {
    let huge = Tensor([500, -500] as [Float], [2])
    #expect(huge.binaryCrossEntropy(label: 1).item == 250)
  }

  @Test func labelLosses() throws {
    let two = Tensor([0, 2, -1, 1] as [Double], [2, 2]), labels = Tensor([1, 0, 0, 1] as [Double], [2, 2])
    // log(e^0 + e^2) - 0 and log(e^-1 + e^1) - 1.
    #expect(abs(two.crossEntropy(oneHot: labels).item - (2.1269280110429727 + 0.1269280110429726) / 2) < 1e-12)
    // log 2, log(1 + e^2), log(1 + e^-1), log(1 + e^-1).
    let sum = 0.6931471805599453 + 2.1269280110429727 + 2 * 0.3132616875182228
    #expect(abs(two.summedBinaryCrossEntropy(labels).item - sum / 2) < 1e-12)
    let huge = Tensor([500, -500] as [Float], [1, 2]).variable()
    let loss = huge.crossEntropy(oneHot: Tensor([0, 1] as [Float], [1, 2]))
    #expect(loss.item == 1000)
    #expect(try gradients(of: [loss], withRespectTo: [huge])[0]?.floats == [1, -1])
  }

  /// The penalty's gradient with respect to the critic's weights, by central differences.
  @Test func gradientPenaltyIsDifferentiable() throws {
    var random = RandomStream(seed: 4)
    func tensor(_ shape: Shape) -> Tensor {
      Tensor((0..<shape.count).map { _ in Double(random.uniform(-1, 1)) }, shape)
    }
    let (real, fake) = (tensor([2, 6, 6, 2]), tensor([2, 6, 6, 2]))
    let alpha = Tensor([0.3, 0.8] as [Double], [2, 1, 1, 1])
    let store = TensorStore(
      name: "D", initializer: Initializer(.xavier(gain: 1), random: RandomStream(seed: 9)), elementType: .float64)
    let first = Conv2d(store.root["0"], 2, 3, kernel: 3, padding: 1)
    let norm = Norm(.batch, store.root["1"], 3)
    let last = Conv2d(store.root["2"], 3, 1, kernel: 3)
    func penalty() throws -> Tensor {
      try CriticSlope(real: real, fake: fake, alpha: alpha) {
        [last(norm(first($0), Pass(.batchWithoutUpdate), slope: 0.2))]
      }.distanceFromOne(1e-16)
    }
    let found = try gradients(of: [penalty()], withRespectTo: [first.weight, last.weight])
    #expect(found.count == 2)
    for (weight, gradient) in zip([first.weight, last.weight], found) {
      let values = weight.doubles, gradient = try #require(gradient).doubles
      let places = stride(from: 0, to: values.count, by: 5)
      let numeric = try places.map { index in
        let sides = try [1e-5, -1e-5].map { delta -> Double in
          var moved = values
          moved[index] += delta
          weight.assign(Tensor(moved, weight.shape))
          return try penalty().item
        }
        weight.assign(Tensor(values, weight.shape))
        return (sides[0] - sides[1]) / 2e-5
      }
      expectClose(places.map { gradient[$0] }, numeric, each: numeric.map { 1e-6 * max(1, abs($0)) })
    }
  }
}
