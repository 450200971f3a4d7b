import GanModels
import GanNN
import GanTensor

extension UNIT: ParityModel {
  package static let limits = ParityLimits.unit

  package static func options(from spec: Spec) throws -> Options {
    var options = Options()
    options.networks = try unitNetworkOptions(from: spec)
    options.game = try gameOptions(from: spec)
    (options.channels.a, options.channels.b) = (try spec.integer("input_dim_a"), try spec.integer("input_dim_b"))
    let weights = try spec.section("loss_weights")
    options.ganWeight = try weights.number("gan_w")
    options.reconstructionWeight = try weights.number("recon_x_w")
    options.klWeight = try weights.number("recon_kl_w")
    options.cycleWeight = try weights.number("recon_x_cyc_w")
    options.cycleKLWeight = try weights.number("recon_kl_cyc_w")
    options.perceptual = try perceptualOptions(from: weights)
    options.optimizer = try optimizerOptions(from: spec)
    return options
  }

  package func batch(_ fixture: ParityFixture, step: Int, type: ElementType) throws -> TrainingBatch {
    try unitBatch(fixture, step: step, type: type)
  }

  package func forwardValues(
    _ fixture: ParityFixture, noise: NoiseSource, type: ElementType
  ) throws -> [String: Tensor] {
    let real = try batch(fixture, step: 1, type: type).sides(), (a, b) = real, pass = Pass(.batch)
    let codes = codes(of: real), t = translations(codes), disPhase = fakes(codes)
    var found = [
      "h_a": codes.a, "h_b": codes.b, "x_a_recon": t.reconA, "x_b_recon": t.reconB, "x_ba": t.fakeA, "x_ab": t.fakeB,
      "h_b_recon": t.recodedB, "h_a_recon": t.recodedA, "x_aba": t.cycleA, "x_bab": t.cycleB,
      "dis_phase.x_ba": disPhase.a, "dis_phase.x_ab": disPhase.b,
      "test.x_ab": try translate(a, to: .aToB, pass), "test.x_ba": try translate(b, to: .bToA, pass),
      "test.x_a_recon": gen.a.decode(codes.a, pass), "test.x_b_recon": gen.b.decode(codes.b, pass),
    ]
    found.merge(discriminatorValues("dis_a", discriminators.a, real: a, fake: t.fakeA)) { $1 }
    found.merge(discriminatorValues("dis_b", discriminators.b, real: b, fake: t.fakeB)) { $1 }
    let trace = Trace()
    let tracing = Pass(.batch, trace: trace)
    _ = gen.a.decode(t.latentA, tracing)
    _ = gen.a.encode(a, tracing)
    for (key, value) in trace.values { found["layer.\(key)"] = value }
    return found
  }

  package func furtherValues(_ fixture: ParityFixture, type: ElementType) throws -> [ParityValue] {
    try perceptualValues(fixture, type: type)
  }
}
