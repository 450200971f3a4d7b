import GanBase
import GanModels
import GanNN
import GanTensor

extension DRIT: ParityModel {
  package static let limits = ParityLimits.drit

  package static func options(from spec: Spec) throws -> Options {
    var options = Options()
    options.networks = try dritNetworkOptions(from: spec)
    let depths = try spec.section("depths"), image = try spec.section("image")
    options.scales = try spec.has("dis_scale") ? spec.integer("dis_scale") : depths.integer("dis_scale")
    options.scales = min(max(1, options.scales), 6)
    options.discriminatorLayers = try depths.integer("dis_layers")
    (options.channels.a, options.channels.b) = (try image.integer("channels_a"), try image.integer("channels_b"))
    options.seeksModes = try spec.flag("mode_seeking")
    options.modeWeight = try spec.number("mode_seeking_weight", default: 1)
    options.training = try dritTrainingOptions(from: spec)
    options.training.reconstructionWeight = try spec.number("l1_weight")
    return options
  }

  package func batch(_ fixture: ParityFixture, step: Int, type: ElementType) throws -> TrainingBatch {
    var batch = try pairedBatch(fixture, step: step, "A", "B", type: type)
    let (a, b) = try batch.sides()
    for (name, picture) in [("A", a), ("B", b)] {
      try fixture.checkPictures(picture, for: self, at: "step\(step).\(name)")
    }
    batch.place = try options.training.place(fixture.spec, step: step)
    return batch
  }

  package func forwardValues(
    _ fixture: ParityFixture, noise: NoiseSource, type: ElementType
  ) throws -> [String: Tensor] {
    let (a, b) = try batch(fixture, step: fixture.firstFullStep(), type: type).sides()
    let t = translations(a.first, b.first)
    var found = [
      "z_content_a": t.contentA, "z_content_b": t.contentB, "z_attr_a": t.attributeA, "z_attr_b": t.attributeB,
      "fake_A_encoded": t.fakeA, "fake_B_encoded": t.fakeB, "fake_AA_encoded": t.selfA, "fake_BB_encoded": t.selfB,
      "fake_A_random": t.randomA[0], "fake_B_random": t.randomB[0], "fake_A_recon": t.reconA,
      "fake_B_recon": t.reconB, "z_content_recon_a": t.recontentA, "z_content_recon_b": t.recontentB,
      "z_attr_recon_a": t.reattributeA, "z_attr_recon_b": t.reattributeB,
      "disContent.a.scale0": flat(disContent(t.contentA)), "disContent.b.scale0": flat(disContent(t.contentB)),
    ]
    if options.seeksModes { (found["fake_A_random2"], found["fake_B_random2"]) = (t.randomA[1], t.randomB[1]) }
    found.merge(codeValues(t)) { $1 }
    found.merge(scores("disA", disA, real: a.first, fake: t.fakeA)) { $1 }
    found.merge(scores("disB", disB, real: b.first, fake: t.fakeB)) { $1 }
    found.merge(scores("disA2", disA2, real: a.rest, fake: t.randomA[0])) { $1 }
    found.merge(scores("disB2", disB2, real: b.rest, fake: t.randomB[0])) { $1 }
    found.merge(try testValues(fixture, a, b, type: type)) { $1 }
    found.merge(try extraValues(fixture, type: type)) { $1 }
    return found
  }

  private func codeValues(_ t: Translations) -> [String: Tensor] {
    if let a = gen.a as? MixingDecoder, let b = gen.b as? MixingDecoder {
      return [
        "mlpA": a.vectors(t.drawn[0]), "mlpB": b.vectors(t.drawn[0]), "z_attr_random_a": t.recodedA.mean,
        "z_attr_random_b": t.recodedB.mean,
      ]
    }
    var found = ["mu2_a": t.recodedA.mean, "mu2_b": t.recodedB.mean]
    for (name, code) in [("a", t.codeA), ("b", t.codeB), ("recon_a", t.refoundA), ("recon_b", t.refoundB)] {
      found["mu_\(name)"] = code.mean
      found["logvar_\(name)"] = code.logVariance
    }
    return found
  }

  /// The single discriminator's map is a vector there.
  private func flat(_ scores: Tensor) -> Tensor { scores.reshaped(to: [scores.count]) }

  /// Each call begins with the initial weights, as if it was the only one.
  private func scores(_ name: String, _ judge: Judge, real: Tensor, fake: Tensor) -> [String: Tensor] {
    var found: [String: Tensor] = [:]
    for (kind, pictures) in [("real", real), ("fake", fake)] {
      for (scale, map) in judge.network(pictures, Pass(.batchWithoutUpdate)).enumerated() {
        found["\(name).\(kind).scale\(scale)"] = options.scales > 1 ? map : flat(map)
      }
    }
    return found
  }

  private func testValues(
    _ fixture: ParityFixture, _ a: Tensor, _ b: Tensor, type: ElementType
  ) throws -> [String: Tensor] {
    let attribute = try fixture.input("test.z").converted(to: type)
    let contentA = encC.a(a), contentB = encC.b(b)
    func example(_ code: AttributeCode, _ key: String) throws -> Tensor {
      guard code.logVariance != nil else { return code.mean }
      let draws = try fixture.input(key).converted(to: type)
      return code.sampled { _ in draws }
    }
    return [
      "test.content_a": contentA, "test.content_b": contentB, "test.a2b": gen.b(contentA, attribute, label: nil),
      "test.b2a": gen.a(contentB, attribute, label: nil),
      "test.transfer_a2b": gen.b(contentA, try example(encA.b(b), "test.eps_b"), label: nil),
      "test.transfer_b2a": gen.a(contentB, try example(encA.a(a), "test.eps_a"), label: nil),
    ]
  }

  /// Networks of the official depths, which a fixture may hold beside those that are trained.
  private func extraValues(_ fixture: ParityFixture, type: ElementType) throws -> [String: Tensor] {
    guard fixture.spec.has("extra_networks") else { return [:] }
    let all = try fixture.spec.section("extra_networks")
    var found: [String: Tensor] = [:]
    if all.has("extra_disContent") {
      let spec = try all.section("extra_disContent")
      let channels = try spec.integer("channels", in: 1...4096)
      let halvings = try spec.integer("content_dis_down_convs", in: 0...6)
      let network = try fixture.extraNetwork("extra_disContent", type: type) {
        ContentDiscriminator($0, channels: channels, halvings: halvings)
      }
      let content = try fixture.extraInput(
        "extra_disContent", channels: channels, least: ContentDiscriminator.leastSize(halvings: halvings), type: type)
      found["extra_disContent.scale0"] = flat(network(content))
    }
    for name in ["extra_multiDis", "extra_singleDis"] where all.has(name) {
      let spec = try all.section(name)
      let (width, layers) = (try spec.integer("dis_width", in: 1...4096), try spec.integer("dis_layers", in: 1...8))
      let scales = try spec.integer("dis_scale", in: 1...6, default: 1)
      let isSpectral = try spec.flag("spectral_norm", default: false)
      let network = try fixture.extraNetwork(name, type: type) {
        DRITDiscriminator(
          $0, inputs: 3, width: width, layers: layers, scales: scales, isSpectral: isSpectral)
      }
      let pictures = try fixture.extraInput(
        name, channels: 3, least: DRITDiscriminator.leastSize(layers: layers, scales: scales), type: type)
      for (scale, map) in network(pictures, Pass(.batchWithoutUpdate)).enumerated() {
        found["\(name).scale\(scale)"] = scales > 1 ? map : flat(map)
      }
    }
    return found
  }
}
