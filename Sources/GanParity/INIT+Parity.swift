import GanBase
import GanModels
import GanNN
import GanTensor

// There are no official numbers: those of the fixture are a second implementation's (scripts/make_instance_fixtures.py).

extension INIT: ParityModel {
  package static let limits: ParityLimits = {
    var limits = ParityLimits.unit
    // Pictures that went through both kinds of network twice, on small objects.
    limits.forward = 1e-4
    limits.loss = 2e-5
    return limits
  }()

  package static func options(from spec: Spec) throws -> Options {
    var options = Options()
    options.pictures = try MUNIT.options(from: spec)
    options.objectSize = try spec.integer("object_size", in: 16...1024)
    options.objectScales = try spec.integer("dis_object_scales", in: 1...6)
    options.globalStyle = try spec.choice("global_style")
    options.objectWeight = try spec.section("loss_weights").number("object_w")
    return options
  }

  package func batch(_ fixture: ParityFixture, step: Int, type: ElementType) throws -> TrainingBatch {
    var batch = try unitBatch(fixture, step: step, type: type)
    let count = batch.count
    batch.boxes = (
      try fixture.boxes("step\(step).boxes_a", pictures: count),
      try fixture.boxes("step\(step).boxes_b", pictures: count)
    )
    return batch
  }

  package func forwardValues(
    _ fixture: ParityFixture, noise: NoiseSource, type: ElementType
  ) throws -> [String: Tensor] {
    let batch = try batch(fixture, step: 1, type: type), real = try batch.sides()
    let contents = contents(of: real), styles = styles("gen", of: real, contents)
    let t = translations(contents, styles, ownStyles: ownStyles(of: real)), cycles = cycles(t)
    let disPhase = fakes(contents, self.styles("dis", of: real, contents))
    var found = [
      "c_a": contents.a, "c_b": contents.b, "s_a_prime": t.ownStyleA, "s_b_prime": t.ownStyleB, "s_a": t.styleA,
      "s_b": t.styleB, "x_a_recon": t.reconA, "x_b_recon": t.reconB, "fake_a": t.fakeA, "fake_b": t.fakeB,
      "c_a_recon": t.recodedContentA, "c_b_recon": t.recodedContentB, "s_a_recon": t.recodedStyleA,
      "s_b_recon": t.recodedStyleB, "cycle_a": cycles.a, "cycle_b": cycles.b, "dis_fake_a": disPhase.a,
      "dis_fake_b": disPhase.b,
    ]
    add("dis_a", discriminators.a, real: real.a, fake: t.fakeA, to: &found)
    if let objects = objects(of: batch, real) { addObjectValues(objects, real, to: &found) }
    return found
  }

  private func addObjectValues(_ objects: Objects, _ real: (a: Tensor, b: Tensor), to found: inout [String: Tensor]) {
    let made = translations(of: objects, real)
    (found["o_a"], found["o_b"]) = objects.crops
    func ground(_ real: Tensor, _ boxes: [[Box]]) -> Tensor {
      Tensor.concatenated(objects.pictures.map { real.sliced($0..<$0 + 1, axis: 0) }, axis: 0).blanked(in: boxes)
    }
    (found["ground_a"], found["ground_b"]) = (ground(real.a, objects.boxes.a), ground(real.b, objects.boxes.b))
    (found["c_o_a"], found["c_o_b"]) = made.contents
    (found["s_o_a"], found["s_o_b"]) = (made.fine.ownStyleA, made.fine.ownStyleB)
    (found["s_coarse_a"], found["s_coarse_b"]) = (made.coarse.styleA, made.coarse.styleB)
    (found["o_a_recon"], found["o_b_recon"]) = (made.fine.reconA, made.fine.reconB)
    for (kind, t) in [("o", made.fine), ("coarse", made.coarse)] {
      let cycles = cycles(t)
      for (key, value) in [
        ("fake_\(kind)_a", t.fakeA), ("fake_\(kind)_b", t.fakeB), ("c_\(kind)_a_recon", t.recodedContentA),
        ("c_\(kind)_b_recon", t.recodedContentB), ("s_\(kind)_a_recon", t.recodedStyleA),
        ("s_\(kind)_b_recon", t.recodedStyleB), ("cycle_\(kind)_a", cycles.a), ("cycle_\(kind)_b", cycles.b),
      ] { found[key] = value }
    }
    add("disobj_b", objectDiscriminators.b, real: objects.crops.b, fake: made.coarse.fakeB, to: &found)
  }

  private func add(
    _ name: String, _ network: MultiScaleDiscriminator, real: Tensor, fake: Tensor, to found: inout [String: Tensor]
  ) {
    for (kind, pictures) in [("real", real), ("fake", fake)] {
      for (scale, map) in network(pictures, Pass(.batch)).enumerated() { found["\(name).\(kind).scale\(scale)"] = map }
    }
  }
}
