import Foundation
import GanBase
import GanStore
import GanTestSupport
import Testing

@testable import GanTrain

/// What the files of runs tell about them.
@Suite struct RunListTests {
  @Test func statesStepsAndScores() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("finished", "train.steps=3")
      try tiny.start("stopped", stopAfter: 5, "eval.every=1", "eval.metrics=[l1]", "train.validation_count=0")
      // Between two checkpoints: only the log knows of step 4.
      try tiny.start("stopped-early", stopAfter: 4)
      let runs = try RunList.read(FilePath(folder + "/runs"))
      #expect(runs.map(\.name) == ["stopped-early", "stopped", "finished"])
      // 7 pictures, 2 at a time, in 102 epochs.
      #expect(runs.map(\.step) == [4, 5, 3] && runs.map(\.allSteps) == [408, 408, 3])
      #expect(runs.map(\.state) == [.interrupted, .interrupted, .finished])
      #expect(runs.allSatisfy { $0.model == "pix2pix" && $0.bytes > 1000 && $0.problem == nil && $0.epochs == 102 })
      let best = try #require(runs[1].best)
      #expect(best.measure == "l1" && best.value > 0 && best.step == 4 && runs[0].best == nil)
      #expect(runs[1].json["best"]?["measure"]?.string == "l1")
      #expect(runs[1].json["state"]?.string == "interrupted")
      #expect(try RunList.read(FilePath(tiny.path("finished"))).map(\.name) == ["finished"])
    }
  }

  @Test func aRunThatTrainsNow() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      let watcher = Watcher()
      var seen: [RunSummary] = []
      watcher.onStep = { step in
        if step == 4 { seen = (try? RunList.read(FilePath(folder + "/runs"))) ?? [] }
      }
      try tiny.start("live", watcher: watcher, "train.steps=4", "train.checkpoint_every=0", "train.log_every=1")
      #expect(seen.map(\.state) == [.training] && seen.map(\.step) == [4] && seen.map(\.allSteps) == [4])
      #expect(try RunList.read(FilePath(folder + "/runs")).map(\.state) == [.finished])
    }
  }

  /// A failure is known until the run continues.
  @Test func failuresAreRemembered() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("bad", "train.steps=2", "model.gan_mode=lsgan")
      try tiny.spoil("bad", step: 2)
      expectError(.diverged) { try tiny.resume("bad", "train.steps=4") }
      let bad = RunSummary(FilePath(tiny.path("bad")))
      #expect(bad.state == .diverged && bad.problem?.contains("diverged") == true, "\(bad.problem ?? "")")
      try tiny.resume("bad/checkpoints/" + stepFile(0), "train.steps=1")
      #expect(RunSummary(FilePath(tiny.path("bad"))).state == .finished)
      let damaged = tiny.data + "/train/0.png"
      try tiny.start("input", "train.steps=1")
      let whole = FileManager.default.contents(atPath: damaged) ?? Data()
      try whole.prefix(whole.count - 60).write(to: URL(fileURLWithPath: damaged))
      expectError(.input) { try tiny.resume("input", "train.steps=20") }
      let failed = RunSummary(FilePath(tiny.path("input")))
      #expect(failed.state == .failed && failed.problem?.contains("0.png") == true, "\(failed.problem ?? "")")
    }
  }

  @Test func damagedRunsAreListedAndStopNothing() throws {
    try withTemporaryFolder { folder in
      let tiny = try TinyRun(folder)
      try tiny.start("good", "train.steps=1")
      let files = FileManager.default
      for name in ["torn", "foreign", "nothing"] {
        try files.copyItem(atPath: tiny.path("good"), toPath: tiny.path(name))
      }
      let checkpoint = tiny.path("torn") + "/checkpoints/" + stepFile(1)
      try Data((files.contents(atPath: checkpoint) ?? Data()).prefix(500)).write(to: URL(fileURLWithPath: checkpoint))
      try Data("hello".utf8).write(to: URL(fileURLWithPath: tiny.path("foreign") + "/checkpoints/" + stepFile(1)))
      try files.removeItem(atPath: tiny.path("nothing") + "/checkpoints")
      try Data("model: [".utf8).write(to: URL(fileURLWithPath: tiny.path("nothing") + "/config.yaml"))
      try files.createSymbolicLink(atPath: tiny.path("again"), withDestinationPath: "good")
      try files.createDirectory(atPath: tiny.path("no run"), withIntermediateDirectories: true)
      let runs = try RunList.read(FilePath(folder + "/runs"))
      #expect(Set(runs.map(\.name)) == ["good", "torn", "foreign", "nothing"])
      for run in runs where run.name != "good" {
        #expect(run.state == .damaged && run.problem?.isEmpty == false, "\(run.name)")
      }
      #expect(runs.first { $0.name == "good" }?.state == .finished)
      expectError(.input, "no such folder") { _ = try RunList.read(FilePath(folder + "/missing")) }
    }
  }
}
