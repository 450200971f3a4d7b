import GanBase
import GanModels
import GanNN
import GanTensor

extension DRITPlusPlus: ParityModel {
  package static let limits = ParityLimits.drit

  package static func options(from spec: Spec) throws -> Options {
    var options = Options()
    let image = try spec.section("image"), depths = try spec.section("depths")
    options.domains = DomainOptions((0..<(try spec.integer("num_domains", in: 2...1024))).map { "\($0)" })
    options.imageSize = min(try image.integer("height"), try image.integer("width"))
    options.networks = try dritNetworkOptions(from: spec)
    options.discriminatorLayers = try depths.integer("dis_layers")
    options.judgesContents = try spec.flag("isDcontent")
    options.classWeight = try spec.number("lambda_cls")
    options.generatorClassWeight = try spec.number("lambda_cls_G")
    options.training = try dritTrainingOptions(from: spec)
    options.training.reconstructionWeight = try spec.number("lambda_rec")
    return options
  }

  package func batch(_ fixture: ParityFixture, step: Int, type: ElementType) throws -> TrainingBatch {
    let key = "step\(step).images"
    let pictures = try fixture.input(key).converted(to: type)
    let labels = try fixture.input("step\(step).labels").converted(to: type)
    let sizeRule = inputs.sizeRule
    guard pictures.shape.rank == 4, pictures.shape[3] == Self.pictureChannels, sizeRule.allows(pictures.shape[1]),
      sizeRule.allows(pictures.shape[2]), labels.shape == [pictures.shape[0], domains.count]
    else {
      throw GanError.checkpoint(
        "expected pictures in colour and \(domains.count) numbers for each, found \(pictures.shape), \(labels.shape)",
        at: "\(fixture.path): \(key)")
    }
    try fixture.checkPictures(pictures, for: self, at: key)
    var batch = TrainingBatch(pictures, labels: labels)
    // Without a content discriminator every step is full, whatever its interval says.
    if options.judgesContents { batch.place = try options.training.place(fixture.spec, step: step) }
    return batch
  }

  package func forwardValues(
    _ fixture: ParityFixture, noise: NoiseSource, type: ElementType
  ) throws -> [String: Tensor] {
    let (x, labels) = try batch(fixture, step: fixture.firstFullStep(), type: type).labelled()
    let t = translations(x, labels)
    var found = [
      "z_content": t.content, "z_content_recon": t.recontent, "z_attr": t.attribute, "z_attr_recon": t.reattribute,
    ]
    if options.imageSize >= options.networks.leastJudgedSize { found["disContent"] = contentScores(t.content) }
    for (name, pictures) in [("encoded", t.fakes), ("random", t.randoms), ("recon", t.recons)] {
      (found["fake_A_\(name)"], found["fake_B_\(name)"]) = pictures.halves
    }
    (found["fake_AA_encoded"], found["fake_BB_encoded"]) = t.selves.halves
    if t.code.logVariance == nil {
      found["z_attr_random"] = t.recoded.mean
    } else {
      (found["mu"], found["logvar"]) = (t.code.mean, t.code.logVariance)
      (found["mu_recon"], found["logvar_recon"]) = (t.refound.mean, t.refound.logVariance)
      found["mu2"] = t.recoded.mean
    }
    for (judge, fake) in [(dis1, t.fakes), (dis2, t.randoms)] {
      for (kind, pictures) in [("real", x), ("fake", fake)] {
        // Each call begins with the initial weights, as if it was the only one.
        let judged = judge.network(pictures, Pass(.batchWithoutUpdate))
        found["\(judge.name).\(kind).patch"] = judged.patches
        found["\(judge.name).\(kind).cls"] = judged.domains
      }
    }
    return found.merging(try testValues(fixture, x, type: type)) { $1 }
  }

  private func testValues(
    _ fixture: ParityFixture, _ pictures: Tensor, type: ElementType
  ) throws -> [String: Tensor] {
    let content = encC(pictures)
    var found = ["test.content": content]
    for (index, target) in targets.enumerated() where fixture.inputs["test.z\(index)"] != nil {
      let attribute = try fixture.input("test.z\(index)").converted(to: type)
      found["test.random.domain\(index)"] = try decode(content, to: target, attribute: attribute, .evaluation)
    }
    if fixture.inputs["test.reference"] != nil {
      let labels = try fixture.input("test.reference_labels").converted(to: type)
      let draws = fixture.inputs["test.eps"]?.converted(to: type)
      let attribute = code(try fixture.input("test.reference").converted(to: type), labels)
        .sampled { draws ?? Tensor.zeros($0, type: type) }
      found["test.transfer"] = gen(content, attribute, label: labels)
    }
    return found
  }
}
