import Foundation
import GanBase
import GanConfig
import GanData
import GanModels
import GanNN
import GanTestSupport
import Testing

@testable import GanTrain

@Suite struct ConfigurationTests {
  private func read(_ text: String, _ overrides: [String] = []) throws -> TrainingConfiguration {
    var document = try ConfigDocument(text: text, name: "file.yaml")
    for override in overrides { document.override(override) }
    return try TrainingConfiguration(&document)
  }

  @Test func optionsAreDeclaredWell() {
    #expect(declarationDefects(of: RunSettings.self) == [])
    #expect(declarationDefects(of: DataOptions.self) == [])
    #expect(declarationDefects(of: TrainSettings.self) == [])
  }

  @Test func writingAndReadingGivesTheSame() throws {
    let first = try read(
      tinyConfig("some/where: else"),
      ["train.minutes=2.5", "data.validation=held out", "name=a name", "model.gan_mode=hinge", "data.direction=BtoA"])
    let second = try read(first.text)
    #expect(second.text == first.text)
    #expect(second.run == first.run)
    #expect(second.data == first.data)
    #expect(second.train == first.train)
    #expect(second.changes(from: first) == [])
    #expect(second.train.minutes == 2.5)
    #expect(second.data.root == "some/where: else")
  }

  @Test func changesAreFound() throws {
    let first = try read(tinyConfig("data"))
    let changes = [
      "model.ngf=8", "data.flip=no", "seed=4", "train.epochs=7", "data.root=other", "data.validation=test",
    ]
    let found = try read(tinyConfig("data"), changes).changes(from: first)
    #expect(
      found.map(\.description) == [
        "seed: 3 -> 4", "model.ngf: 4 -> 8", "data.root: data -> other", "data.validation: null -> test",
        "data.flip: true -> false", "train.epochs: 2 -> 7",
      ])
    #expect(found.filter { first.reasonAgainst($0, text: first.text) != nil }.map(\.key) == ["seed", "model.ngf"])
    #expect(found.filter(\.countsForNumbers).map(\.key) == ["seed", "model.ngf", "data.flip", "train.epochs"])
  }

  /// What leaves the networks as they are may change; what does not, may not. That is found by making them.
  @Test func whatChangesTheNetworksIsFound() throws {
    let first = try read(tinyConfig("data"))
    func reason(_ change: String) throws -> String? {
      let found = try read(tinyConfig("data"), [change]).changes(from: first)
      #expect(found.count == 1, "\(change)")
      return found.first.flatMap { first.reasonAgainst($0, text: first.text) }
    }
    for change in [
      "model.learning_rate=0.01", "model.lambda_l1=7", "model.gan_mode=lsgan", "data.batch_size=4",
      "data.load_size=40", "data.drop_last=true", "train.lr_policy=cosine", "eval.every=2",
    ] { #expect(try reason(change) == nil, "\(change)") }
    for change in ["model.ndf=8", "model.input_channels=1", "model.norm=instance", "data.direction=BtoA"] {
      #expect(try reason(change) != nil, "\(change)")
    }
    #expect(try reason("model.ngf=6")?.contains("the model would have G.model.model.") == true)
  }

  @Test func theRateIsToldInWords() throws {
    func words(_ options: [String], epoch: Int = 1, before: Double? = nil) throws -> String {
      let train = try read(tinyConfig("data"), options).train
      let factor = train.plan.factor(completed: epoch - 1) ?? 1
      return train.rateInWords(2e-4 * factor, before: before, epoch: epoch, full: 2e-4)
    }
    let usual = ["train.epochs=100"]
    #expect(try words(usual) == "0.0002 now, falls to 1.98e-06 from epoch 101 to 200")
    #expect(try words(usual, epoch: 150) == "0.000101 now, falls to 1.98e-06 from epoch 150 to 200")
    #expect(try words(usual, epoch: 200) == "1.98e-06 now")
    #expect(try words(usual, before: 0) == "was 0, is now 0.0002, falls to 1.98e-06 from epoch 101 to 200")
    #expect(try words(usual, before: 0.0002) == "0.0002 now, falls to 1.98e-06 from epoch 101 to 200")
    #expect(try words(["train.lr_policy=constant"]) == "0.0002 now, constant")
    #expect(try words(["train.lr_policy=step", "train.step_epochs=1"]) == "0.0002 now, times 0.1 every epoch")
    #expect(
      try words(["train.lr_policy=cosine", "train.minutes=5"])
        == "0.0002 now, falls to 0 along a cosine until epoch 102, or with the time: train.minutes is 5")
  }

  @Test(arguments: [
    ("500", Cadence.steps(500), "500"), ("1e3", .steps(1000), "1000"), ("0", .never, "0"), ("90s", .seconds(90), "90s"),
    ("2m", .seconds(120), "2m"), ("1.5h", .seconds(5400), "90m"), ("10 min", .seconds(600), "10m"),
    ("\"2m\"", .seconds(120), "2m"), ("24h", .seconds(86400), "24h"),
  ])
  func stepsAndTimes(text: String, cadence: Cadence, written: String) throws {
    let read = try read(tinyConfig("data"), ["train.sample_every=\(text)"])
    #expect(read.train.sampleEvery == cadence)
    #expect(read.text.contains("\n  sample_every: \(written)\n"))
  }

  @Test(arguments: ["2x", "m", "-5", "-2m", "0m", "1.5", "often", "[3]", "2m30s", "1e20", "1e12h"])
  func otherCadencesAreRefused(text: String) {
    expectError(.usage, "train.sample_every", "500, 90s, 10m, 1h") {
      _ = try read(tinyConfig("data"), ["train.sample_every=\(text)"])
    }
    expectError(.usage, "train.log_every") { _ = try read(tinyConfig("data"), ["train.log_every=0"]) }
  }

  @Test func allFaultsAreToldAtTheirPlaces() throws {
    let text = """
      model:
        name: pix2pix
        ngf: many
      data:
        load_size: 286
        crop_size: 300
        mode: domains
      train:
        epochs: 0
        decay_epochs: 0
        minute: 3
      """
    expectError(
      .usage, "file.yaml:3:8: model.ngf", "file.yaml:5:14: data.load_size 286 is smaller",
      "data.root is missing", "file.yaml:7:9: data.mode domains does not suit pix2pix",
      "file.yaml:9:11: train.epochs and train.decay_epochs are both 0", "did you mean minutes?"
    ) { _ = try read(text) }
  }

  @Test func precisionIsOneOfPyTorchsWords() throws {
    #expect(try read(tinyConfig("data")).train.precision == .highest)
    #expect(try read(tinyConfig("data"), ["train.precision=medium"]).train.precision == .medium)
    expectError(.usage, "file.yaml:4:14: train.precision", "highest, high, medium", "did you mean high?") {
      _ = try read("model: {name: pix2pix}\ndata: {root: x}\ntrain:\n  precision: hihg")
    }
  }

  @Test func halfAPairOfFoldersIsNotEnough() {
    expectError(.usage, "data.folder_b is given without data.folder_a") {
      _ = try read("model: {name: pix2pix}\ndata: {folder_b: x, root: y}")
    }
  }

  @Test func theCropMustSuitTheNetworks() throws {
    var document = try ConfigDocument(text: tinyConfig("nowhere"), name: "file.yaml")
    document.override("data.crop_size=30")
    let configuration = try TrainingConfiguration(&document)
    expectError(.usage, "--set data.crop_size=30", "a multiple of 32", "use crop_size: 32") {
      _ = try TrainingParts(configuration, document)
    }
  }

  /// What is left open suits the model, and is otherwise the paper's.
  @Test(arguments: [
    ("pix2pix, ngf: 2, ndf: 2", "", 256, 286, 1), ("pix2pix, ngf: 2, ndf: 2, generator: unet_512", "", 512, 572, 1),
    ("pix2pix, ngf: 2, ndf: 2, generator: unet_64", "load_size: 200", 192, 200, 1),
    ("cyclegan, ngf: 2, ndf: 2", "crop_size: 128", 128, 144, 1),
    ("stargan, g_conv_dim: 2, d_conv_dim: 2, domains: [a, b]", "", 128, 128, 16),
    ("stargan, g_conv_dim: 2, d_conv_dim: 2, domains: [a, b], image_size: 64", "", 64, 64, 16),
    ("dritpp, content_width: 2, attr_width: 2, dis_width: 2, domains: [a, b]", "", 216, 256, 2),
    ("drit, content_width: 2, attr_width: 2, dis_width: 2", "", 216, 256, 2),
    ("ugatit, ch: 2, image_size: 64", "batch_size: 3", 64, 72, 3),
  ])
  func sizesFollowTheModel(_ model: String, _ data: String, crop: Int, load: Int, batch: Int) throws {
    let configuration = try read("model: {name: \(model)}\ndata: {root: x, \(data)}")
    let made = try configuration.model.configured.make(ModelBuilder(seed: 1, forTraining: false))
    let sized = configuration.data.sized(for: made)
    #expect(sized.cropSize == crop && sized.loadSize == load && sized.batchSize == batch)
    #expect(made.inputs.sizeRule.allows(crop) && made.inputs.exactTrainingSize ?? crop == crop)
    #expect(sized.sized(for: made) == sized)
  }

  @Test func aPlateauNeedsSomethingToWatch() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      func attempt(_ overrides: String...) throws {
        var document = try tiny.document(["train.lr_policy=plateau"] + overrides)
        let configuration = try TrainingConfiguration(&document)
        _ = try TrainingParts(configuration, document)
      }
      try attempt()
      expectError(.usage, "plateau", "validation_count is 0") { try attempt("train.validation_count=0") }
      try FileManager.default.removeItem(atPath: tiny.data + "/val")
      expectError(.usage, "plateau", "there are no validation pictures") { try attempt() }
      expectError(.input, "held") { try attempt("data.validation=held") }
    }
  }

  @Test func validationPicturesAreFound() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      func found(_ overrides: String...) throws -> String? {
        var document = try tiny.document(overrides)
        let configuration = try TrainingConfiguration(&document)
        let options = try TrainingParts(configuration, document).validation?.request.options
        return options.map { $0.folderA ?? $0.phase }
      }
      try makePairs(tiny.data + "/test", count: 1)
      #expect(try found() == "val")
      #expect(try found("data.validation=train") == "train")
      #expect(try found("data.phase=val") == "test")
      try FileManager.default.removeItem(atPath: tiny.data + "/val")
      #expect(try found() == "test")
      try FileManager.default.removeItem(atPath: tiny.data + "/test")
      #expect(try found() == nil)
    }
  }

  /// It is the reference for people: every option is there, with its default.
  @Test func theLargeExampleIsComplete() throws {
    let path = Repository.path + "/configs/pix2pix.yaml"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let found = try read(text)
    #expect(found.text == (try read("model: {name: pix2pix}\ndata: {root: data/facades}")).text)
    let written = text.split(separator: "\n").filter { !$0.contains("#") }
      .compactMap { $0.split(separator: ":").first.map { $0.filter { $0 != " " } } }
    let all = found.text.split(separator: "\n").filter { !$0.contains("#") }
      .compactMap { $0.split(separator: ":").first.map { $0.filter { $0 != " " } } }
    #expect(written.sorted() == all.sorted())
  }

  @Test func theFilesInConfigsAreSound() throws {
    let root = Repository.path
    let names = try FileManager.default.contentsOfDirectory(atPath: root + "/configs")
      .filter { $0.hasSuffix(".yaml") }.sorted()
    #expect(names.contains("quickstart.yaml") && names.contains("pix2pix.yaml") && names.contains("pix2pix-emoji.yaml"))
    for name in names {
      var document = try ConfigDocument(file: FilePath(root + "/configs/" + name))
      // Narrow networks have the same sizes and are made at once.
      let widths = [
        "nicegan": ["ch"], "ugatit": ["ch"], "unit": ["gen_dim", "dis_dim"], "munit": ["gen_dim", "dis_dim"],
        "stargan": ["g_conv_dim", "d_conv_dim"], "drit": ["content_width", "attr_width", "dis_width"],
        "dritpp": ["content_width", "attr_width", "dis_width"], "init": ["gen_dim", "dis_dim"],
        "dunit": ["content_width", "attr_width", "dis_width"],
      ]
      for key in document.text("model.name").flatMap({ widths[$0] }) ?? ["ngf", "ndf"] {
        document.override("model.\(key)=2")
      }
      let configuration = try TrainingConfiguration(&document)
      var configured = configuration.model.configured
      if configured.domains != nil { configured = configured.with(DomainOptions(["a", "b"])) }
      let model = try configured.make(ModelBuilder(seed: 1))
      try TrainingParts.check(configuration.data, model, document)
    }
  }
}

