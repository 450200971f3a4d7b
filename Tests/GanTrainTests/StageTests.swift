import Foundation
import GanBase
import GanConfig
import GanImage
import GanModels
import GanStore
import GanTensor
import GanTestSupport
import GanTranslate
import Testing

@testable import GanTrain

/// Trainings in stages: `train.stages`.
@Suite(.serialized)
struct StageTests {
  /// Pictures of 32, of 64 with the new part alone, and of 64: 2 epochs of 2 steps, 1 and 2 (1 with decay).
  private static let stages =
    "train.stages=[{size: 32, epochs: 2}, {size: 64, networks: [refiner], epochs: 1}, "
    + "{size: 64, epochs: 1, decay_epochs: 1, rate: 0.5, batch_size: 1}]"
  private static let options = [
    stages, "train.log_every=1", "train.checkpoint_every=1", "train.keep_checkpoints=20", "train.sample_every=2",
    "train.sample_count=1",
  ]

  private func start(_ tiny: TinyRun, _ name: String, stopAfter: Int? = nil) throws -> TrainingSummary {
    let o = Self.options
    return try tiny.start(name, stopAfter: stopAfter, o[0], o[1], o[2], o[3], o[4], o[5])
  }

  /// An interruption within any stage, and between any two, leaves no trace.
  @Test func anInterruptionLeavesNoTrace() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder, pictures: 4)
      let whole = try start(tiny, "whole")
      #expect(whole.reason == .epochs && whole.step == 4 + 2 + 8)
      for steps in [[1, 4, 5, 9], [3, 6, 7, 13]] {
        let name = "parts\(steps[0])"
        #expect(try start(tiny, name, stopAfter: steps[0]).reason == .signal(15))
        for step in steps.dropFirst() { #expect(try tiny.resume(name, stopAfter: step).step == step) }
        #expect(try tiny.resume(name).reason == .epochs)
        for step in [4, 6, 10, 14] {
          let file = "checkpoints/" + stepFile(step)
          #expect(tiny.bytes("whole", file) == tiny.bytes(name, file), "\(file)")
        }
        #expect(tiny.bytes("whole", "log.jsonl") == tiny.bytes(name, "log.jsonl"))
        for step in [4, 6, 14] {
          let sheet = String(format: "samples/step-%06d.png", step)
          #expect(tiny.bytes("whole", sheet) == tiny.bytes(name, sheet), "\(sheet)")
        }
      }
      try checkStates(tiny)
      try checkLog(tiny)
      try checkTranslations(tiny)
    }
  }

  /// What is new in a stage, and what goes on.
  private func checkStates(_ tiny: TinyRun) throws {
    func state(_ step: Int) throws -> JSONValue { try tiny.checkpoint("whole", step: step).json("state") }
    func steps(_ state: JSONValue, _ name: String) -> Int? { state["optimizers"]?[name]?["steps"]?.integer }
    func rate(_ state: JSONValue, _ name: String) -> Double? { state["optimizers"]?[name]?["learning_rate"]?.number }
    // The discriminator stays the same; the generator's parameters become others in each stage.
    #expect(try [4, 6, 14].map { steps(try state($0), "D") } == [4, 6, 14])
    #expect(try [4, 6, 14].map { steps(try state($0), "G") } == [4, 2, 8])
    #expect(try [4, 6, 7].map { try state($0)["stage"]?.integer } == [nil, 1, 2])
    // Half the rate in the third stage, and half of that while it falls.
    #expect(try [3, 5, 8, 12].map { rate(try state($0), "G") } == [2e-4, 2e-4, 1e-4, 1e-4 / 2])
    let first = try tiny.checkpoint("whole", step: 4), second = try tiny.checkpoint("whole", step: 6)
    let third = try tiny.checkpoint("whole", step: 7)
    func floats(_ file: CheckpointFile, _ name: String) throws -> [Float] { try file.tensor(name).floats() }
    // Only the refiner was trained in the second stage.
    for name in ["G.model.model.0.weight", "G.model.model.1.model.1.weight"] {
      #expect(try floats(first, name) == floats(second, name), "\(name)")
      #expect(try floats(second, name) != floats(third, name), "\(name)")
    }
    #expect(!first.tensors.contains { $0.name.hasPrefix("G.refine1.") })
    #expect(try floats(second, "G.refine1.model.1.weight") != floats(third, "G.refine1.model.1.weight"))
    #expect(second.tensors.filter { $0.name.hasPrefix("optimizer.G.m.") }.allSatisfy { $0.name.contains("G.refine1.") })
  }

  private func checkLog(_ tiny: TinyRun) throws {
    let lines = try tiny.log("whole")
    let begins = lines.filter { $0["begins"] != nil }
    #expect(begins.map { $0["step"]?.integer } == [0, 4, 6])
    #expect(begins.map { $0["begins"]?["stage"]?.integer } == [1, 2, 3])
    #expect(begins[1]["begins"]?["networks"]?.array?.compactMap(\.string) == ["refiner"])
    let losses = lines.filter { $0["G_L1"] != nil }
    #expect(losses.map { $0["stage"]?.integer } == [1, 1, 1, 1, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3])
    #expect(losses.map { $0["epoch"]?.integer } == [1, 1, 2, 2, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5])
    let summary = try CheckpointSummary(path: FilePath(tiny.path("whole") + "/checkpoints/" + stepFile(6)))
    #expect(summary.stage == "2 of 3: size 64, trains refiner alone, 1 epoch")
  }

  /// Each checkpoint translates with the networks of its stage.
  private func checkTranslations(_ tiny: TinyRun) throws {
    let picture = Picture(width: 64, height: 64, channels: 3, pixels: (0..<64 * 64 * 3).map { UInt8($0 % 251) })
    for (step, count, size) in [(4, 1, 32), (6, 2, 64), (14, 2, 64)] {
      let model = try TrainedModel(checkpoint: FilePath(tiny.path("whole") + "/checkpoints/" + stepFile(step)))
      #expect(model.trainingSize == size)
      let parts = Set(model.builder.tensors.compactMap { $0.name.split(separator: ".").dropFirst().first })
      #expect(parts.filter { $0 == "refine1" || $0 == "model" }.count == count)
      let result = try PictureTranslator(model).translate(picture, name: "grey", to: .aToB)
      #expect(result.width == 64 && result.height == 64)
    }
  }

  @Test func stagesThatMakeNoSenseAreRefused() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      for (stages, words) in [
        ("[{size: 64}, {size: 96}]", "96 is not 64 doubled"),
        ("[{size: 64, networks: [refiner]}]", "has no refiner before"),
        ("[{size: 32}, {size: 64, networks: [refine]}]", "pix2pix has no part refine"),
        ("[{size: 32}, {}]", "others have none"),
        ("[{sise: 32}]", "unknown option \"sise\""),
        ("[{size: 0}]", "size: 0 is out of range"),
        ("[32]", "expected a group of options"),
        ("[{epochs: 0, decay_epochs: 0}]", "both 0"),
        ("{size: 32}", "expected a list of stages"),
      ] {
        var document = try tiny.document(["train.stages=\(stages)"])
        expectError(.usage, words) { _ = try TrainingConfiguration(&document) }
      }
      var timed = try tiny.document(["train.stages=[{size: 32}]", "train.minutes=3"])
      expectError(.usage, "train.minutes does not go with train.stages") { _ = try TrainingConfiguration(&timed) }
      // Sizes that the networks do not take are found before anything is trained, whichever stage has them.
      let document = try tiny.document(["train.stages=[{size: 48}]"])
      var copy = document
      let configuration = try TrainingConfiguration(&copy)
      expectError(.usage, "train.stages: stage 1 of 1: size 48 does not suit") {
        _ = try TrainingParts(configuration, document)
      }
    }
  }

  @Test func stagesToComeMayChange() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder, pictures: 4)
      try tiny.start("run", stopAfter: 5, Self.stages)
      let changed =
        "train.stages=[{size: 32, epochs: 2}, {size: 64, networks: [refiner], epochs: 2}, {size: 128, epochs: 1}]"
      // A run is held while it is open.
      let epochs = try TrainingRun.resume(FilePath(tiny.path("run")), overrides: [changed]).configuration.allEpochs
      #expect(epochs == 2 + 2 + 1 + 100)
      for (stages, words) in [
        ("[{size: 32}]", "the run is in stage 2 of 3"),
        ("[{size: 32, epochs: 3}, {size: 64, networks: [refiner], epochs: 2}]", "stage 1 has begun"),
        ("[{size: 32, epochs: 2}, {size: 64, epochs: 2}]", "stage 2 has begun"),
      ] {
        expectError(.usage, words) {
          _ = try TrainingRun.resume(FilePath(tiny.path("run")), overrides: ["train.stages=\(stages)"])
        }
      }
    }
  }

  /// The text of a configuration gives the same stages again, and sizes in proportion.
  @Test func theConfigurationIsWrittenAsAWhole() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      var document = try tiny.document([Self.stages, "data.load_size=144", "data.crop_size=128"])
      let configuration = try TrainingConfiguration(&document)
      #expect(configuration.data.cropSize == 32 && configuration.data.loadSize == 36)
      #expect(configuration.at(stage: 2).data.cropSize == 64 && configuration.at(stage: 2).data.loadSize == 72)
      #expect(configuration.at(stage: 2).epochsBefore == 3 && configuration.at(stage: 2).train.decayEpochs == 1)
      var again = try ConfigDocument(text: configuration.at(stage: 1).text, name: "again.yaml")
      #expect(try TrainingConfiguration(&again).text == configuration.text)
    }
  }
}
