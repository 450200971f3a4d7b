import GanModels
import GanNN
import GanTensor

extension UGATIT: ParityModel {
  package static let limits = ParityLimits.unpairedAttention(forward: 1e-4)

  package static func options(from spec: Spec) throws -> Options {
    var options = Options()
    options.channels = try spec.integer("image_channels", default: 3)
    options.width = try spec.integer("ch")
    options.blocks = try spec.integer("n_res")
    options.head = try headOptions(from: spec)
    options.adversarialWeight = try spec.number("adv_weight")
    options.cycleWeight = try spec.number("cycle_weight")
    options.identityWeight = try spec.number("identity_weight")
    options.camWeight = try spec.number("cam_weight")
    options.optimizer = try optimizerOptions(from: spec)
    return options
  }

  package func batch(_ fixture: ParityFixture, step: Int, type: ElementType) throws -> TrainingBatch {
    try headBatch(fixture, step: step, options.head, type: type)
  }

  package func forwardValues(
    _ fixture: ParityFixture, noise: NoiseSource, type: ElementType
  ) throws -> [String: Tensor] {
    let (a, b) = try batch(fixture, step: 1, type: type).sides()
    var found: [String: Tensor] = [:]
    for (direction, domain, pictures, generator, judges) in [
      ("A2B", "A", a, genA2B, disA), ("B2A", "B", b, genB2A, disB),
    ] {
      let trace = Trace()
      let fake = generator(pictures, Pass(.running, trace: trace))
      found["fake_\(direction)"] = fake.picture
      found["fake_\(direction)_cam_logit"] = fake.cam
      found["fake_\(direction)_heatmap"] = fake.heatmap
      for (key, value) in trace.values { found["gen\(direction)_\(key)"] = value }
      let verdict = judges(pictures, .evaluation)
      for (key, judgement) in [("G", verdict.global), ("L", verdict.local)] {
        found["real_\(key)\(domain)_logit"] = judgement.map
        found["real_\(key)\(domain)_cam_logit"] = judgement.cam
        found["real_\(key)\(domain)_heatmap"] = judgement.heatmap
      }
    }
    return found
  }

  package func furtherValues(_ fixture: ParityFixture, type: ElementType) throws -> [ParityValue] {
    let options = try Self.options(from: fixture.spec)
    let (a, b) = try batch(fixture, step: 1, type: type).sides()
    return try fixture.otherHead(
      type: type, make: { UGATITGenerator($0, options, light: !options.head.light) },
      run: { generator, network, pass in generator(network == "genA2B" ? a : b, pass).picture })
  }

  /// Discriminators see real pictures and translations in their own step, then translations in the generators';
  /// generators see pictures of both domains, A first.
  static func trainingValues(_ outputs: [String: Trace]) -> [String: Tensor] {
    var found: [String: Tensor] = [:]
    for judge in ["GA", "GB", "LA", "LB"] {
      for (call, kind) in ["train_D.real", "train_D.fake", "train_G.fake"].enumerated() {
        for key in ["logit", "cam_logit"] {
          found["\(kind)_\(judge)_\(key)"] = outputs["dis\(judge)"]?.call(call, key)
        }
      }
    }
    for (generator, calls) in [("genA2B", ["A2B", "B2B"]), ("genB2A", ["A2A", "B2A"])] {
      for (call, kind) in calls.enumerated() {
        found["train_G.fake_\(kind)_cam_logit"] = outputs[generator]?.call(call, "cam_logit")
      }
    }
    return found
  }
}
