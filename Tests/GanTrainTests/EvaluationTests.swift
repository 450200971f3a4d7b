import Foundation
import GanBase
import GanConfig
import GanStore
import GanTestSupport
import Testing

@testable import GanTrain

/// Measuring during training.
@Suite(.serialized) struct EvaluationTests {
  private func tensorBytes(_ file: CheckpointFile) throws -> [[UInt8]] {
    try file.tensors.map { try $0.withBytes { Array($0) } }
  }

  private func evals(_ tiny: TinyRun, _ name: String) throws -> [JSONValue] {
    try tiny.log(name).compactMap { $0["eval"] }
  }

  @Test func pairsAreMeasuredAndTheBestIsKept() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      let watcher = Watcher()
      try tiny.start(
        "run", watcher: watcher, "eval.every=2", "eval.metrics=[ssim, psnr, l1, fid, kid]", "eval.features=built_in",
        "train.epochs=6", "train.decay_epochs=0", "train.keep_checkpoints=1")
      let values = try evals(tiny, "run")
      #expect(values.count == 3)
      for value in values {
        #expect((-1...1).contains(value["ssim"]?.number ?? 9) && (0...1).contains(value["l1"]?.number ?? 9))
        #expect((value["psnr"]?.number ?? 0) > 0 && (value["fid"]?.number ?? -1) > 0 && value["kid"]?.number != nil)
        #expect(value["features"]?.string?.contains("built-in") == true)
      }
      // `best` leads to the checkpoint after the epoch with the largest similarity; four steps an epoch.
      let similarities = values.compactMap { $0["ssim"]?.number }
      let best = try #require(similarities.indices.max { similarities[$0] < similarities[$1] })
      let link = try FileManager.default.destinationOfSymbolicLink(atPath: tiny.path("run") + "/checkpoints/best")
      #expect(link == stepFile(8 * (best + 1)))
      #expect(try tiny.checkpoints("run").contains(link))
      #expect(watcher.notices.contains { $0.hasPrefix("epoch 2: ssim") && $0.hasSuffix("the best so far") })
    }
  }

  /// The numbers of the log agree with those of the paired scores on disk.
  @Test func measuringDoesNotDisturbTraining() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("plain", "train.steps=9")
      try tiny.start("measured", "train.steps=9", "eval.every=1", "eval.metrics=[psnr, fid]", "eval.features=built_in")
      #expect(
        try tensorBytes(tiny.checkpoint("plain", step: 9)) == tensorBytes(tiny.checkpoint("measured", step: 9)))
      let losses = { (name: String) in try tiny.log(name).filter { $0["eval"] == nil } }
      #expect(try losses("plain") == losses("measured"))
      #expect(try evals(tiny, "measured").count == 2)
    }
  }

  @Test func aResumedRunMeasuresTheSame() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      let options = ["eval.every=1", "eval.metrics=[kid, ssim]", "eval.features=built_in", "train.lr_policy=plateau"]
      func start(_ name: String, stopAfter: Int? = nil) throws {
        try tiny.start(
          name, stopAfter: stopAfter, options[0], options[1], options[2], options[3], "train.epochs=4",
          "train.decay_epochs=0", "train.patience=0", "train.keep_checkpoints=50")
      }
      try start("whole")
      for (name, stop) in [("before", 3), ("at", 4), ("after", 9)] {
        try start(name, stopAfter: stop)
        try tiny.resume(name)
        #expect(tiny.bytes(name, "log.jsonl") == tiny.bytes("whole", "log.jsonl"))
        #expect(tiny.bytes(name, "checkpoints/" + stepFile(16)) == tiny.bytes("whole", "checkpoints/" + stepFile(16)))
        let links = try [name, "whole"].map {
          try FileManager.default.destinationOfSymbolicLink(atPath: tiny.path($0) + "/checkpoints/best")
        }
        #expect(links[0] == links[1])
      }
      #expect(try evals(tiny, "whole").count == 4)
    }
  }

  /// Scores of another measure are not compared with the old ones.
  @Test func anotherMeasureBeginsAnew() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("run", "eval.every=1", "eval.metrics=[psnr]", "train.epochs=1", "train.decay_epochs=0")
      let watcher = Watcher()
      try tiny.resume("run", watcher: watcher, "eval.metrics=[l1]", "train.epochs=2")
      #expect(watcher.notices.contains { $0.hasPrefix("epoch 2: l1") && $0.hasSuffix("the best so far") })
      let link = try FileManager.default.destinationOfSymbolicLink(atPath: tiny.path("run") + "/checkpoints/best")
      #expect(link == stepFile(8))
    }
  }

  @Test func aPlateauWatchesTheFirstMeasure() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      // Nothing is learnt, so nothing improves, whichever way is better.
      for metric in ["psnr", "l1"] {
        try tiny.start(
          metric, "model.learning_rate=1e-12", "model.dropout=false", "train.lr_policy=plateau", "train.patience=0",
          "train.log_every=4", "train.epochs=4", "train.decay_epochs=0", "train.validation_count=0", "eval.every=1",
          "eval.metrics=[\(metric)]")
        let rates = try tiny.log(metric).compactMap { $0["learning_rate"]?.number }
        #expect(rates.first == 1e-12 && (rates.last ?? 1) < 1e-13, "\(rates)")
      }
    }
  }

  /// Nothing is learnt, so nothing improves. The count goes on where a run was interrupted.
  @Test func patienceEndsARunThatDoesNotImprove() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      let idle = ["model.learning_rate=1e-12", "model.dropout=false", "eval.every=1", "eval.metrics=[psnr]"]
      func start(_ name: String, stopAfter: Int? = nil) throws -> TrainingSummary {
        try tiny.start(
          name, stopAfter: stopAfter, idle[0], idle[1], idle[2], idle[3], "eval.patience=2", "train.epochs=9",
          "train.checkpoint_every=0")
      }
      let summary = try start("whole")
      #expect(summary.reason == .patience && summary.reason.isFinished)
      let scores = try evals(tiny, "whole").compactMap { $0["psnr"]?.number }
      let best = try #require(scores.indices.max { scores[$0] < scores[$1] })
      #expect(scores.count == best + 3 && summary.step == 4 * scores.count)
      let link = try FileManager.default.destinationOfSymbolicLink(atPath: tiny.path("whole") + "/checkpoints/best")
      #expect(link == stepFile(4 * (best + 1)))
      #expect(try start("parts", stopAfter: summary.step - 3).reason == .signal(15))
      #expect(try tiny.resume("parts").reason == .patience)
      let file = "checkpoints/" + stepFile(summary.step)
      #expect(tiny.bytes("parts", file) == tiny.bytes("whole", file))
      #expect(tiny.bytes("parts", "log.jsonl") == tiny.bytes("whole", "log.jsonl"))
      // It is complete, until its patience grows.
      #expect(try TrainingRun.resume(tiny.path("parts"), overrides: []).end == .patience)
      #expect(try TrainingRun.resume(tiny.path("parts"), overrides: ["eval.patience=3"]).end == nil)
      expectError(.usage, "eval.patience counts measurements") { try tiny.start("none", "eval.patience=2") }
    }
  }

  @Test func whatCannotBeMeasuredIsRefused() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      expectError(.usage, "eval.metrics", "did you mean ssim?") { try tiny.start("a", "eval.metrics=[sim]") }
      try FileManager.default.removeItem(atPath: tiny.data + "/val")
      expectError(.usage, "eval.every", "no validation pictures") { try tiny.start("b", "eval.every=1") }
    }
  }

  /// Sides of unequal size: every picture counts once.
  @Test func unpairedSets() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      for (name, count) in [("trainA", 3), ("trainB", 4), ("valA", 5), ("valB", 2)] {
        try makePairs(folder + "/two/" + name, count: count, size: 32, seed: UInt64(count))
      }
      let overrides = [
        "data.root=\(folder)/two", "model.name=cyclegan", "model.generator=resnet_3blocks", "eval.every=1",
        "eval.features=built_in", "train.steps=4",
      ]
      func run(_ name: String, _ more: String...) throws {
        var document = try ConfigDocument(
          text: """
            model: {name: cyclegan, ngf: 4, ndf: 4}
            data: {root: x, load_size: 32, crop_size: 32}
            train: {epochs: 1, decay_epochs: 0, sample_every: 0}
            """, name: "two.yaml")
        for override in overrides + more { document.override(override) }
        let configuration = try TrainingConfiguration(&document)
        let parts = try TrainingParts(configuration, document)
        let run = try TrainingRun.create(configuration, at: tiny.path(name), configurationName: "two.yaml")
        _ = try Trainer(parts, in: run, program: "test", observer: nil, stopSignal: { nil }).run()
      }
      try run("run")
      let values = try #require(try evals(tiny, "run").first)
      #expect((values["fid"]?.number ?? -1) > 0 && values["kid"]?.number != nil)
      expectError(.usage, "eval.metrics ssim needs pairs") { try run("paired", "eval.metrics=[fid, ssim]") }
    }
  }
}
