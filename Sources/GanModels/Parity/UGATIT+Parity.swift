import GanNN
import GanTensor

extension UGATIT: ParityModel {
  public static let limits = ParityLimits.unpairedAttention(forward: 1e-4)

  public static func options(from spec: Spec) throws -> Options {
    var options = Options()
    options.channels = try spec.integer("image_channels", in: 1...3, default: 3)
    options.width = try spec.integer("ch", in: 1...512)
    options.blocks = try spec.integer("n_res", in: 1...64)
    options.head = try headOptions(from: spec)
    options.adversarialWeight = try spec.number("adv_weight")
    options.cycleWeight = try spec.number("cycle_weight")
    options.identityWeight = try spec.number("identity_weight")
    options.camWeight = try spec.number("cam_weight")
    options.adam = try adamOptions(from: spec)
    return options
  }

  public static func learningRate(from spec: Spec) throws -> Double { try Pix2Pix.learningRate(from: spec) }

  public func batch(_ fixture: ParityFixture, step: Int, type: ElementType) throws -> TrainingBatch {
    try headBatch(fixture, step: step, options.head, type: type)
  }

  public func forwardValues(
    _ fixture: ParityFixture, noise: NoiseSource, type: ElementType
  ) throws -> [String: Tensor] {
    let batch = try batch(fixture, step: 1, type: type)
    var found: [String: Tensor] = [:]
    for (direction, domain, pictures, generator, judges) in [
      ("A2B", "A", batch.a, genA2B, disA), ("B2A", "B", batch.b, genB2A, disB),
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

  public func furtherValues(_ fixture: ParityFixture, type: ElementType) throws -> [ParityValue] {
    let options = try Self.options(from: fixture.spec)
    let batch = try batch(fixture, step: 1, type: type)
    return try fixture.otherHead(
      type: type, make: { UGATITGenerator($0, options, light: !options.head.light) },
      run: { generator, network, pass in generator(network == "genA2B" ? batch.a : batch.b, pass).picture })
  }

  /// What is said of pictures during a step.
  func record(_ prefix: String, _ domain: String, _ verdict: Verdict) {
    for (key, judgement) in [("G", verdict.global), ("L", verdict.local)] {
      trainingTrace?.record("\(prefix)_\(key)\(domain)_logit", judgement.map)
      trainingTrace?.record("\(prefix)_\(key)\(domain)_cam_logit", judgement.cam)
    }
  }

  func record(_ translations: [String: Translation]) {
    for (key, found) in translations { trainingTrace?.record("train_G.fake_\(key)_cam_logit", found.cam) }
  }
}
