import Foundation
import GanBase
import GanConfig
import GanModels
import GanNN
import GanStore
import GanTestSupport
import Testing

@testable import GanTrain

/// Differentiable augmentation and its strength in every model.
@Suite(.serialized)
struct DiffAugmentTests {
  private static let all = "model.diff_augment=[color, translation, cutout]"

  private func configuration(_ text: String, _ overrides: [String]) throws -> (TrainingConfiguration, ConfigDocument) {
    var document = try ConfigDocument(text: text, name: "small.yaml")
    for override in overrides { document.override(override) }
    return (try TrainingConfiguration(&document), document)
  }

  @discardableResult
  private func run(_ text: String, _ path: String, _ overrides: String...) throws -> TrainingSummary {
    let (configuration, document) = try configuration(text, overrides)
    let folder = try TrainingRun.create(configuration, at: path, configurationName: "small.yaml")
    return try Trainer(
      TrainingParts(configuration, document), in: folder, program: "test", observer: nil, stopSignal: { nil }
    ).run()
  }

  /// 9 steps are 4 and 5 steps to the byte, with everything that draws switched on; and the numbers are others than
  /// without.
  @Test(arguments: Registry.names)
  func trainsAndResumesToTheByte(name: String) throws {
    try withTemporaryFolder { folder in
      let model = try #require(Registry.model(name)), text = try smallConfig(model, folder)
      func takes(_ overrides: String...) -> Bool { (try? configuration(text, overrides)) != nil }
      #expect(takes(Self.all) == !["nicegan", "instagan"].contains(name))
      let adapts = takes(Self.all, "model.ada_target=0.5")
      #expect(adapts == !["nicegan", "stargan", "instagan"].contains(name))
      guard takes(Self.all) else { return }
      let ada = adapts ? ["model.ada_target=0.2", "model.ada_images=20"] : []
      // Boxes do not follow these.
      let moving = ["data.augment_rotate=20", "data.augment_scale=0.2", "data.augment_turns=true"]
      let further =
        [
          "train.log_every=1", "train.sample_every=0", "data.augment_brightness=0.3", "data.augment_noise=0.1",
          "data.augment_cutout=0.2",
        ] + (model.info.boxes == .none ? moving : [])
      func document(_ overrides: [String]) throws -> String { try configuration(text, overrides).0.text }
      let config = try document([Self.all] + ada + further)
      try run(config, folder + "/plain", "model.diff_augment=[]", "model.ada_target=null")
      try run(config, folder + "/whole")
      try run(config, folder + "/parts", "train.steps=4")
      let continued = try TrainingRun.resume(folder + "/parts", overrides: ["train.steps=9"])
      let trainer = try Trainer(
        TrainingParts(continued.configuration, continued.document), in: continued.folder, from: continued.checkpoint,
        program: "test", observer: nil, stopSignal: { nil })
      _ = try trainer.run()
      let log = { (run: String) in contents(of: "\(folder)/\(run)/log.jsonl") }
      #expect(log("whole") == log("parts") && log("whole") != log("plain"))
      let files = try ["whole", "parts"].map {
        try CheckpointFile(path: FilePath("\(folder)/\($0)/checkpoints/" + stepFile(9)))
      }
      #expect(try tensorBytes(files[0]) == tensorBytes(files[1]))
      let states = try files.map { try $0.json(TrainingState.Key.state)["augmentation"] }
      #expect(states[0] == states[1] && (states[0] != nil) == adapts)
      #expect(String(decoding: log("whole"), as: UTF8.self).contains("\"ada_p\":") == adapts)
    }
  }

  /// Off, nothing of it is in checkpoints, logs or random streams; switched on later, it begins at 0.
  @Test func offMeansOff() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("run", "train.steps=3", "train.log_every=1")
      let state = try tiny.checkpoint("run", step: 3).json(TrainingState.Key.state)
      #expect(state["augmentation"] == nil)
      #expect(!String(decoding: tiny.bytes("run", "log.jsonl"), as: UTF8.self).contains("ada_"))
      try tiny.resume("run", Self.all, "model.ada_target=0.5", "train.steps=5")
      let last = try #require(try tiny.log("run").last)
      #expect(last["ada_p"] == 0 || last["ada_p"] == .number(0))
      #expect(try tiny.checkpoint("run", step: 5).json(TrainingState.Key.state)["augmentation"]?["steps"]?.integer == 2)
    }
  }

  @Test func badCombinationsAreRefusedByName() throws {
    expectError(.usage, "model.diff_augment", "diff_augment does not suit nicegan", "encoders") {
      _ = try configuration("model: {name: nicegan}\ndata: {root: x}", [Self.all])
    }
    let base = "model: {name: cyclegan}\ndata: {root: x}"
    for (overrides, message) in [
      (["model.ada_target=0.6"], "ada_target sets the strength of diff_augment, which is off"),
      (["model.diff_augment=[color, color]"], "diff_augment: color is there more than once"),
      (["model.diff_augment=[colour]"], "did you mean color?"),
      ([Self.all, "model.ada_target=1"], "1 is out of range"),
      ([Self.all, "model.ada_target=0.6", "model.gan_mode=wgangp"], "ada_target needs scores whose sign"),
    ] {
      expectError(.usage, message) { _ = try configuration(base, overrides) }
    }
    _ = try configuration(base, [Self.all, "model.gan_mode=wgangp"])
  }
}
