import Foundation
import GanBase
import GanStore
import GanTestSupport
import Testing

@testable import GanTrain

/// What is left of a run that ended before its time, and what becomes of it.
@Suite(.serialized)
struct SurvivalTests {
  /// A run that saves, draws and measures at every turn.
  private static let busy = [
    "train.epochs=2", "train.decay_epochs=1", "train.checkpoint_every=3", "train.sample_every=2",
    "train.sample_count=1", "train.epoch_checkpoint_every=1", "train.log_every=1", "eval.every=1", "eval.metrics=[l1]",
  ]

  /// Everything in the folder of a run but the times.
  private func content(_ tiny: TinyRun, _ name: String) throws -> [String: Data] {
    var found: [String: Data] = [:]
    for case let file as String in try #require(FileManager.default.enumerator(atPath: tiny.path(name))) {
      let path = tiny.path(name) + "/" + file
      if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) {
        found[file] = Data(target.utf8)
      } else if file != "timing.jsonl", file != "report.html", file != ".lock",
        let bytes = FileManager.default.contents(atPath: path)
      {
        found[file] = bytes
      }
    }
    return found
  }

  private func start(_ tiny: TinyRun, _ name: String, _ more: String..., watcher: Watcher = Watcher()) throws {
    var document = try tiny.document(Self.busy + more)
    let configuration = try TrainingConfiguration(&document)
    let parts = try TrainingParts(configuration, document)
    let folder = try TrainingRun.create(configuration, at: tiny.path(name), configurationName: "tiny.yaml")
    _ = try Trainer(parts, in: folder, program: "test", observer: watcher, stopSignal: { nil }).run()
  }

  /// Where the processes end is as after a kill just before a mark or a file: all that comes later is done again.
  @Test func whateverIsMissingIsMadeAgain() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder, pictures: 3)
      try start(tiny, "whole")
      let whole = try content(tiny, "whole")
      #expect(
        whole.keys.contains("checkpoints/epoch-0003.safetensors") && whole.keys.contains("samples/step-000006.png"))
      #expect(whole["checkpoints/best"] != nil)
      let checkpoints = tiny.path("dead") + "/checkpoints/"
      for latest in [stepFile(0), "epoch-0001.safetensors", stepFile(3), "epoch-0002.safetensors"] {
        try? FileManager.default.removeItem(atPath: tiny.path("dead"))
        try start(tiny, "dead", "train.keep_checkpoints=9")
        // `latest` has not moved on, while all other files have.
        try AtomicFile.link(checkpoints + "latest", to: latest)
        try tiny.resume("dead", "train.keep_checkpoints=2")
        for (file, bytes) in try content(tiny, "dead") where !file.hasSuffix(".safetensors") && file != "config.yaml" {
          #expect(bytes == whole[file], "\(latest): \(file)")
        }
        #expect(try tiny.checkpoints("dead") == tiny.checkpoints("whole"), "\(latest)")
      }
    }
  }

  @Test func theBestOfALaterStepIsForgottenUntilThen() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder, pictures: 3)
      try start(tiny, "run")
      let state = try CheckpointFile(path: tiny.path("run") + "/checkpoints/epoch-0001.safetensors").json("state")
      #expect(state["best"]?["step"]?.integer == 2)
      try AtomicFile.link(tiny.path("run") + "/checkpoints/best", to: "epoch-0003.safetensors")
      let copy = tiny.path("run") + "/checkpoints/" + stepFile(2)
      if !FileManager.default.fileExists(atPath: copy) {
        try FileManager.default.copyItem(
          atPath: tiny.path("run") + "/checkpoints/epoch-0001.safetensors", toPath: copy)
      }
      try tiny.resume("run/checkpoints/epoch-0001.safetensors", stopAfter: 0)
      let best = try FileManager.default.destinationOfSymbolicLink(atPath: tiny.path("run") + "/checkpoints/best")
      #expect(best == stepFile(2))
    }
  }

  /// Whoever goes back to an earlier checkpoint may want the later ones again.
  @Test func goingBackKeepsWhatWasLater() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder, pictures: 3)
      try start(tiny, "run", "train.keep_checkpoints=9")
      let before = try content(tiny, "run")
      let watcher = Watcher()
      try tiny.resume("run/checkpoints/" + stepFile(3), watcher: watcher, "model.lambda_l1=5")
      #expect(watcher.notices.contains { $0.contains("left-at-step-000003") })
      let after = try content(tiny, "run")
      for file in ["checkpoints/" + stepFile(6), "checkpoints/epoch-0003.safetensors", "samples/step-000004.png"] {
        #expect(after["left-at-step-000003/" + (file as NSString).lastPathComponent] == before[file], "\(file)")
        #expect(after[file] != nil && after[file] != before[file])
      }
      #expect(after["left-at-step-000003/log.jsonl"] == before["log.jsonl"])
      #expect(after["samples/step-000002.png"] == before["samples/step-000002.png"])
    }
  }

  @Test func aDamagedPictureSavesFirst() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("whole", "train.steps=12")
      let path = tiny.data + "/train/3.png"
      let bytes = try #require(FileManager.default.contents(atPath: path))
      for (name, damage) in [("cut", Data(bytes.prefix(60))), ("empty", Data()), ("gone", nil)] {
        try tiny.start(name, stopAfter: 1, "train.steps=12", "train.checkpoint_every=0")
        let run = try TrainingRun.resume(tiny.path(name), overrides: [])
        let parts = try TrainingParts(run.configuration, run.document)
        // After its header was looked at.
        if let damage { try damage.write(to: URL(fileURLWithPath: path)) } else { unlink(path) }
        let trainer = try Trainer(
          parts, in: run.folder, from: run.checkpoint, program: "test", observer: nil, stopSignal: { nil })
        expectError(.input, "3.png", "is saved in", "ganctl train --resume \(tiny.path(name))") {
          _ = try trainer.run()
        }
        try bytes.write(to: URL(fileURLWithPath: path))
      }
      for name in ["cut", "empty", "gone"] {
        try tiny.resume(name)
        #expect(
          try tensorBytes(tiny.checkpoint(name, step: 12)) == tensorBytes(tiny.checkpoint("whole", step: 12)), "\(name)"
        )
        #expect(tiny.bytes(name, "log.jsonl") == tiny.bytes("whole", "log.jsonl"))
      }
    }
  }

  /// What could not be done after a step is done when the run goes on, and its lines stand once in the log.
  @Test func workAfterAStepIsDoneLater() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try start(tiny, "whole")
      let whole = try content(tiny, "whole")
      let validation = tiny.data + "/val"
      func fail(_ name: String, _ code: ExitCode, at step: Int, _ damage: @escaping () throws -> Void) throws {
        let watcher = Watcher()
        watcher.onStep = { if $0 == step { try? damage() } }
        expectError(code, "step \(step) is saved in", stepFile(step)) { try start(tiny, name, watcher: watcher) }
      }
      // In step 4, the first epoch's last, validation pictures are measured and a sheet is drawn.
      try fail("validation", .input, at: 4) {
        try FileManager.default.moveItem(atPath: validation, toPath: folder + "/elsewhere")
      }
      try FileManager.default.moveItem(atPath: folder + "/elsewhere", toPath: validation)
      let samples = tiny.path("samples") + "/samples"
      try fail("samples", .environment, at: 4) {
        try FileManager.default.moveItem(atPath: samples, toPath: folder + "/samples")
        try Data().write(to: URL(fileURLWithPath: samples))
      }
      try FileManager.default.removeItem(atPath: samples)
      try FileManager.default.moveItem(atPath: folder + "/samples", toPath: samples)
      for name in ["validation", "samples"] {
        #expect(try TrainingRun.resume(tiny.path(name), overrides: []).end == nil)
        try tiny.resume(name)
        let found = try content(tiny, name)
        for (file, bytes) in whole { #expect(found[file] == bytes, "\(name): \(file)") }
      }
    }
  }

  /// A signal need not wait until all validation pictures are measured.
  @Test func aSignalInterruptsMeasuring() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("whole", "train.steps=9", "train.sample_every=4", "train.log_every=1", "train.epochs=1")
      // Step 4 is its epoch's last, at the full rate; the signal comes while it is logged.
      try tiny.start(
        "parts", stopAfter: 4, "train.steps=9", "train.sample_every=4", "train.log_every=1", "train.epochs=1")
      let state = try tiny.checkpoint("parts", step: 4).json("state")
      #expect(state["unfinished"]?.string == "last")
      #expect(try !tiny.log("parts").isEmpty && tiny.log("parts").allSatisfy { $0["validation"] == nil })
      try tiny.resume("parts")
      #expect(tiny.bytes("parts", "checkpoints/" + stepFile(9)) == tiny.bytes("whole", "checkpoints/" + stepFile(9)))
      for file in ["log.jsonl", "samples/step-000004.png"] {
        #expect(tiny.bytes("parts", file) == tiny.bytes("whole", file))
      }
      // Before the first checkpoint nothing is saved, and the run begins again.
      let summary = try tiny.start(
        "early", stopAfter: 0, "train.steps=9", "train.sample_every=4", "train.log_every=1", "train.epochs=1")
      #expect(summary.reason == .signal(15) && summary.step == 0)
      #expect(try tiny.checkpoints("early") == [])
      try tiny.resume("early")
      #expect(tiny.bytes("early", "checkpoints/" + stepFile(9)) == tiny.bytes("whole", "checkpoints/" + stepFile(9)))
    }
  }

  @Test func damagedPicturesCanBeSkipped() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      let path = tiny.data + "/train/3.png"
      let bytes = try #require(FileManager.default.contents(atPath: path))
      try bytes.prefix(60).write(to: URL(fileURLWithPath: path))
      let watcher = Watcher()
      let summary = try tiny.start("run", watcher: watcher, "data.on_error=skip", "train.steps=8", "train.log_every=1")
      #expect(watcher.warnings.count == 1 && watcher.warnings[0].contains("3.png"))
      #expect(summary.skipped == 2)
      #expect(try tiny.log("run").last { $0["skipped"] != nil }?["skipped"]?.integer == 2)
      // It is passed over in the same places when the run is interrupted, also where the header is damaged.
      try Data("text".utf8).write(to: URL(fileURLWithPath: path))
      try tiny.start("parts", stopAfter: 3, "data.on_error=skip", "train.steps=8", "train.log_every=1")
      #expect(try tiny.resume("parts").skipped == 2)
      #expect(
        try tensorBytes(tiny.checkpoint("run", step: 8)) == tensorBytes(tiny.checkpoint("parts", step: 8)))
      #expect(tiny.bytes("run", "log.jsonl") == tiny.bytes("parts", "log.jsonl"))
      for picture in 0..<7 { try Data("x".utf8).write(to: URL(fileURLWithPath: tiny.data + "/train/\(picture).png")) }
      expectError(.input, "0.png") { try tiny.start("none", "data.on_error=skip", "train.steps=8") }
    }
  }

  @Test func aRunThatSavedNothingBeginsAgain() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("whole", "train.steps=4")
      for way in ["resume", "again"] {
        var document = try tiny.document(["train.steps=4"])
        let configuration = try TrainingConfiguration(&document)
        do { _ = try TrainingRun.create(configuration, at: tiny.path(way), configurationName: "tiny.yaml") }
        try Data("{\"step\":1".utf8).write(to: URL(fileURLWithPath: tiny.path(way) + "/log.jsonl"))
        if way == "resume" { try tiny.resume(way) } else { try tiny.start(way, "train.steps=4") }
        #expect(tiny.bytes(way, "checkpoints/" + stepFile(4)) == tiny.bytes("whole", "checkpoints/" + stepFile(4)))
        #expect(tiny.bytes(way, "log.jsonl") == tiny.bytes("whole", "log.jsonl"))
      }
      // A configuration that a person wrote stays.
      try AtomicFile.makeFolder(tiny.path("mine"))
      let mine = Data("# mine\n\(tinyConfig(tiny.data))".utf8)
      try mine.write(to: URL(fileURLWithPath: tiny.path("mine") + "/config.yaml"))
      expectError(.usage, "another configuration", "train.steps") { try tiny.start("mine", "train.steps=4") }
      #expect(tiny.bytes("mine", "config.yaml") == mine)
    }
  }
}

