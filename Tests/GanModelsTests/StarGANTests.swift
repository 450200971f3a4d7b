import GanBase
import GanNN
import GanTensor
import GanTestSupport
import Testing

@testable import GanModels

/// StarGAN beyond what every model must do.
@Suite struct StarGANTests {
  init() throws { try Engine.start(threads: 2) }

  private func make(
    _ domains: DomainOptions = DomainOptions(["a", "b", "c"]), criticSteps: Int = 1
  ) throws -> (model: StarGAN, tensors: [String: NamedTensor]) {
    var options = StarGAN.Options()
    options.domains = domains
    (options.imageSize, options.discriminatorLayers) = (32, 3)
    (options.generatorWidth, options.generatorBlocks, options.discriminatorWidth) = (2, 1, 2)
    options.adversarial.discriminatorSteps = criticSteps
    #expect(options.problems().isEmpty)
    let make = ModelBuilder(seed: 4), model = try StarGAN(options, make)
    return (model, Dictionary(uniqueKeysWithValues: make.tensors))
  }

  private func batch(_ labels: [Float], of count: Int = 2) -> TrainingBatch {
    var random = RandomStream(seed: 2)
    let pictures = Tensor.uniform([count, 32, 32, 3], from: &random) * 2 - 1
    return TrainingBatch(pictures, labels: Tensor(labels, [count, labels.count / count]))
  }

  @Test func theGeneratorLearnsInEverySecondStep() throws {
    let (model, tensors) = try make(criticSteps: 2)
    let (g, d) = (try #require(tensors["G.main.3.weight"]), try #require(tensors["D.main.0.weight"]))
    for step in 1...4 {
      let (oldG, oldD) = (g.tensor.floats, d.tensor.floats)
      let names = try model.trainStep(batch([1, 0, 0, 0, 0, 1])).entries.map(\.name)
      #expect((names.count == 7) == (step % 2 == 0) && names.count >= 4)
      #expect((oldG != g.tensor.floats) == (step % 2 == 0) && oldD != d.tensor.floats)
    }
  }

  /// Taps of a domain that no picture of the batch has nor becomes stay as they are, to the bit.
  @Test func domainsThatAreAbsentLeaveTheirWeights() throws {
    let (model, tensors) = try make()
    let weight = try #require(tensors["G.main.0.weight"])
    func taps(_ input: Int) -> [Float] { weight.tensor.sliced(input..<input + 1, axis: 2).floats }
    let before = (3..<6).map(taps)
    for _ in 0..<2 { _ = try model.trainStep(batch([1, 0, 0, 0, 0, 1])) }
    #expect(taps(4) == before[1] && taps(3) != before[0] && taps(5) != before[2])
  }

  @Test func statisticsMoveInTrainingAlone() throws {
    let (model, tensors) = try make()
    let mean = try #require(tensors["G.main.4.running_mean"])
    let count = try #require(tensors["G.main.4.num_batches_tracked"])
    let batch = batch([1, 0, 0, 0, 0, 1])
    let pass = Pass(model.testTimeStatistics)
    _ = try model.samples(batch, pass)
    let (pictures, _) = try batch.labelled()
    let own = try model.translate(pictures, to: .domain("b"), pass)
    #expect(mean.tensor.floats == [0, 0, 0, 0])
    // By default pictures are normalised by themselves.
    #expect(try model.translate(pictures, to: .domain("b"), .evaluation).floats != own.floats)
    let alone = try model.translate(pictures.sliced(0..<1, axis: 0), to: .domain("b"), pass)
    expectClose(alone, own.sliced(0..<1, axis: 0), absolute: 1e-5)
    _ = try model.trainStep(batch)
    #expect(!mean.tensor.floats.contains(0) && mean.tensor.isFinite && count.tensor.item == 0)
  }

  @Test func aSheetHasAColumnPerDomain() throws {
    let (model, _) = try make()
    let samples = try model.samples(batch([1, 0, 0, 0, 0, 1]), Pass(.batchWithoutUpdate))
    #expect(samples.map(\.label) == ["input", "a", "b", "c"])
    #expect(Set(samples.map { $0.pictures.floats }).count == 4)
  }

  @Test func attributesTrainAndTranslate() throws {
    let names = ["Black_Hair", "Blond_Hair", "Male"]
    let (model, _) = try make(DomainOptions(names, .attributes))
    let batch = batch([1, 0, 1, 0, 0, 0])
    let losses = try model.trainStep(batch)
    expectFinite(losses.entries.map(\.value.item))
    let pass = Pass(.batchWithoutUpdate)
    let first = try batch.labelled().pictures.sliced(0..<1, axis: 0)
    let samples = try model.samples(batch, pass)
    // Black hair gives way to blond hair; the man becomes a woman; black hair stays black.
    for (column, attributes) in [(1, ["Black_Hair", "Male"]), (2, ["Blond_Hair", "Male"]), (3, ["Black_Hair"])] {
      let expected = try model.translate(first, to: .attributes(Set(attributes)), pass)
      #expect(samples[column].pictures.floats == expected.floats, "\(samples[column].label)")
    }
    for target in [TranslationTarget.domain("Male"), .aToB, .attributes(["Hat"])] {
      let error = #expect(throws: GanError.self) { try model.translate(first, to: target, pass) }
      #expect(error?.code == .usage && error?.description.contains("Black_Hair, Blond_Hair, Male") == true)
    }
  }

  @Test func hairColoursRuleEachOtherOut() {
    typealias Change = AttributeChange
    #expect(Change.toggled("Gray_Hair", in: ["Black_Hair", "Young"]) == ["Gray_Hair", "Young"])
    #expect(Change.toggled("Gray_Hair", in: ["Gray_Hair"]) == ["Gray_Hair"])
    #expect(Change.toggled("Young", in: ["Young", "Male"]) == ["Male"])
    #expect(Change.setting("Black_Hair", to: false, in: ["Black_Hair", "Male"]) == ["Male"])
    #expect(Change.setting("Male", to: true, in: ["Black_Hair"]) == ["Black_Hair", "Male"])
    #expect(Change.isDecided("Blond_Hair", by: ["Black_Hair"]) && !Change.isDecided("Male", by: ["Black_Hair"]))
  }

  @Test func optionsThatCannotBeAreNamed() throws {
    var options = StarGAN.Options()
    options.domains = DomainOptions(["a", "a", "../x", ""])
    (options.imageSize, options.discriminatorLayers) = (30, 5)
    let problems = options.problems()
    #expect(problems.filter { $0.key == "domains" }.count == 3 && problems.contains { $0.key == "image_size" })
    (options.imageSize, options.discriminatorLayers) = (32, 6)
    #expect(options.problems().contains { $0.key == "d_repeat_num" && $0.help?.contains("at most 5") == true })
    #expect(DomainOptions(["alone"]).problems().count == 1 && DomainOptions(["alone"], .attributes).problems().isEmpty)
    let error = #expect(throws: GanError.self) { try StarGAN(StarGAN.Options(), ModelBuilder(seed: 1)) }
    #expect(error?.code == .usage && error?.description.contains("model.domains") == true)
  }
}
