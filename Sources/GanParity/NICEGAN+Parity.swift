import GanBase
import GanModels
import GanNN
import GanTensor

extension NICEGAN: ParityModel {
  public static let limits = ParityLimits.unpairedAttention(forward: 5e-5)

  public static func options(from spec: Spec) throws -> Options {
    var options = Options()
    options.channels = try spec.integer("image_channels", in: 1...3, default: 3)
    options.width = try spec.integer("ch", in: 1...512)
    options.blocks = try spec.integer("n_res", in: 1...64)
    options.discriminatorLayers = try spec.integer("n_dis", in: 6...10, default: 7)
    options.head = try headOptions(from: spec)
    options.adversarialWeight = try spec.number("adv_weight")
    options.cycleWeight = try spec.number("cycle_weight")
    options.reconstructionWeight = try spec.number("recon_weight")
    options.adam = try adamOptions(from: spec)
    return options
  }

  public func batch(_ fixture: ParityFixture, step: Int, type: ElementType) throws -> TrainingBatch {
    try headBatch(fixture, step: step, options.head, type: type)
  }

  public func forwardValues(
    _ fixture: ParityFixture, noise: NoiseSource, type: ElementType
  ) throws -> [String: Tensor] {
    let batch = try batch(fixture, step: 1, type: type)
    var found: [String: Tensor] = [:]
    for (source, target, pictures, judge, generator) in [
      ("A", "B", batch.a, disA, gen2B), ("B", "A", batch.b, disB, gen2A),
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

  public func furtherValues(_ fixture: ParityFixture, type: ElementType) throws -> [ParityValue] {
    let options = try Self.options(from: fixture.spec)
    let batch = try batch(fixture, step: 1, type: type)
    return try fixture.otherHead(
      type: type, make: { NICEGANGenerator($0, options, light: !options.head.light) },
      run: { generator, network, pass in
        generator((network == "gen2B" ? disA.encode(batch.a, pass) : disB.encode(batch.b, pass)).code, pass)
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

extension ImageTranslator {
  /// The pictures of a step, for networks with a `head`.
  func headBatch(
    _ fixture: ParityFixture, step: Int, _ head: HeadOptions, type: ElementType
  ) throws -> TrainingBatch {
    let sizes = SizeRule(multiple: 4, least: leastTrainingSize)
    let batch = try pairedBatch(fixture, step: step, "real_A", "real_B", sizes: sizes, type: type)
    try head.check(batch.a)
    try head.check(batch.b)
    return batch
  }
}

/// The head of the generators by the official flags.
func headOptions(from spec: Spec) throws -> HeadOptions {
  let height = try spec.integer("image_height", in: 8...4096)
  let width = try spec.integer("image_width", in: 8...4096)
  var head = HeadOptions(light: try spec.flag("light", default: false))
  // The full head counts pixels and does not care how they are arranged.
  head.imageSize = height == width ? height : Int(Double(height * width).squareRoot())
  if !head.light, head.imageSize * head.imageSize != height * width {
    throw GanError.checkpoint(
      "pictures of \(width)x\(height): with light: false there must be as many pixels as in a square", at: spec.path)
  }
  return head
}

extension ParityLimits {
  /// Of NICE-GAN and U-GAT-IT. Single weights may step the other way where a gradient and its weight decay nearly
  /// cancel, so shares and means are limited.
  static func unpairedAttention(forward: Double) -> ParityLimits {
    var limits = ParityLimits()
    limits.forward = forward
    limits.laterLoss = 1e-3
    limits.gradient = 1e-3
    limits.buffer = 1e-5
    limits.weightStep = 0.05
    limits.tensorMean = 0.02
    limits.update = nil
    return limits
  }
}
