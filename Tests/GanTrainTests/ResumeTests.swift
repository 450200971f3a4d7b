import Foundation
import GanBase
import GanStore
import GanTensor
import GanTestSupport
import Testing

@testable import GanTrain

/// A run that was interrupted and resumed is, to the byte, a run that was not.
@Suite(.serialized)
struct ResumeTests {
  @Test(arguments: [1, 10, 13])
  func oneInterruptionLeavesNoTrace(step: Int) throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("whole", "train.steps=20")
      let summary = try tiny.start("parts", stopAfter: step, "train.steps=20")
      #expect(summary.reason == .signal(15))
      #expect(summary.step == step)
      let rest = try tiny.resume("parts")
      #expect(rest.reason == .steps)
      #expect(rest.steps == 20 - step)
      try expectSame(tiny, "whole", "parts", step: 20)
    }
  }

  @Test func anInterruptionLeavesNoTraceInRMSprop() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      let options = ["train.steps=14", "model.optimizer=rmsprop", "model.learning_rate_d=5e-5"]
      try tiny.start("whole", options[0], options[1], options[2])
      try tiny.start("parts", stopAfter: 7, options[0], options[1], options[2])
      try tiny.resume("parts")
      try expectSame(tiny, "whole", "parts", step: 14)
      let file = try tiny.checkpoint("whole", step: 14)
      #expect(!file.tensors.contains { $0.name.hasPrefix("optimizer.G.m.") })
      #expect(file.tensors.contains { $0.name.hasPrefix("optimizer.G.v.") })
      // Step 14 is in epoch 4, the second one of 100 with decay.
      let rates = try file.json("state")["optimizers"], factor = 1 - 2.0 / 101
      expectClose([try #require(rates?["G"]?["learning_rate"]?.number)], [2e-4 * factor], absolute: 1e-15)
      expectClose([try #require(rates?["D"]?["learning_rate"]?.number)], [5e-5 * factor], absolute: 1e-15)
    }
  }

  /// Penalties of every third step of the discriminator, and a generator that moves in every second step: whichever
  /// part of these cycles an interruption meets, they go on from there.
  @Test(arguments: 1...6)
  func anInterruptionBetweenStepsThatDifferLeavesNoTrace(step: Int) throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      let options = [
        "train.steps=8", "model.gan_mode=wgangp", "model.gp_interval=3", "model.d_steps=2", "train.log_every=1",
      ]
      try tiny.start("whole", options[0], options[1], options[2], options[3], options[4])
      try tiny.start("parts", stopAfter: step, options[0], options[1], options[2], options[3], options[4])
      try tiny.resume("parts")
      try expectSame(tiny, "whole", "parts", step: 8)
    }
  }

  @Test func anotherOptimizerStartsAfresh() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("run", "train.steps=2")
      let watcher = Watcher()
      try tiny.resume("run", watcher: watcher, "train.steps=3", "model.optimizer=rmsprop")
      #expect(watcher.notices.contains { $0.contains("starting afresh: G, D") })
      let state = try tiny.checkpoint("run", step: 3).json("state")
      #expect(state["optimizers"]?["G"]?["steps"]?.integer == 1)
      #expect(state["history"]?.array?.first?["changed"]?["model.optimizer"] != nil)
      var document = try tiny.document(["model.optimizer=rmsprop", "model.beta1=0.4"])
      expectError(.usage, "beta1 belongs to optimizer: adam") { _ = try TrainingConfiguration(&document) }
    }
  }

  @Test func manyInterruptionsLeaveNoTrace() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("whole", "train.steps=20")
      try tiny.start("parts", stopAfter: 3, "train.steps=20")
      for step in [4, 8, 13] { try tiny.resume("parts", stopAfter: step) }
      try tiny.resume("parts")
      try expectSame(tiny, "whole", "parts", step: 20)
    }
  }

  @Test func aRunThatCrashedGoesOnFromItsLastCheckpoint() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("whole", "train.steps=14")
      try tiny.start("parts", "train.steps=14")
      // As if it had died in step 13: the log is ahead of the checkpoint, and a file is half written.
      try FileManager.default.removeItem(atPath: tiny.path("parts") + "/checkpoints/" + stepFile(14))
      let leftover = tiny.path("parts") + "/checkpoints/" + stepFile(14) + ".tmp-77"
      try Data("half".utf8).write(to: URL(fileURLWithPath: leftover))
      try tiny.resume("parts/checkpoints/" + stepFile(10))
      #expect(!FileManager.default.fileExists(atPath: leftover))
      try expectSame(tiny, "whole", "parts", step: 14)
    }
  }

  @Test func moreStepsMakeTheSameRunLonger() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("whole", "train.steps=12", "train.minutes=600")
      try tiny.start("parts", "train.steps=6")
      let end = try TrainingRun.resume(tiny.path("parts"), overrides: []).end
      #expect(end == .steps)
      try tiny.resume("parts", "train.steps=12")
      let whole = try tiny.checkpoint("whole", step: 12)
      let parts = try tiny.checkpoint("parts", step: 12)
      #expect(try tensorBytes(whole) == tensorBytes(parts))
      #expect(tiny.bytes("whole", "log.jsonl") == tiny.bytes("parts", "log.jsonl"))
      let config = String(decoding: tiny.bytes("parts", "config.yaml"), as: UTF8.self)
      #expect(config.contains("\n  steps: 12\n"))
    }
  }

  @Test func optionsThatMakeAnotherRunAreRefused() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("run", "train.steps=2")
      let latest = try FileManager.default.destinationOfSymbolicLink(atPath: tiny.path("run") + "/checkpoints/latest")
      expectError(
        .usage, "model.ngf cannot change", "data.direction cannot change", "--set seed=9", "--init \(tiny.path("run"))"
      ) {
        _ = try TrainingRun.resume(
          tiny.path("run"), overrides: ["model.ngf=8", "data.direction=BtoA", "seed=9", "data.batch_size=2"])
      }
      // The same value is no change, and folders may move.
      try FileManager.default.moveItem(atPath: tiny.data, toPath: folder + "/moved")
      let watcher = Watcher()
      try tiny.resume("run", watcher: watcher, "data.batch_size=2", "data.root=\(folder)/moved", "train.steps=3")
      #expect(watcher.warnings.isEmpty)
      #expect(latest == stepFile(2))
      #expect(try tiny.checkpoints("run").contains(stepFile(3)))
    }
  }

  @Test func otherPicturesAreNoticed() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("run", "train.steps=6")
      try makePairs(tiny.data + "/train", count: 3)
      try FileManager.default.removeItem(atPath: tiny.data + "/train/6.png")
      let watcher = Watcher()
      try tiny.resume("run", watcher: watcher, "train.steps=8")
      #expect(watcher.warnings == ["the training pictures are not those of the checkpoint"])
      // Epoch 2, which had begun, begins anew.
      let state = try tiny.checkpoint("run", step: 8).json("state")
      #expect(state["epoch"]?.integer == 1)
      #expect(state["item"]?.integer == 4)
    }
  }

  @Test func anotherProcessorIsNoticed() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("run", "train.steps=2")
      let checkpoint = try tiny.checkpoint("run", step: 2)
      var metadata = checkpoint.metadata
      metadata["engine"] = "OpenBLAS Nowhere"
      try CheckpointFile.write(
        to: checkpoint.path, tensors: checkpoint.tensors.map(TensorSource.init), metadata: metadata)
      let watcher = Watcher()
      try tiny.resume("run", watcher: watcher, "train.steps=3")
      #expect(watcher.notices.count == 1)
      #expect(watcher.notices.first?.contains("OpenBLAS Nowhere") == true)
      #expect(watcher.notices.first?.contains("will differ in the last bits") == true)
      let change = try #require(try tiny.log("run").first { $0["change"] != nil }?["changed"]?["engine"]?.array)
      #expect(change.first?.string?.hasPrefix("OpenBLAS Nowhere") == true)
      #expect(change.last?.string == "\(Engine.kernels) (\(Engine.reasonForKernels))")
      // On the same processor again it is no change.
      try tiny.resume("run", watcher: watcher, "train.steps=4")
      #expect(watcher.notices.count == 1)
      #expect(try tiny.checkpoint("run", step: 4).json("state")["history"]?.array?.count == 1)
    }
  }

  @Test func checkpointsThatDoNotFitAreRefused() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("run", "train.steps=1")
      let checkpoint = try tiny.checkpoint("run", step: 1)
      func rewrite(_ change: (inout [String: String], inout [TensorSource]) -> Void) throws {
        var metadata = checkpoint.metadata
        var tensors = checkpoint.tensors.map(TensorSource.init)
        change(&metadata, &tensors)
        try CheckpointFile.write(
          to: tiny.path("run") + "/checkpoints/x.safetensors", tensors: tensors, metadata: metadata)
      }
      func attempt() throws { try tiny.resume("run/checkpoints/x.safetensors", "train.steps=2") }

      try rewrite { _, tensors in tensors.removeAll { $0.name == "optimizer.G.v.G.model.model.0.weight" } }
      expectError(.checkpoint, "optimizer.G.v.G.model.model.0.weight", run: attempt)
      try rewrite { _, tensors in tensors.removeAll { $0.name == "D.model.0.weight" } }
      expectError(.checkpoint, "model.0.weight is missing", run: attempt)
      try rewrite { metadata, _ in metadata["state"] = nil }
      expectError(.checkpoint, "state", run: attempt)
      try rewrite { metadata, _ in metadata["state"] = metadata["state"]?.replacing("\"step\":1", with: "\"step\":-1") }
      expectError(.checkpoint, "'step'", run: attempt)
      try rewrite { metadata, _ in metadata["state"] = metadata["state"]?.replacing("\"noise\"", with: "\"nose\"") }
      expectError(.checkpoint, "'noise'", run: attempt)
      try rewrite { metadata, _ in metadata["config"] = metadata["config"]?.replacing("ngf:", with: "nfg:") }
      expectError(.checkpoint, "ngf", run: attempt)
    }
  }

  @Test func aCheckpointOutsideOfARunIsNoRun() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("run", "train.steps=1")
      let lonely = folder + "/lonely.safetensors"
      try FileManager.default.copyItem(atPath: tiny.path("run") + "/checkpoints/" + stepFile(1), toPath: lonely)
      expectError(.checkpoint, "not in a run folder") { _ = try TrainingRun.resume(lonely, overrides: []) }
    }
  }

  private func expectSame(_ tiny: TinyRun, _ first: String, _ second: String, step: Int) throws {
    let file = "checkpoints/" + stepFile(step)
    #expect(tiny.bytes(first, file) == tiny.bytes(second, file))
    #expect(tiny.bytes(first, "log.jsonl") == tiny.bytes(second, "log.jsonl"))
    #expect(try tiny.log(first).count > 5)
  }
}

private func expectError(
  _ code: ExitCode, _ part: String, run body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
) {
  expectError(code, part, sourceLocation: sourceLocation, body)
}

/// All tensors of a checkpoint, for comparison of runs whose configurations differ.
func tensorBytes(_ checkpoint: CheckpointFile) throws -> [String: [UInt8]] {
  Dictionary(
    uniqueKeysWithValues: try checkpoint.tensors.map { ($0.name, try $0.withBytes { Array($0) }) })
}
