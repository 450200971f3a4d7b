import GanBase
import GanTensor
import GanTestSupport
import Testing

@testable import GanNN

/// Penalties of a critic of pictures of 2x2, `tanh(w x) + |x|^2 / 2`. The numbers are PyTorch's, in Float64.
@Suite struct GradientPenaltyTests {
  private let weight = Tensor([0.3, -0.7, 0.5, 1.1] as [Double], [2, 2, 1])
  private let real = Tensor([0.1, 0.4, -0.3, 0.8, -0.5, 0.2, 0.6, -0.9] as [Double], [2, 2, 2, 1])
  private let fake = Tensor([0.7, -0.2, 0.3, 0.1, 0.4, -0.6, 0.2, 0.5] as [Double], [2, 2, 2, 1])

  private func critic(_ x: Tensor) -> [Tensor] {
    [(x * weight).sum(over: [1, 2, 3]).tanh(), x.squared() * 0.5]
  }

  /// Gives fixed numbers under their keys.
  private final class Draws: NoiseSource {
    private(set) var asked: [String] = []

    func uniform(_ key: String, _ shape: Shape, type: ElementType) -> Tensor {
      asked.append(key)
      let values = shape == [2, 1, 1, 1] ? [0.25, 0.75] : [0.0, 0.25, 0.5, 0.75, 0.9, 0.1, 0.3, 0.6]
      return Tensor(values, shape)
    }
    func dropoutMask(_ key: String, _ shape: Shape, p: Double, type: ElementType) -> Tensor {
      .zeros(shape, type: type)
    }
    func normal(_ key: String, _ shape: Shape, type: ElementType) -> Tensor { .zeros(shape, type: type) }
    func permutation(_ key: String, _ count: Int) -> [Int] { Array(0..<count) }
    func choice(_ key: String, _ count: Int, of all: Int) -> [Int] { Array(0..<count) }
  }

  @Test(arguments: [
    (GradientPenalty.wgangp, 0.1486087191467104, ["alpha"]), (.r1, 0.9927701843370799, []),
    (.dragan, 0.26032292640569393, ["alpha.noise", "alpha"]),
  ])
  func values(_ penalty: GradientPenalty, _ expected: Double, _ draws: [String]) throws {
    let noise = Draws()
    let found = try #require(try penalty(real: real, fake: fake, noise, "alpha", critic: critic))
    expectClose(found.item, expected, relative: 1e-12)
    #expect(noise.asked == draws)
  }

  @Test func noneDrawsNothing() throws {
    let noise = Draws()
    #expect(try GradientPenalty.none(real: real, fake: fake, noise, "alpha", critic: critic) == nil)
    #expect(noise.asked.isEmpty)
  }

  /// A critic that is level somewhere has a penalty that can be differentiated.
  @Test func aLevelCriticHasAFiniteGradient() throws {
    let weight = Tensor.zeros([2, 2, 1], type: .float64).variable()
    for penalty in [GradientPenalty.wgangp, .r1, .dragan] {
      let value = try #require(
        try penalty(real: real, fake: fake, Draws(), "alpha") { [($0 * weight).sum(over: [1, 2, 3])] })
      let gradient = try #require(try gradients(of: [value], withRespectTo: [weight])[0])
      expectFinite(gradient.doubles)
    }
  }
}
