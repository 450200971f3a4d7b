import GanBase
import GanModels
import GanNN
import GanTensor

extension DiscoGAN: ParityModel {
  package static func options(from spec: Spec) throws -> Options {
    var options = Options()
    options.networks.generatorWidth = try spec.integer("ngf")
    options.networks.discriminatorWidth = try spec.integer("ndf")
    options.networks.layers = try spec.integer("layers")
    options.networks.bottleneck = try spec.integer("bottleneck")
    options.adversarialWeight = try spec.number("lambda_gan")
    options.reconstructionWeight = try spec.number("lambda_recon")
    options.featureWeight = try spec.number("lambda_feat")
    options.optimizer = try optimizerOptions(from: spec)
    return options
  }

  package func forwardValues(
    _ fixture: ParityFixture, noise: NoiseSource, type: ElementType
  ) throws -> [String: Tensor] {
    let (a, b) = try batch(fixture, step: 1, type: type).sides(), pass = Pass(.batchWithoutUpdate)
    let fakeA = gBA(b, pass), fakeB = gAB(a, pass)
    return [
      "fake_A": fakeA, "fake_B": fakeB, "rec_A": gBA(fakeB, pass), "rec_B": gAB(fakeA, pass),
      "D_A_real": dA(a, pass), "D_A_fake": dA(fakeA, pass), "D_B_real": dB(b, pass), "D_B_fake": dB(fakeB, pass),
    ]
  }
}
