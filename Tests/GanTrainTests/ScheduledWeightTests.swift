import Foundation
import GanBase
import GanConfig
import GanModels
import GanStore
import GanTestSupport
import Testing

@testable import GanTrain

/// Weights of losses that change with the epochs; four steps an epoch.
@Suite(.serialized) struct ScheduledWeightTests {
  @Test func aWeightChangesWithItsEpochAndNotBefore() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      let steps = ["train.checkpoint_every=1", "train.keep_checkpoints=50", "train.log_every=1"]
      func start(_ name: String, _ weight: String, _ count: Int) throws {
        try tiny.start(name, steps[0], steps[1], steps[2], "train.steps=\(count)", "model.lambda_l1=\(weight)")
      }
      try start("constant", "100", 5)
      try start("written", "{1: 100}", 5)
      try start("changing", "{1: 100, 2: 10}", 6)
      for step in [4, 5] {
        let files = try ["constant", "written", "changing"].map { try tensorBytes(tiny.checkpoint($0, step: step)) }
        #expect(files[0] == files[1])
        #expect((files[0] == files[2]) == (step == 4))
      }
      // The loss is logged with its weight.
      let losses = try tiny.log("changing").compactMap { $0["G_L1"]?.number }
      let others = try tiny.log("constant").compactMap { $0["G_L1"]?.number }
      #expect(losses[3] == others[3] && abs(losses[4] * 10 - others[4]) < 1e-4 * others[4])
    }
  }

  @Test func anInterruptionLeavesNoTrace() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      let weight = "model.lambda_l1={1: 100, 1-3: 10}"
      try tiny.start("whole", "train.steps=10", weight)
      try tiny.start("parts", stopAfter: 6, "train.steps=10", weight)
      try tiny.resume("parts")
      for file in ["checkpoints/" + stepFile(10), "log.jsonl"] {
        #expect(tiny.bytes("whole", file) == tiny.bytes("parts", file), "\(file)")
      }
    }
  }

  @Test(arguments: Registry.names)
  func everyWeightOfALossMayChange(name: String) throws {
    try withTemporaryFolder { folder in
      let model = try #require(Registry.model(name)), text = try smallConfig(model, folder)
      let keys = model.optionKeys.filter {
        $0.hasPrefix("lambda_") || $0.hasSuffix("_weight") || $0.hasSuffix("_w") && $0 != "vgg_w"
      }
      #expect(!keys.isEmpty)
      var document = try ConfigDocument(text: text, name: "small.yaml")
      for key in keys { document.override("model.\(key)={1: 1, 3-5: 2}") }
      if keys.contains("lambda_vgg") { document.override("model.vgg_weights=vgg16.pth") }
      let configuration = try TrainingConfiguration(&document)
      for key in keys { #expect(configuration.text.contains("\n  \(key): {1: 1.0, 3-5: 2.0}\n"), "\(key)") }
    }
  }
}
