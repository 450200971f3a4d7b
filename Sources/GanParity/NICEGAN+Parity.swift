import GanBase
import GanModels
import GanNN
import GanTensor

extension NICEGAN: ParityModel {
  package static let limits = ParityLimits.unpairedAttention(forward: 5e-5)

  package static func options(from spec: Spec) throws -> Options {
    var options = Options()
    options.channels = try spec.integer("image_channels", default: 3)
    options.width = try spec.integer("ch")
    options.blocks = try spec.integer("n_res")
    options.discriminatorLayers = try spec.integer("n_dis", default: 7)
    options.head = try headOptions(from: spec)
    options.adversarialWeight = try spec.number("adv_weight")
    options.cycleWeight = try spec.number("cycle_weight")
    options.reconstructionWeight = try spec.number("recon_weight")
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
    for (source, target, pictures, judge, generator) in [
      ("A", "B", a, disA, gen2B), ("B", "A", b, disB, gen2A),
    ] {
      let judged = judge(pictures, .evaluation)
      let trace = Trace()
      found["real_L\(source)_logit"] = judged.local
      found["real_G\(source)_logit"] = judged.global
      found["real_\(source)_cam_logit"] = judged.cam
      found["real_\(source)_z"] = judged.code
      found["\(source)_heatmap"] = judged.code.sum(over: [3])
      found["fake_\(source)2\(target)"] = generator(judged.code, Pass(.running, trace: trace))
      for (key, value) in trace.values { found["gen2\(target)_\(key)"] = value }
    }
    return found
  }

  package func furtherValues(_ fixture: ParityFixture, type: ElementType) throws -> [ParityValue] {
    let options = try Self.options(from: fixture.spec)
    let (a, b) = try batch(fixture, step: 1, type: type).sides()
    return try fixture.otherHead(
      type: type, make: { NICEGANGenerator($0, options, light: !options.head.light) },
      run: { generator, network, pass in
        generator((network == "gen2B" ? disA.encode(a, pass) : disB.encode(b, pass)).code, pass)
      })
  }

  /// Discriminators see real pictures and translations in their own step; in the generators' they encode pictures, then
  /// see translations.
  static func trainingValues(_ outputs: [String: Trace]) -> [String: Tensor] {
    var found: [String: Tensor] = [:]
    for domain in ["A", "B"] {
      for (call, kind) in [(0, "train_D.real"), (1, "train_D.fake"), (3, "train_G.fake")] {
        for (key, name) in [
          ("local", "L\(domain)_logit"), ("global", "G\(domain)_logit"), ("cam", "\(domain)_cam_logit"),
        ] {
          found["\(kind)_\(name)"] = outputs["dis\(domain)"]?.call(call, key)
        }
      }
    }
    return found
  }
}
