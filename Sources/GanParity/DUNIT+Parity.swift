import GanBase
import GanModels
import GanNN
import GanTensor

// There are no official numbers: those of the fixture are a second implementation's (scripts/make_instance_fixtures.py).

extension DUNIT: ParityModel {
  package static let limits = ParityLimits.drit

  package static func options(from spec: Spec) throws -> Options {
    var options = Options()
    options.pictures = try DRIT.options(from: spec)
    options.objectSize = try spec.integer("object_size", in: 16...1024)
    options.instanceWeight = try spec.number("lambda_instance")
    return options
  }

  package func batch(_ fixture: ParityFixture, step: Int, type: ElementType) throws -> TrainingBatch {
    var batch = try drit.batch(fixture, step: step, type: type)
    batch.boxes.a = try fixture.boxes("step\(step).boxes_a", pictures: batch.count)
    return batch
  }

  package func forwardValues(
    _ fixture: ParityFixture, noise: NoiseSource, type: ElementType
  ) throws -> [String: Tensor] {
    let batch = try batch(fixture, step: fixture.firstFullStep(), type: type)
    let (a, b) = try batch.sides(), boxes = batch.boxes(ofB: false, 0)
    let t = drit.translations(a.first, b.first, branches.objects(boxes))
    var found = [
      "ca": t.contentA, "cb": t.contentB, "fake_A": t.fakeA, "fake_B": t.fakeB, "self_A": t.selfA, "self_B": t.selfB,
      "recon_A": t.reconA, "recon_B": t.reconB, "random_B": t.randomB[0],
    ]
    if t.randomB.count > 1 { found["random_B2"] = t.randomB[1] }
    let objects = try self.objects(of: a.first, boxes, to: .aToB)
    found["codes"] = objects?.codes
    let ordered = objects?.boxes ?? []
    found["recodes"] = ordered.isEmpty ? nil : back.codes(of: t.fakeB, ordered).codes
    for (name, judge, pictures) in [
      ("disA", drit.disA, a), ("disB", drit.disB, b), ("disA2", drit.disA2, a), ("disB2", drit.disB2, b),
    ] {
      for (scale, map) in judge.network(pictures.first, Pass(.batchWithoutUpdate)).enumerated() {
        found["\(name).scale\(scale)"] = map
      }
    }
    let content = try content(of: a.first, to: .aToB, .evaluation), z = t.drawn[0]
    found["test.a2b"] = try decode(content, to: .aToB, attribute: z, objects: objects, .evaluation)
    found["test.a2b_without_boxes"] = try decode(content, to: .aToB, attribute: z, .evaluation)
    return found
  }
}
