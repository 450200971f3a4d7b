import Foundation
import GanBase
import GanConfig
import GanImage
import GanModels
import GanStore
import GanTensor
import GanTestSupport
import Testing

@testable import GanTrain
@testable import GanTranslate

/// Training on pictures with labels.
@Suite(.serialized) struct DomainTrainingTests {
  private let config = """
    model: {name: stargan, image_size: 32, d_repeat_num: 3, g_conv_dim: 2, d_conv_dim: 2, g_repeat_num: 1, n_critic: 2}
    data: {root: "ROOT", load_size: 34, crop_size: 32, batch_size: 2}
    train: {steps: 5, log_every: 2, sample_every: 0, checkpoint_every: 3}
    """

  private func parts(_ root: String, _ overrides: [String] = []) throws -> TrainingParts {
    let text = config.replacingOccurrences(of: "ROOT", with: root)
    var document = try ConfigDocument(text: text, name: "small.yaml")
    for override in overrides { document.override(override) }
    let configuration = try TrainingConfiguration(&document)
    return try TrainingParts(configuration, document)
  }

  @discardableResult
  private func train(_ parts: TrainingParts, _ path: String, stopAfter: Int? = nil) throws -> String {
    let folder = try TrainingRun.create(parts.configuration, at: path, configurationName: "small.yaml")
    let watcher = Watcher()
    let trainer = try Trainer(
      parts, in: folder, program: "test", observer: watcher,
      stopSignal: { stopAfter.map { watcher.step >= $0 } == true ? 2 : nil })
    return try trainer.run().checkpoint.string
  }

  private func resume(_ path: String, _ overrides: [String] = []) throws -> Watcher {
    let run = try TrainingRun.resume(path, overrides: overrides)
    let watcher = Watcher()
    let trainer = try Trainer(
      try TrainingParts(run.configuration, run.document), in: run.folder, from: run.checkpoint, program: "test",
      observer: watcher)
    _ = try trainer.run()
    return watcher
  }

  private func makeDomains(_ root: String, _ names: [String]) throws {
    try Engine.start(threads: 2)
    for (seed, name) in names.enumerated() { try makePairs("\(root)/\(name)", count: 3, seed: UInt64(seed)) }
  }

  @Test func checkpointsKnowTheDomains() throws {
    try withTemporaryFolder { folder in
      try makeDomains(folder + "/data/train", ["tin: 1", "glass", "yes"])
      let checkpoint = try train(parts(folder + "/data"), folder + "/run")
      let trained = try TrainedModel(checkpoint: checkpoint)
      #expect(trained.model.domains == ["glass", "tin: 1", "yes"])
      #expect(trained.defaultTarget == .domain("glass"))
      let written = try String(contentsOfFile: folder + "/run/config.yaml", encoding: .utf8)
      #expect(written.contains("domains: [glass, \"tin: 1\", \"yes\"]"), "\(written)")
    }
  }

  @Test func domainsMustBeThoseOfTheData() throws {
    try withTemporaryFolder { folder in
      let root = folder + "/data"
      try makeDomains(root + "/train", ["cat", "dog"])
      #expect(try parts(root, ["model.domains=[cat, dog]"]).model.domains == ["cat", "dog"])
      for other in ["model.domains=[dog, cat]", "model.domains=[cat, cow]"] {
        expectError(.usage, "model.domains are", "but the data has cat, dog") { _ = try parts(root, [other]) }
      }
      expectError(.usage, "model.labels are attributes, but the data has classes") {
        _ = try parts(root, ["model.labels=attributes", "model.domains=[cat, dog]"])
      }
      expectError(.usage, "data.crop_size 28 is not model.image_size 32") { _ = try parts(root, ["data.crop_size=28"]) }
      // Without a crop the pictures themselves tell; these are 64x32.
      expectError(.input, "comes out as 64x32; the networks need 32x32") {
        try train(try parts(root, ["data.preprocess=none"]), folder + "/run")
      }
      try makeDomains(root + "/val", ["cat", "fox"])
      expectError(.input, "the validation pictures have the domains cat, fox") { _ = try parts(root) }
      try FileManager.default.removeItem(atPath: root + "/train/dog")
      expectError(.input, "has only one subfolder, cat; at least two domains are needed") { _ = try parts(root) }
    }
  }

