import GanBase
import GanNN
import GanTensor
import GanTestSupport
import Testing

@testable import GanModels

/// Gradient penalties of every discriminator: the derivative of the penalty in a direction of all its weights is that of
/// central differences in Float64. So all of their operations can be differentiated twice.
@Suite struct DiscriminatorSlopeTests {
  private struct Case: CustomTestStringConvertible, @unchecked Sendable {
    let testDescription: String
    var size = 32, channels = 3
    let make: (Scope) -> (Tensor, Pass) -> [Tensor]

    init(
      _ name: String, size: Int = 32, channels: Int = 3, _ make: @escaping (Scope) -> (Tensor, Pass) -> [Tensor]
    ) {
      (testDescription, self.size, self.channels, self.make) = (name, size, channels, make)
    }
  }

  private static let cases: [Case] =
    NormKind.allCases.map { norm in
      Case("PatchGAN, \(norm)", channels: 6) {
        let d = PatchDiscriminator($0, inputs: 6, width: 2, layers: 3, norm: norm)
        return { d.scores($0, $1) }
      }
    }
    + MultiScaleDiscriminator.NormKind.allCases.map { norm in
      Case("UNIT, \(norm)") {
        let d = MultiScaleDiscriminator(
          $0, inputs: 3, width: 2, layers: 3, scales: 2, norm: norm, mode: .reflect, slope: 0.2)
        return { d($0, $1) }
      }
    }
    + [
      Case("DRIT") {
        let d = DRITDiscriminator($0, inputs: 3, width: 2, layers: 3, scales: 2, isSpectral: false)
        return { d($0, $1) }
      },
      Case("PixelGAN", size: 8) {
        let d = PixelDiscriminator($0, inputs: 3, width: 2, norm: .batch)
        return { d.scores($0, $1) }
      },
      Case("DRIT++", size: 16) {
        let d = LabelledDiscriminator(
          $0, inputs: 3, width: 2, layers: 3, kernel: 2, domains: 2, isSpectral: false)
        return { [d($0, $1).patches] }
      },
      Case("StarGAN", size: 16) {
        let d = StarGANDiscriminator($0, channels: 3, size: 16, labels: 2, width: 2, layers: 3)
        return { [d.scores($0, $1)] }
      },
      Case("NICE-GAN", size: 48) {
        let d = NICEGANDiscriminator($0, inputs: 3, width: 2, layers: 6)
        return {
          let judged = d($0, $1)
          return [judged.global, judged.local, judged.cam]
        }
      },
      Case("U-GAT-IT", size: 24) {
        let d = UGATITDiscriminator($0, inputs: 3, width: 2, layers: 5)
        return {
          let judged = d($0, $1)
          return [judged.map, judged.cam]
        }
      },
    ]

  @Test(arguments: cases) private func penaltiesCanBeDifferentiated(_ entry: Case) throws {
    let store = TensorStore(
      name: "D", initializer: Initializer(.pytorch, random: RandomStream(seed: 4)), elementType: .float64)
    let critic = entry.make(store.root)
    var random = RandomStream(seed: 6)
    let shape: Shape = [2, entry.size, entry.size, entry.channels]
    let real = Tensor.uniform(shape, from: &random, type: .float64) * 2 - 1
    let fake = Tensor.uniform(shape, from: &random, type: .float64) * 2 - 1
    // Singular vectors settle: gradients take them for constants.
    for _ in 0..<60 { _ = Tape.paused { critic(real, Pass(.batch)) } }
    let weights = store.parameters.map(\.tensor)
    for penalty in [GradientPenalty.wgangp, .r1, .dragan] {
      func value() throws -> Tensor {
        let noise = RandomNoise(RandomStream(seed: 9)), pass = Pass(.batchWithoutUpdate)
        return try #require(try penalty(real: real, fake: fake, noise, "alpha") { critic($0, pass) })
      }
      let found = try gradients(of: [value()], withRespectTo: weights)
      let directions = weights.map { Tensor.uniform($0.shape, from: &random, type: .float64) - 0.5 }
      var slope = 0.0
      for (gradient, direction) in zip(found, directions) { slope += gradient.map { ($0 * direction).sum().item } ?? 0 }
      let step = 1e-6
      let values = try [step, -step].map { step -> Double in
        let old = weights.map { $0.detached().copied() }
        for (weight, direction) in zip(weights, directions) { weight.assign((weight + direction * step).detached()) }
        defer { for (weight, old) in zip(weights, old) { weight.assign(old) } }
        return try value().item
      }
      let numeric = (values[0] - values[1]) / (2 * step)
      expectClose(slope, numeric, absolute: 1e-7, relative: 1e-5, "\(penalty)")
      #expect(abs(slope) > 1e-9, "\(penalty): the penalty should depend on the weights")
    }
  }
}
