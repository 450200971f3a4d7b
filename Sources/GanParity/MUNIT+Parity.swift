import GanModels
import GanNN
import GanTensor

extension MUNIT: ParityModel {
  package static let limits = ParityLimits.unit

  package static func options(from spec: Spec) throws -> Options {
    var options = Options()
    options.networks = try unitNetworkOptions(from: spec)
    options.game = try gameOptions(from: spec)
    options.styleSize = try spec.section("gen").integer("style_dim")
    options.mlpWidth = try spec.section("gen").integer("mlp_dim")
    (options.channels.a, options.channels.b) = (try spec.integer("input_dim_a"), try spec.integer("input_dim_b"))
    let weights = try spec.section("loss_weights")
    options.ganWeight = try weights.number("gan_w")
    options.reconstructionWeight = try weights.number("recon_x_w")
    options.styleWeight = try weights.number("recon_s_w")
    options.contentWeight = try weights.number("recon_c_w")
    options.cycleWeight = try weights.number("recon_x_cyc_w")
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
    let contents = contents(of: real), styles = randomStyles("gen", for: contents)
    let t = translations(contents, styles, ownStyles: ownStyles(of: real)), cycles = cycles(t)
    let disPhase = fakes(contents, randomStyles("dis", for: contents))
    var found = [
      "c_a": contents.a, "c_b": contents.b, "s_a_prime": t.ownStyleA, "s_b_prime": t.ownStyleB, "x_a_recon": t.reconA,
      "x_b_recon": t.reconB, "x_ba": t.fakeA, "x_ab": t.fakeB, "c_b_recon": t.recodedContentB,
      "s_a_recon": t.recodedStyleA, "c_a_recon": t.recodedContentA, "s_b_recon": t.recodedStyleB, "x_aba": cycles.a,
      "x_bab": cycles.b, "dis_phase.x_ba": disPhase.a, "dis_phase.x_ab": disPhase.b,
      "adain.gen_a.s_a": gen.a.normParameters(t.styleA, pass),
      "adain.gen_a.s_a_prime": gen.a.normParameters(t.ownStyleA, pass),
      "adain.gen_b.s_b": gen.b.normParameters(t.styleB, pass),
      "adain.gen_b.s_b_prime": gen.b.normParameters(t.ownStyleB, pass),
      "test.x_ab_guided": try translate(a, to: .aToB, attribute: attribute(of: b, for: .aToB, pass), pass),
      "test.x_ba_guided": try translate(b, to: .bToA, attribute: attribute(of: a, for: .bToA, pass), pass),
    ]
    found.merge(discriminatorValues("dis_a", discriminators.a, real: a, fake: t.fakeA)) { $1 }
    found.merge(discriminatorValues("dis_b", discriminators.b, real: b, fake: t.fakeB)) { $1 }
    let trace = Trace()
    let tracing = Pass(.batch, trace: trace)
    _ = gen.a.decode(gen.a.content(a, tracing), gen.a.style(a, tracing), tracing)
    for (key, value) in trace.values { found["layer.\(key)"] = value }
    return found
  }

  package func furtherValues(_ fixture: ParityFixture, type: ElementType) throws -> [ParityValue] {
    try perceptualValues(fixture, type: type)
  }
}
