import GanBase
import GanConfig
import GanNN
import GanTensor
import GanTestSupport
import Testing

@testable import GanModels

/// INIT and DUNIT beside the models that they extend.
@Suite struct InstanceModelTests {
  init() throws { try Engine.start(threads: 2) }

  private func make(_ name: String, _ further: [String] = []) throws -> (any ImageTranslator, ModelBuilder) {
    var document = ConfigDocument(name: "test")
    for override in (RegistryTests.smallOptions[name] ?? []) + further { document.override(override) }
    let configured = try #require(Registry.model(name)).configure(&document)
    try document.finish()
    let builder = ModelBuilder(seed: 4)
    return (try configured.make(builder), builder)
  }

  private func batch(_ step: Int, _ boxes: (a: [[Box]], b: [[Box]]) = ([], [])) -> TrainingBatch {
    var random = RandomStream(seed: UInt64(step))
    var batch = TrainingBatch(
      a: Tensor.uniform([2, 32, 32, 3], from: &random) * 2 - 1,
      b: Tensor.uniform([2, 32, 32, 3], from: &random) * 2 - 1)
    batch.boxes = boxes
    return batch
  }

  private func box(_ left: Double, _ top: Double, _ right: Double, _ bottom: Double) -> Box {
    Box(left: left, top: top, right: right, bottom: bottom)
  }

  /// Losses and weights after some steps.
  private func run(
    _ model: any ImageTranslator, _ builder: ModelBuilder, _ boxes: (a: [[Box]], b: [[Box]]) = ([], [])
  ) throws -> (losses: [[String: Double]], weights: [String: [Float]]) {
    let losses = try (1...3).map { step in
      let entries = try model.trainStep(batch(step, boxes)).entries.map { ($0.name, $0.value.item) }
      return Dictionary(entries, uniquingKeysWith: { $1 })
    }
    let weights = builder.tensors.map { ($0.name, $0.entry.tensor.floats) }
    return (losses, Dictionary(uniqueKeysWithValues: weights))
  }

  /// Without boxes, what is trained is MUNIT or DRIT, to the bit, and the further networks rest.
  @Test(arguments: [("init", "munit", ["model.global_style=random"], "disobj"), ("dunit", "drit", [], "inst")])
  func withoutBoxesItIsTheModelThatItExtends(
    _ name: String, _ plainName: String, _ options: [String], _ further: String
  ) throws {
    let (model, builder) = try make(name, options), (plain, plainBuilder) = try make(plainName)
    let before = Dictionary(uniqueKeysWithValues: builder.tensors.map { ($0.name, $0.entry.tensor.floats) })
    let found = try run(model, builder), expected = try run(plain, plainBuilder)
    #expect(found.losses == expected.losses)
    for (key, value) in found.weights {
      if key.hasPrefix(further) {
        #expect(value == before[key])
      } else {
        #expect(value == expected.weights[key], "\(key)")
      }
    }
    #expect(found.weights.keys.contains { $0.hasPrefix(further) })
  }

  /// Pairs of pictures that do not both show objects, and boxes of pictures that are not translated, change nothing.
  @Test func otherBoxesChangeNothing() throws {
    let one = [box(2, 3, 20, 25)]
    let (model, builder) = try make("init"), (same, sameBuilder) = try make("init")
    let found = try run(model, builder, (a: [one, []], b: [[], one])), expected = try run(same, sameBuilder)
    #expect(found.losses == expected.losses && found.weights == expected.weights)
    let (dunit, dunitBuilder) = try make("dunit"), (other, otherBuilder) = try make("dunit")
    let second = try run(dunit, dunitBuilder, (a: [[], one], b: [one, one])), none = try run(other, otherBuilder)
    #expect(second.losses == none.losses && second.weights == none.weights)
  }

  /// DUNIT takes boxes by their area.
  @Test func theOrderOfBoxesDoesNotMatter() throws {
    let boxes = [box(2, 3, 20, 25), box(6, 8, 30, 31), box(1, 1, 17, 18)]
    let (model, builder) = try make("dunit"), (same, sameBuilder) = try make("dunit")
    let found = try run(model, builder, (a: [boxes, []], b: []))
    let expected = try run(same, sameBuilder, (a: [boxes.reversed(), []], b: []))
    #expect(found.losses == expected.losses && found.weights == expected.weights)
    #expect(found.losses[0]["l1_instance"] != nil)
    let (plain, plainBuilder) = try make("dunit")
    #expect(try run(plain, plainBuilder).losses != found.losses)
  }

  /// Objects change a translation where they are: with a map that knows of them, not without boxes or the other way.
  @Test func translationsLookAtObjects() throws {
    let (made, _) = try make("dunit")
    let model = try #require(made as? any InstanceTranslator)
    let picture = try batch(1).sides().a.sliced(0..<1, axis: 0), pass = Pass.evaluation
    let attribute = model.randomAttributes(1, nil, type: .float32)
    func translation(_ boxes: [Box], _ target: TranslationTarget) throws -> [Float]? {
      let objects = try model.objects(of: picture, boxes, to: target)
      let content = try model.content(of: picture, to: target, pass)
      guard let objects else { return nil }
      return try model.decode(content, to: target, attribute: attribute, objects: objects, pass).floats
    }
    let plain = try model.translate(picture, to: .aToB, attribute: attribute, pass)
    let found = try #require(try translation([box(4, 4, 28, 28)], .aToB))
    #expect(found.count == plain.count && found != plain.floats)
    // Too small to cover the centre of a cell.
    #expect(try translation([box(4.5, 4.5, 5.5, 5.5)], .aToB) == plain.floats)
    #expect(try translation([], .aToB) == nil && translation([box(4, 4, 28, 28)], .bToA) == nil)
  }

  /// The pixels whose centres lie in a box.
  @Test func backgroundsAreBlank() {
    let picture = Tensor(repeating: 1, [2, 4, 5, 2])
    let found = picture.blanked(in: [[box(1, 0.4, 2.6, 2.4), box(4.2, 3, 5, 4)], []])
    let first: [Float] = [1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]
    #expect(found.floats == first.flatMap { [$0, $0] } + [Float](repeating: 1, count: 40))
  }

  @Test(arguments: [
    ("init", ["model.object_size=18"], "object_size: 20"),
    ("init", ["model.object_size=16", "model.dis_n_layer=6"], "128"),
    ("dunit", ["model.object_size=18"], "object_size: 20"),
  ]) func sizesOfObjects(_ name: String, _ options: [String], _ help: String) throws {
    let error = #expect(throws: GanError.self) {
      try make(name, ["model.dis_object_scales=2"].filter { _ in name == "init" } + options)
    }
    #expect(error?.code == .usage && error?.description.contains(help) == true, "\(String(describing: error))")
  }
}
