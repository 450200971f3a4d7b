import GanBase
import GanConfig
import GanModels
import GanNN
import GanTensor

extension CUT: ParityModel {
  package static func options(from spec: Spec) throws -> CUTOptions {
    var options = CUTOptions()
    guard let mode = CUTMode(rawValue: try spec.text("mode").lowercased()) else {
      throw GanError.checkpoint("mode: expected CUT or FastCUT, found \"\(try spec.text("mode"))\"", at: spec.path)
    }
    options.mode = mode
    options.networks = try networkOptions(from: spec)
    options.adversarial = try adversarialOptions(from: spec)
    guard case .resnet(let blocks) = options.networks.generator else {
      throw GanError.checkpoint("netG: expected resnet_..., found \"\(try spec.text("netG"))\"", at: spec.path)
    }
    options.generator = .resnet(blocks: blocks)
    let isPlain = (down: try spec.flag("no_antialias"), up: try spec.flag("no_antialias_up"))
    options.networks.antialias.kind =
      switch isPlain {
      case (false, false): .both
      case (false, true): .down
      case (true, false): .up
      case (true, true): .none
      }
    options.channels = try spec.integer("input_nc")
    guard try spec.integer("output_nc") == options.channels else {
      throw GanError.checkpoint("input_nc and output_nc differ: the encoder sees pictures of both sides", at: spec.path)
    }
    guard try spec.text("netF") == "mlp_sample" else {
      throw GanError.checkpoint("netF: expected mlp_sample, found \"\(try spec.text("netF"))\"", at: spec.path)
    }
    options.embeddingWidth = try spec.integer("netF_nc", in: 1...4096)
    options.taps = try spec.numbers("nce_layers").map { Int(exactly: $0) ?? -1 }
    options.temperature = try spec.number("nce_T")
    options.patches = try spec.integer("num_patches")
    options.hasIdentity = try spec.flag("nce_idt")
    options.flips = try spec.flag("flip_equivariance")
    options.sharesNegatives = try spec.flag("nce_includes_all_negatives_from_minibatch", default: false)
    options.ganWeight = try spec.number("lambda_GAN")
    options.contrastWeight = Scheduled(wrappedValue: try spec.number("lambda_NCE"))
    options.optimizer = try optimizerOptions(from: spec)
    return options
  }

  package func forwardValues(
    _ fixture: ParityFixture, noise: NoiseSource, type: ElementType
  ) throws -> [String: Tensor] {
    let (a, b) = try batch(fixture, step: 1, type: type).sides()
    let trace = Trace(), judging = Trace(), pass = Pass(.batchWithoutUpdate, noise: noise)
    let translations = translateAll(a, b, Pass(.batchWithoutUpdate, noise: noise, trace: trace))
    let fake = translations.pictures(0)
    var found = Dictionary(
      uniqueKeysWithValues: trace.values.map { ("G.\($0)", $1.sliced(0..<a.shape[0], axis: 0)) })
    found["fake_B"] = fake
    if translations.count == 2 { found["idt_B"] = translations.pictures(1) }
    if translations.areMirrored { found["translation"] = g(a, pass) }
    found["D_real"] = d(b, Pass(.batchWithoutUpdate, noise: noise, trace: judging))
    found["D_fake"] = d(fake, pass)
    for (key, value) in judging.values { found["D.\(key)"] = value }
    for (term, contrast) in zip(["NCE", "NCE_Y"], contrasts(translations, pass)) {
      for (index, tap) in taps.enumerated() {
        found["\(term).q.\(tap)"] = contrast.queries[index]
        found["\(term).k.\(tap)"] = contrast.keys[index]
        found["\(term).patch_loss.\(tap)"] = contrast.patchLosses[index]
        let map = contrast.maps[index].whole.sliced(contrast.pictures, axis: 0)
        found["\(term).map_q.\(tap)"] = translations.areMirrored ? map.flipped() : map
      }
    }
    return found
  }
}