  // MARK: Attributes

  private func makeList(_ folder: String) throws -> [String] {
    try Engine.start(threads: 2)
    try makePairs(folder + "/data", count: 7)
    let lines = (0..<7).map { "\($0).png \($0 % 2 == 0 ? 1 : -1) \($0 < 3 ? -1 : 1) 1\n" }
    try "7\nMale Young Smiling\n\(lines.joined())".write(
      toFile: folder + "/list.txt", atomically: true, encoding: .utf8)
    return [
      "data.attributes=\(folder)/list.txt", "data.selected_attributes=[Young, Male]", "data.held_out=2",
      "data.preprocess=resize_and_crop",
    ]
  }

  @Test func attributesAreLearnedAndResumed() throws {
    try withTemporaryFolder { folder in
      let overrides = try makeList(folder)
      let whole = try parts(folder + "/data", overrides)
      #expect(whole.pictures.count == 5 && whole.validation?.count == 2 && whole.model.domains == ["Young", "Male"])
      let end = try CheckpointFile(path: train(whole, folder + "/whole"))
      try train(try parts(folder + "/data", overrides), folder + "/parts", stopAfter: 3)
      #expect(try resume(folder + "/parts").warnings.isEmpty)
      let resumed = try CheckpointFile(path: folder + "/parts/checkpoints/" + stepFile(5))
      #expect(contents(of: end.path.string) == contents(of: resumed.path.string))
      #expect(try TrainedModel(checkpoint: resumed.path).hasAttributes)
      // Moved files are the same run; other attributes of a picture are not the same pictures.
      let list = try String(contentsOfFile: folder + "/list.txt", encoding: .utf8)
      try list.replacingOccurrences(of: " -1 ", with: " 1 ").write(
        toFile: folder + "/other.txt", atomically: true, encoding: .utf8)
      let watcher = try resume(folder + "/parts", ["data.attributes=\(folder)/other.txt", "train.steps=6"])
      #expect(watcher.warnings == ["the training pictures are not those of the checkpoint"])
      expectError(.usage, "data.selected_attributes cannot change") {
        _ = try resume(folder + "/parts", ["data.selected_attributes=[Male]", "model.domains=[Male]", "train.steps=9"])
      }
    }
  }

  @Test func twoDataSetsAreLearnedAtOnceAndResumed() throws {
    try withTemporaryFolder { folder in
      let list = try makeList(folder)
      try makeDomains(folder + "/faces/train", ["happy", "sad"])
      let overrides = list + ["data.second_root=\(folder)/faces"]
      let whole = try parts(folder + "/data", overrides)
      #expect(whole.model.domains == ["Young", "Male", "happy", "sad"])
      #expect(whole.model.targets == [.attributes(["Young"]), .attributes(["Male"]), .domain("happy"), .domain("sad")])
      #expect(whole.pictures.second.first?.count == whole.pictures.second.first?.counts.a)
      let end = try train(whole, folder + "/whole")
      try train(try parts(folder + "/data", overrides), folder + "/parts", stopAfter: 3)
      #expect(try resume(folder + "/parts").warnings.isEmpty)
      #expect(
        contents(of: end) == contents(of: folder + "/parts/checkpoints/" + stepFile(5)))
      let log = String(decoding: contents(of: folder + "/parts/log.jsonl"), as: UTF8.self)
      for name in ["D.loss_cls", "second.D.loss_cls", "second.G.loss_rec"] { #expect(log.contains("\"\(name)\":")) }

      let trained = try TrainedModel(checkpoint: end)
      #expect(trained.hasAttributes && trained.secondClasses == ["happy", "sad"])
      let picture = Picture(width: 32, height: 32, channels: 3, pixels: [UInt8](repeating: 90, count: 32 * 32 * 3))
      let translator = try PictureTranslator(trained)
      let results = try
        ([.attributes([]), .attributes(["Male"]), .domain("happy"), .domain("sad")] as [TranslationTarget])
        .map { try translator.translate(picture, name: "grey", to: $0).pixels }
      #expect(Set(results).count == 4)
      expectError(.usage, "model.second_domains are sad, happy, but the data has happy, sad") {
        _ = try parts(
          folder + "/data",
          overrides + ["model.domains=[Young, Male]", "model.labels=attributes"]
            + ["model.second_domains=[sad, happy]"])
      }
      expectError(.usage, "model.second_domains needs a second data set") {
        _ = try parts(folder + "/data", list + ["model.second_domains=[sad, happy]"])
      }
      try FileManager.default.moveItem(atPath: folder + "/faces/train/sad", toPath: folder + "/faces/train/Male")
      expectError(.usage, "both data sets have Male") { _ = try parts(folder + "/data", overrides) }
    }
  }

