import GanBase
import GanModels
import GanNN

// What pix2pix and CycleGAN share.

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
  networks.generatorWidth = try spec.integer("ngf")
  networks.discriminatorWidth = try spec.integer("ndf")
  networks.discriminatorLayers = try spec.integer("n_layers_D", default: 3)
  networks.norm = try spec.choice("norm")
  networks.dropout = try spec.flag("use_dropout", default: false)
  return networks
}

/// What they play for.
func adversarialOptions(from spec: Spec) throws -> AdversarialOptions {
  // CUT has a name of its own for cross entropy with logits.
  let isCrossEntropy = try spec.text("gan_mode") == "nonsaturating"
  var adversarial = AdversarialOptions(isCrossEntropy ? .vanilla : try spec.choice("gan_mode"))
  // The official program never applies the penalty.
  adversarial.penaltyWeight = try spec.number("lambda_gp", default: 0)
  return adversarial
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
