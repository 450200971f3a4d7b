import GanModels
import GanNN
import GanTensor

extension UNIT: ParityModel {
  public static let limits = ParityLimits.unit

  public static func options(from spec: Spec) throws -> Options {
    var options = Options()
    options.networks = try unitNetworkOptions(from: spec)
    options.inputChannels = try spec.integer("input_dim_a", in: 1...64)
    options.outputChannels = try spec.integer("input_dim_b", in: 1...64)
    let weights = try spec.section("loss_weights")
    options.ganWeight = try weights.number("gan_w")
    options.reconstructionWeight = try weights.number("recon_x_w")
    options.klWeight = try weights.number("recon_kl_w")
    options.cycleWeight = try weights.number("recon_x_cyc_w")
    options.cycleKLWeight = try weights.number("recon_kl_cyc_w")
    options.perceptual = try perceptualOptions(from: weights)
    options.adam = try adamOptions(from: spec)
    return options
  }

  public func batch(_ fixture: ParityFixture, step: Int, type: ElementType) throws -> TrainingBatch {
    try unitBatch(fixture, step: step, type: type)
  }

  public func forwardValues(
    _ fixture: ParityFixture, noise: NoiseSource, type: ElementType
  ) throws -> [String: Tensor] {
    let batch = try batch(fixture, step: 1, type: type)
    let (a, b) = (batch.a, batch.b), pass = Pass(.batch)
    let codes = codes(a, b), t = translations(codes), disPhase = fakes(codes)
    var found = [
      "h_a": codes.a, "h_b": codes.b, "x_a_recon": t.reconA, "x_b_recon": t.reconB, "x_ba": t.fakeA, "x_ab": t.fakeB,
      "h_b_recon": t.recodedB, "h_a_recon": t.recodedA, "x_aba": t.cycleA, "x_bab": t.cycleB,
      "dis_phase.x_ba": disPhase.a, "dis_phase.x_ab": disPhase.b,
      "test.x_ab": try translate(a, to: .aToB, pass), "test.x_ba": try translate(b, to: .bToA, pass),
      "test.x_a_recon": genA.decode(codes.a, pass), "test.x_b_recon": genB.decode(codes.b, pass),
    ]
    found.merge(discriminatorValues("dis_a", discriminators.a, real: a, fake: t.fakeA)) { $1 }
    found.merge(discriminatorValues("dis_b", discriminators.b, real: b, fake: t.fakeB)) { $1 }
    let trace = Trace()
    let tracing = Pass(.batch, trace: trace)
    _ = genA.decode(t.latentA, tracing)
    _ = genA.encode(a, tracing)
    for (key, value) in trace.values { found["layer.\(key)"] = value }
    return found
  }

  public func furtherValues(_ fixture: ParityFixture, type: ElementType) throws -> [ParityValue] {
    try perceptualValues(fixture, type: type)
  }
}