  @Test func theExampleTakesAttributesAndFolders() throws {
    try withTemporaryFolder { folder in
      let overrides = try makeList(folder), file = Repository.path + "/configs/stargan.yaml"
      func completed(_ root: String, _ overrides: [String]) throws -> TrainingConfiguration {
        var document = try ConfigDocument(file: FilePath(file))
        for override in overrides + ["data.root=\(folder)/\(root)"] { document.override(override) }
        return try TrainingConfiguration(&document).completed(document)
      }
      let attributes = try completed("data", overrides).model.configured.domains
      #expect(attributes == DomainOptions(["Young", "Male"], .attributes))
      try makeDomains(folder + "/classes", ["cat", "dog"])
      // Folders are recognised; a list of attributes as well, and only its pictures are cut.
      let found = try completed("classes", [])
      #expect(found.model.configured.domains == DomainOptions(["cat", "dog"]))
      #expect(found.data.attributes == nil && found.data.centreCrop == .some(nil))
      try FileManager.default.copyItem(atPath: folder + "/list.txt", toPath: folder + "/list_attr_celeba.txt")
      let list = try completed("data", ["data.selected_attributes=[Young]"])
      #expect(list.model.configured.domains == DomainOptions(["Young"], .attributes))
      #expect(list.data.attributes?.hasSuffix("/list_attr_celeba.txt") == true && list.data.centreCrop == 178)
      let classes = try completed("classes", ["data.attributes=null"]).model.configured.domains
      #expect(classes == DomainOptions(["cat", "dog"]))
    }
  }

  @Test func attributesSuitModelsOfDomainsAlone() throws {
    try withTemporaryFolder { folder in
      let overrides = try makeList(folder)
      expectError(.input, "has no attribute called Old") {
        _ = try parts(folder + "/data", overrides + ["data.selected_attributes=[Old]"])
      }
      expectError(.usage, "data.attributes does not suit pix2pix") {
        var document = try ConfigDocument(text: tinyConfig(folder + "/data"), name: "small.yaml")
        document.override("data.attributes=list.txt")
        _ = try TrainingConfiguration(&document)
      }
    }
  }

  /// Steps with and without the generator have different losses; each has its own mean.
  @Test func averagesAreByName() throws {
    var averages = LossAverages()
    averages.add([("d", 1)])
    averages.add([("d", 3), ("g", 5)])
    #expect(averages.means.map(\.name) == ["d", "g"] && averages.means.map(\.value) == [2, 5])
    let copy = try #require(LossAverages(averages.json))
    #expect(copy == averages)
    let old: JSONValue = ["names": ["a", "b"], "sums": [4, 6], "weight": 2]
    #expect(LossAverages(old)?.means.map(\.value) == [2, 3])
  }
}
