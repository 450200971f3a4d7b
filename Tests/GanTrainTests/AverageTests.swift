import Foundation
import GanBase
import GanModels
import GanStore
import GanTensor
import GanTestSupport
import GanTranslate
import GanWeights
import Testing

@testable import GanTrain

/// Averages of weights over the steps of training.
@Suite(.serialized) struct AverageTests {
  private func weights(_ file: CheckpointFile, _ prefix: String = "") throws -> [String: [Float]] {
    Dictionary(uniqueKeysWithValues: try file.tensors(under: prefix).map { ($0.name, try $0.floats()) })
  }

  @Test func theyAreThoseOfEveryStepAndChangeNothingElse() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      let every = ["train.steps=6", "train.checkpoint_every=1", "train.keep_checkpoints=50"]
      try tiny.start("plain", every[0], every[1], every[2])
      try tiny.start("average", every[0], every[1], every[2], "train.ema=0.3")
      var expected = try weights(tiny.checkpoint("average", step: 0), "G.")
      for step in 1...6 {
        let share = min(0.3, Float(step) / Float(9 + step))
        for (key, value) in try weights(tiny.checkpoint("average", step: step), "G.") {
          expected[key] = zip(expected[key] ?? [], value).map { share * $0 + (1 - share) * $1 }
        }
      }
      let last = try tiny.checkpoint("average", step: 6), found = try weights(last, "ema.G.")
      let parameters = expected.keys.filter { !$0.contains("running_") && !$0.contains("num_batches") }
      #expect(found.keys.sorted() == parameters.sorted())
      for (key, value) in found {
        expectClose(value.map(Double.init), (expected[key] ?? []).map(Double.init), absolute: 1e-6, "\(key)")
      }
      #expect(last.tensors(under: "ema.D.").isEmpty)
      let plain = try tensorBytes(tiny.checkpoint("plain", step: 6))
      #expect(try tensorBytes(last).filter { !$0.key.hasPrefix("ema.") } == plain)
    }
  }

  @Test(arguments: ["train.ema=0.9", "train.ema_half_life=20"])
  func anInterruptionLeavesNoTrace(option: String) throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      let samples = "train.sample_every=5"
      try tiny.start("whole", "train.steps=12", option, samples)
      try tiny.start("parts", stopAfter: 7, "train.steps=12", option, samples)
      try tiny.resume("parts")
      for file in ["checkpoints/" + stepFile(12), "log.jsonl", "samples/step-000010.png"] {
        #expect(tiny.bytes("whole", file) == tiny.bytes("parts", file), "\(file)")
      }
    }
  }

  /// The sheet shows what the averages make, and validation measures it.
  @Test func sheetsAndMeasurementsUseThem() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      let quick = ["train.steps=8", "train.sample_every=4", "eval.every=1", "eval.metrics=[psnr]"]
      try tiny.start("raw", quick[0], quick[1], quick[2], quick[3])
      try tiny.start("ema", quick[0], quick[1], quick[2], quick[3], "train.ema=0.99", "train.ema_warmup=false")
      let sheets = ["000000", "000004", "000008"].map { step in
        ["raw", "ema"].map { tiny.bytes($0, "samples/step-\(step).png") }
      }
      #expect(sheets[0][0] == sheets[0][1] && sheets[1][0] != sheets[1][1])
      // These averages have hardly moved since the beginning.
      let scores = try tiny.log("ema").compactMap { $0["eval"]?["psnr"]?.number }
      let others = try tiny.log("raw").compactMap { $0["eval"]?["psnr"]?.number }
      #expect(scores.count == 2 && others.count == 2 && scores[0] != others[0])
      let losses = try ["raw", "ema"].map { try tiny.log($0).compactMap { $0["G_L1"]?.number } }
      #expect(losses[0] == losses[1] && !losses[0].isEmpty)
    }
  }

  @Test func theyMayBeginAndEndWhenARunIsContinued() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("run", "train.steps=2")
      let watcher = Watcher()
      try tiny.resume("run", watcher: watcher, "train.steps=3", "train.ema=0.5", "train.ema_warmup=false")
      #expect(watcher.notices.contains("The averages of the weights begin with those of step 2."))
      let before = try weights(tiny.checkpoint("run", step: 2), "G."), file = try tiny.checkpoint("run", step: 3)
      let after = try weights(file, "G.")
      for (key, value) in try weights(file, "ema.G.") {
        let middle = zip(before[key] ?? [], after[key] ?? []).map { Double($0 + $1) / 2 }
        expectClose(value.map(Double.init), middle, absolute: 1e-6, "\(key)")
      }
      let summary = try CheckpointSummary(path: file.path)
      #expect(summary.updatesOfAverages == 1 && summary.groups.map(\.name).contains("ema G"))
      try tiny.resume("run", watcher: watcher, "train.steps=4", "train.ema=0", "train.ema_warmup=true")
      #expect(watcher.notices.contains("The averages of the weights are dropped: train.ema is off."))
      #expect(try !tiny.checkpoint("run", step: 4).holdsAverages)
    }
  }

  @Test func trainedModelsHaveThemUnlessRawWeightsAreWanted() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("run", "train.steps=3", "train.ema=0.9")
      let file = try tiny.checkpoint("run", step: 3)
      func first(_ weights: WeightChoice) throws -> (values: [Float], isAveraged: Bool) {
        let trained = try TrainedModel(checkpoint: file.path, weights: weights)
        return (try #require(trained.builder.tensors.first).entry.officialValue.floats, trained.isAveraged)
      }
      let name = try #require(file.tensors.first).name
      let (raw, average) = (try file.tensor(name).floats(), try file.tensor("ema." + name).floats())
      #expect(raw != average)
      for choice in WeightChoice.allCases {
        let found = try first(choice)
        #expect(found.values == (choice == .raw ? raw : average) && found.isAveraged == (choice != .raw))
      }
      try tiny.start("plain", "train.steps=1")
      let plain = try tiny.checkpoint("plain", step: 1).path
      #expect(try !TrainedModel(checkpoint: plain).isAveraged)
      expectError(.usage, "--weights ema: the checkpoint holds no averages") {
        _ = try TrainedModel(checkpoint: plain, weights: .ema)
      }
    }
  }

  /// Whatever translations go through, and nothing else.
  @Test(arguments: [
    ("pix2pix", ["G"]), ("cyclegan", ["G_A", "G_B"]), ("unit", ["gen_a", "gen_b"]), ("munit", ["gen_a", "gen_b"]),
    ("nicegan", ["gen2B", "gen2A", "disA", "disB"]), ("ugatit", ["genA2B", "genB2A"]),
    ("drit", ["enc_c", "enc_a", "gen"]), ("dritpp", ["enc_c", "enc_a", "gen"]), ("stargan", ["G"]),
  ])
  func networksThatTranslateAreAveraged(name: String, networks: [String]) throws {
    let model = try #require(Registry.model(name)), configured = model.fitting(model.recipe.size)
    let sketch = try ModelSketch(configured.domains == nil ? configured : configured.with(DomainOptions(["a", "b"])))
    #expect(try sketch.dryRun { try sketch.builder.translatingNetworks(of: sketch.model) } == networks)
  }

  @Test func theirMemoryIsCounted() throws {
    let configured = try #require(Registry.model("pix2pix")).fitting(256)
    var work = StepMemory.Work(batch: 1, size: 256)
    let plain = try StepMemory(configured, .highest, work)
    work.averaged = ["G"]
    let average = try StepMemory(configured, .highest, work)
    let generator = try #require(ModelSketch(configured).builder.networks.first { $0.name == "G" })
    let bytes = Double(4 * generator.parameterCount)
    #expect(bytes > 2e8 && abs(Double(average.bytes - plain.bytes) - bytes) < 0.02 * bytes)
  }

  @Test func badCombinationsAreRefused() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      expectError(.usage, "train.ema and train.ema_half_life are two forms") {
        try tiny.start("a", "train.ema=0.9", "train.ema_half_life=100")
      }
      expectError(.usage, "train.ema_warmup belongs to averages") { try tiny.start("a", "train.ema_warmup=false") }
      expectError(.usage, "train.ema") { try tiny.start("a", "train.ema=1") }
    }
  }
}