/// What may change when a run goes on.
@Suite(.serialized)
struct ChangeTests {
  @Test func moreEpochsChangeTheRate() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder, pictures: 2)
      for policy in ["linear", "cosine", "constant", "step"] {
        let options = ["train.lr_policy=\(policy)", "train.step_epochs=2"]
        try tiny.start("whole", options[0], options[1], "train.epochs=4", "train.decay_epochs=1", "train.log_every=1")
        try tiny.start("parts", options[0], options[1], "train.epochs=1", "train.decay_epochs=1", "train.log_every=1")
        try tiny.resume("parts", "train.epochs=4")
        let rates = { (name: String) in try tiny.log(name).compactMap { $0["learning_rate"]?.number } }
        // A step an epoch: the last three of the five follow the new plan.
        #expect(try rates("parts").suffix(3) == rates("whole").suffix(3), "\(policy)")
        #expect(try rates("parts").last != 0)
        for name in ["whole", "parts"] { try FileManager.default.removeItem(atPath: tiny.path(name)) }
      }
    }
  }

  @Test func ratesAndWeightsOfLossesMayChange() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("run", stopAfter: 2, "train.steps=6")
      let options = ["model.learning_rate=1e-3", "model.lambda_l1=7", "data.batch_size=3", "data.crop_size=32"]
      let run = try TrainingRun.resume(tiny.path("run"), overrides: options)
      #expect(
        run.changes.map(\.description) == [
          "model.lambda_l1: 100.0 -> 7.0", "model.learning_rate: 0.0002 -> 0.001", "data.batch_size: 2 -> 3",
        ])
    }
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("run", stopAfter: 2, "train.steps=6", "train.keep_checkpoints=9")
      try tiny.resume("run", stopAfter: 3, "model.learning_rate=1e-3", "model.lambda_l1=7")
      try tiny.resume("run", stopAfter: 4, "data.batch_size=3", "data.load_size=40")
      // The change holds without being named again, and is told once in the log and the history.
      try tiny.resume("run")
      let state = try tiny.checkpoint("run", step: 6).json("state")
      #expect(state["optimizers"]?["G"]?["learning_rate"]?.number == 1e-3)
      let history = try #require(state["history"]?.array)
      #expect(history.compactMap { $0["step"]?.integer } == [2, 3])
      #expect(history[0]["changed"]?["model.lambda_l1"]?.array?.compactMap(\.string) == ["100.0", "7.0"])
      let changes = try tiny.log("run").filter { $0["changed"] != nil }
      #expect(changes.compactMap { $0["step"]?.integer } == [2, 3])
      // Going back to before the change takes its line out of the log.
      try tiny.resume("run/checkpoints/" + stepFile(0), stopAfter: 0)
      #expect(try tiny.log("run").compactMap { $0["step"]?.integer } == [0])
    }
  }

  @Test func aLimitOfTimeLetsTheRateFall() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      let watcher = Watcher()
      watcher.onStep = { _ in usleep(20_000) }
      try tiny.start(
        "run", watcher: watcher, "train.minutes=0.02", "train.log_every=1", "train.epochs=100", "train.decay_epochs=300"
      )
      let rates = try tiny.log("run").compactMap { $0["learning_rate"]?.number }
      #expect(rates.count > 2 && (rates.first ?? 1) <= 2e-4)
      #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 >= $1 })
      #expect((rates.last ?? 1) < 1e-4)
    }
  }
}