/// Against the numbers of the official schedulers.
@Suite struct ScheduleTests {
  /// The factor in each epoch.
  private func factors(_ settings: TrainSettings, epochs: Int, score: Double? = nil) -> [Double] {
    var schedule = LearningRateSchedule()
    return (1...epochs).map { completed in
      defer { schedule.advance(completed: completed, settings.plan, score: score) }
      return schedule.factor
    }
  }

  private func settings(_ policy: LearningRatePolicy) -> TrainSettings {
    var settings = TrainSettings()
    settings.policy = policy
    return settings
  }

  @Test func linear() {
    let found = factors(settings(.linear), epochs: 200)
    expectClose(found.prefix(100), [Double](repeating: 1, count: 100))
    expectClose(found.dropFirst(100), (1...100).map { Double(101 - $0) / 101 }, absolute: 1e-15)
  }

  @Test func step() {
    let found = factors(settings(.step), epochs: 200)
    expectClose(found, (0..<200).map { [1, 0.1, 0.01, 0.001][$0 / 50] }, relative: 1e-12)
  }

  @Test func plateau() {
    // A score that never changes: drops in epochs 8, 14 and 20.
    let found = factors(settings(.plateau), epochs: 22, score: 0)
    let expected = (1...22).map { epoch in [1, 0.2, 0.04, 0.008][[8, 14, 20].count { epoch >= $0 }] }
    expectClose(found, expected, relative: 1e-12)
  }

  @Test func cosineOverAllEpochs() {
    let found = factors(settings(.cosine), epochs: 200)
    #expect(found[0] == 1)
    #expect(abs(found[100] - 0.5) < 1e-12)
    #expect(abs(found[199] - (1 + cos(.pi * 199 / 200)) / 2) < 1e-12)
    #expect(found.count == 200 && zip(found, found.dropFirst()).allSatisfy(>))
  }

  @Test func constant() {
    expectClose(factors(settings(.constant), epochs: 300), [Double](repeating: 1, count: 300))
  }
}
