import GanBase
import GanModels
import GanNN
import GanTensor

// What UNIT and MUNIT share.

extension ParityLimits {
  /// The limits that the notes of the official numbers suggest, for all of their configurations.
  static let unit: ParityLimits = {
    var limits = ParityLimits()
    limits.forward = 2e-5
    limits.longForward = (["x_aba", "x_bab"], 1e-4)
    (limits.loss, limits.laterLoss) = (5e-6, 1e-4)
    limits.gradient = 1e-4
    (limits.weightStep, limits.weightMean, limits.update) = (0.5, 2e-2, nil)
    (limits.zeroGradient, limits.zeroGradientSize, limits.zeroGradientStep) = (nil, 2e-5, 0.3)
    return limits
  }()
}

func unitNetworkOptions(from spec: Spec) throws -> UNITNetworkOptions {
  var options = UNITNetworkOptions()
  let gen = try spec.section("gen"), dis = try spec.section("dis")
  options.generatorWidth = try gen.integer("dim")
  options.halvings = try gen.integer("n_downsample")
  options.residualBlocks = try gen.integer("n_res")
  options.generatorActivation = try gen.choice("activ")
  options.generatorPadding = try gen.choice("pad_type")
  options.discriminatorWidth = try dis.integer("dim")
  options.discriminatorLayers = try dis.integer("n_layer")
  options.scales = try dis.integer("num_scales")
  options.discriminatorNorm = try dis.choice("norm")
  options.discriminatorActivation = try dis.choice("activ")
  options.discriminatorPadding = try dis.choice("pad_type")
  return options
}

func gameOptions(from spec: Spec) throws -> GANTypeOptions {
  var options = GANTypeOptions()
  options.ganType = try spec.section("dis").choice("gan_type")
  return options
}

func perceptualOptions(from weights: Spec) throws -> PerceptualOptions {
  var options = PerceptualOptions()
  options.weight = try weights.number("vgg_w", default: 0)
  options.weightsFile = "vgg.safetensors"
  return options
}

extension ImageTranslator {
  func unitBatch(_ fixture: ParityFixture, step: Int, type: ElementType) throws -> TrainingBatch {
    let batch = try pairedBatch(fixture, step: step, "x_a", "x_b", type: type)
    let (a, b) = try batch.sides()
    for (name, pictures) in [("x_a", a), ("x_b", b)] {
      try fixture.checkPictures(pictures, for: self, at: "step\(step).\(name)")
    }
    return batch
  }
}

/// The maps of a discriminator, what its smaller scales see, and the losses with binary cross entropy.
func discriminatorValues(
  _ name: String, _ network: MultiScaleDiscriminator, real: Tensor, fake: Tensor
) -> [String: Tensor] {
  let pass = Pass(.batch), reals = network(real, pass), fakes = network(fake, pass)
  let game = AdversarialOptions(.vanilla)
  var found = [
    "nsgan.\(name).dis_loss": game.discriminator(real: reals, fake: fakes).total,
    "nsgan.\(name).gen_loss": game.generator(fakes) { reals },
  ]
  for (scale, picture) in network.pyramid(real).enumerated() {
    found["\(name).real.scale\(scale)"] = reals[scale]
    found["\(name).fake.scale\(scale)"] = fakes[scale]
    if scale > 0 { found["\(name).real_input.scale\(scale)"] = picture }
  }
  return found
}
