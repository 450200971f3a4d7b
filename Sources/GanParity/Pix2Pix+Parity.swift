import GanBase
import GanModels
import GanNN
import GanTensor

extension Pix2Pix: ParityModel {
  public static let limits = ParityLimits()

  public static func options(from spec: Spec) throws -> Options {
    var options = Options()
    options.networks = try networkOptions(from: spec)
    options.inputChannels = try spec.integer("input_nc")
    options.outputChannels = try spec.integer("output_nc")
    options.lambdaL1 = try spec.number("lambda_L1")
    options.adam = try adamOptions(from: spec)
    return options
  }

  public func batch(_ fixture: ParityFixture, step: Int, type: ElementType) throws -> TrainingBatch {
    try pairedBatch(fixture, step: step, "real_A", "real_B", type: type)
  }

  public func forwardValues(
    _ fixture: ParityFixture, noise: NoiseSource, type: ElementType
  ) throws -> [String: Tensor] {
    let batch = try batch(fixture, step: 1, type: type)
    let training = traced(batch, Pass(.batchWithoutUpdate, noise: noise))
    let evaluation = traced(batch, .evaluation)
    return Dictionary(uniqueKeysWithValues: prefixed(training, "") + prefixed(evaluation, "eval."))
  }

  /// All intermediate results of one pass.
  private func traced(_ batch: TrainingBatch, _ pass: Pass) -> [String: Tensor] {
    let trace = Trace()
    var pass = pass
    pass.trace = trace
    let fake = g(batch.a, pass)
    pass.trace = nil
    let found = ["fake_B": fake, "D_fake": d(pair(batch.a, fake), pass), "D_real": d(pair(batch.a, batch.b), pass)]
    return trace.values.merging(found) { $1 }
  }

  /// Parts of the generator are stored as `G.<part>`.
  private func prefixed(_ values: [String: Tensor], _ prefix: String) -> [(String, Tensor)] {
    values.map { key, value in
      (prefix + (key.hasPrefix("D_") || key == "fake_B" ? key : "G.\(key)"), value)
    }
  }
}

extension ImageTranslator {
  /// The pictures of a step, stored under the names that the official program gives them: after the swap that
  /// direction BtoA asks for.
  func pairedBatch(
    _ fixture: ParityFixture, step: Int, _ a: String, _ b: String, sizes: SizeRule? = nil, type: ElementType
  ) throws -> TrainingBatch {
    let sizes = sizes ?? sizeRule
    let pictures = try [a, b].map { try fixture.input("step\(step).\($0)").converted(to: type) }
    for (picture, (name, expected)) in zip(pictures, [(a, channels.a), (b, channels.b)]) {
      let location = "\(fixture.path): step\(step).\(name)"
      guard picture.shape.rank == 4, picture.shape[3] == expected else {
        throw GanError.checkpoint("expected pictures of \(expected) channels, found \(picture.shape)", at: location)
      }
      guard sizes.allows(picture.shape[1]), sizes.allows(picture.shape[2]) else {
        throw GanError.checkpoint(
          "pictures of \(picture.shape[2])x\(picture.shape[1]): the networks need multiples of \(sizes.multiple), "
            + "at least \(sizes.least)", at: location)
      }
    }
    return TrainingBatch(a: pictures[0], b: pictures[1])
  }
}

/// The networks of pix2pix and CycleGAN by the official flags.
func networkOptions(from spec: Spec) throws -> NetworkOptions {
  var networks = NetworkOptions()
  let generator = try spec.text("netG")
  if generator.hasPrefix("unet") {
    networks.generator = .unet(levels: try unetLevels(generator, spec))
  } else {
    let named = generator.split(separator: "_").last.flatMap { Int($0.replacing("blocks", with: "")) }
    guard generator.hasPrefix("resnet"), let blocks = try spec.has("n_blocks") ? spec.integer("n_blocks") : named,
      blocks >= 1, blocks <= 64
    else { throw GanError.checkpoint("netG: expected unet_... or resnet_..., found \"\(generator)\"", at: spec.path) }
    networks.generator = .resnet(blocks: blocks)
  }
  networks.discriminator = try spec.choice("netD")
  networks.generatorWidth = try positive(spec, "ngf")
  networks.discriminatorWidth = try positive(spec, "ndf")
  networks.discriminatorLayers = try spec.integer("n_layers_D", default: 3)
  networks.norm = try spec.choice("norm")
  networks.dropout = try spec.flag("use_dropout", default: false)
  networks.adversarialLoss = try spec.choice("gan_mode")
  // The official program never applies the penalty.
  networks.penaltyWeight = try spec.number("lambda_gp", default: 0)
  return networks
}

private func unetLevels(_ name: String, _ spec: Spec) throws -> Int {
  let size = name.split(separator: "_").last.flatMap { Int($0) } ?? 0
  let named = size > 0 ? size.trailingZeroBitCount : 0
  let levels = try spec.integer("num_downs", default: named)
  guard (5...12).contains(levels) else {
    throw GanError.checkpoint("num_downs: expected 5 to 12, found \(levels)", at: spec.path)
  }
  return levels
}

private func positive(_ spec: Spec, _ key: String) throws -> Int {
  let value = try spec.integer(key)
  guard (1...4096).contains(value) else {
    throw GanError.checkpoint("\(key): expected 1 to 4096, found \(value)", at: spec.path)
  }
  return value
}

func adamOptions(from spec: Spec) throws -> AdamOptions {
  let section = try spec.section("optimizer")
  let betas = try section.has("betas") ? section.numbers("betas") : ["beta1", "beta2"].map { try section.number($0) }
  guard betas.count == 2 else { throw GanError.checkpoint("betas: expected two numbers", at: section.path) }
  var options = AdamOptions()
  options.learningRate = try section.number("lr")
  (options.beta1, options.beta2) = (betas[0], betas[1])
  options.weightDecay = try section.number("weight_decay", default: 0)
  return options
}
