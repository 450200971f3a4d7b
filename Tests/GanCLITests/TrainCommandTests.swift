import Foundation
import GanBase
import GanTestSupport
import Testing

/// Training as a user runs it: the built program, its exit codes, messages and files.
@Suite(.serialized)
struct TrainCommandTests {
  @Test func trainsResumesAndInspects() throws {
    try withRuns { runs in
      let first = try runs.train("run", "train.steps=3")
      #expect(first.status == 0, "\(first.messages)")
      #expect(first.output == "\(runs.path("run"))/checkpoints/step-000003.safetensors\n")
      for part in [
        "pix2pix (Isola et al. 2017)", "parameters: G ", "4 pairs in ", "OpenBLAS ", "run:    ", "Peak memory",
      ] {
        #expect(first.messages.contains(part), "\(part)")
      }
      let again = try runs.train("run", "train.steps=3")
      #expect(again.status == 2)
      #expect(again.messages.contains("this run exists already"))

      let finished = try runGanctl(["train", "--resume", runs.path("run")])
      #expect(finished.status == 0)
      #expect(finished.messages.contains("The run is finished: train.steps is reached, 3 steps."))
      #expect(finished.output.hasSuffix("step-000003.safetensors\n"))

      let more = try runGanctl(["train", "--resume", runs.path("run"), "--set", "train.steps=5"])
      #expect(more.status == 0, "\(more.messages)")
      #expect(more.messages.contains("Continuing with step 4 in epoch 2"))

      let summary = try runGanctl(["inspect", runs.path("run"), "--tensors"])
      #expect(summary.status == 0)
      for part in ["step-000005.safetensors", "pix2pix", "optimizer G", "5 steps", "G.model.model.0.weight", "4x3x4x4"]
      {
        #expect(summary.output.contains(part), "\(part)")
      }
      let json = try runGanctl(["inspect", runs.path("run"), "--json"])
      let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
      #expect((object?["state"] as? [String: Any])?["step"] as? Int == 5)
      // What --config prints starts the same run.
      let config = try runGanctl(["inspect", runs.path("run"), "--config"])
      try AtomicFile.write(config.output, to: runs.folder + "/again.yaml")
      let copy = try runGanctl(["train", "--config", runs.folder + "/again.yaml", "--run", runs.path("copy")])
      #expect(copy.status == 0, "\(copy.messages)")
      #expect(runs.bytes("copy", step: 5) == runs.bytes("run", step: 5))
    }
  }

  @Test func aFinishedRunGoesOnAtTheRateOfItsNewPlan() throws {
    try withRuns { runs in
      let first = try runs.train("run", "train.epochs=1", "train.decay_epochs=1", "train.log_every=1")
      #expect(first.status == 0, "\(first.messages)")
      #expect(first.messages.contains("rate:   0.0002 now, falls to 0.0001 in epoch 2"), "\(first.messages)")
      #expect(first.messages.contains("Finished 2 epochs, 4 steps, in "), "\(first.messages)")
      #expect(first.messages.contains("Next: ganctl translate PICTURE... --run \(runs.path("run"))"))
      #expect(first.messages.contains("Sample sheet: \(runs.path("run"))/samples/step-000004.png"))
      let more = try runGanctl(["train", "--resume", runs.path("run"), "--set", "train.epochs=2"])
      #expect(more.status == 0, "\(more.messages)")
      #expect(more.messages.contains("changed: train.epochs: 1 -> 2\n"), "\(more.messages)")
      #expect(more.messages.contains("rate:   was 0, is now 0.0001\n"), "\(more.messages)")
      let log = String(decoding: runs.file("run", "log.jsonl"), as: UTF8.self)
      #expect(log.contains("\"changed\":{\"train.epochs\":[\"1\",\"2\"]}"))
      #expect(log.split(separator: "\n").last?.hasSuffix("\"learning_rate\":0.0001}") == true)
      let refused = try runGanctl(["train", "--resume", runs.path("run"), "--set", "model.ngf=8"])
      #expect(refused.status == 2)
      #expect(refused.messages.contains("model.ngf cannot change when a run is continued: the model would have G."))
      #expect(refused.messages.contains("--init"))
    }
  }

  /// As after a kill while the networks were made.
  @Test(arguments: [true, false])
  func aRunWithoutACheckpointJustBegins(byResume: Bool) throws {
    try withRuns { runs in
      #expect(try runs.train("whole", "train.steps=2").status == 0)
      #expect(try runs.train("run", "train.steps=2").status == 0)
      for name in try FileManager.default.contentsOfDirectory(atPath: runs.path("run") + "/checkpoints") {
        unlink(runs.path("run") + "/checkpoints/" + name)
      }
      let again =
        byResume
        ? try runGanctl(["train", "--resume", runs.path("run")]) : try runs.train("run", "train.steps=2")
      #expect(again.status == 0, "\(again.messages)")
      #expect(runs.bytes("run", step: 2) == runs.bytes("whole", step: 2))
      #expect(runs.file("run", "log.jsonl") == runs.file("whole", "log.jsonl"))
    }
  }

  @Test func aCopyWithoutLinksGoesOnAndTranslates() throws {
    try withRuns { runs in
      #expect(try runs.train("whole", "train.steps=3").status == 0)
      #expect(try runs.train("run", "train.steps=2").status == 0)
      #expect(try runProgram("/bin/cp", ["-rL", runs.path("run"), runs.path("copy")]).status == 0)
      let translated = try runGanctl([
        "translate", runs.folder + "/data/train/0.png", "-o", runs.folder + "/out.png", "--run", runs.path("copy"),
      ])
      #expect(translated.status == 0, "\(translated.messages)")
      let more = try runGanctl(["train", "--resume", runs.path("copy"), "--set", "train.steps=3"])
      #expect(more.status == 0, "\(more.messages)")
      #expect(runs.bytes("copy", step: 3) == runs.bytes("whole", step: 3))
      let latest = runs.path("copy") + "/checkpoints/latest"
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: latest) == "step-000003.safetensors")
    }
  }

  @Test func aDamagedPictureCostsNoStep() throws {
    try withRuns { runs in
      #expect(try runs.train("whole", "train.steps=8", "train.log_every=1").status == 0)
      let picture = runs.folder + "/data/train/2.png"
      let bytes = try #require(FileManager.default.contents(atPath: picture))
      try bytes.prefix(60).write(to: URL(fileURLWithPath: picture))
      let failed = try runs.train("run", "train.steps=8", "train.log_every=1", "data.batch_size=2")
      #expect(failed.status == 3)
      #expect(failed.messages.contains("2.png"), "\(failed.messages)")
      #expect(failed.messages.contains("is saved in \(runs.path("run"))/checkpoints/step-00000"), "\(failed.messages)")
      try bytes.write(to: URL(fileURLWithPath: picture))
      let rest = try runGanctl(["train", "--resume", runs.path("run")])
      #expect(rest.status == 0, "\(rest.messages)")
      #expect(runs.bytes("run", step: 8) == runs.bytes("whole", step: 8))
      #expect(runs.file("run", "log.jsonl") == runs.file("whole", "log.jsonl"))
      // Skipped, it ends nothing.
      try bytes.prefix(60).write(to: URL(fileURLWithPath: picture))
      let skipped = try runs.train("skipped", "train.steps=4", "data.on_error=skip")
      #expect(skipped.status == 0)
      #expect(skipped.messages.contains("2.png: ") && skipped.messages.contains(": skipped\n"), "\(skipped.messages)")
      #expect(skipped.messages.contains("Pictures that could not be used were skipped 2 times."))
    }
  }

  @Test func theNumberOfThreadsChangesNoBit() throws {
    try withRuns { runs in
      let one = try runs.train("one", "train.steps=6", threads: 1)
      let three = try runs.train("three", "train.steps=6", threads: 3)
      #expect(one.status == 0 && three.status == 0)
      #expect(runs.bytes("one", step: 6) == runs.bytes("three", step: 6))
      #expect(runs.file("one", "log.jsonl") == runs.file("three", "log.jsonl"))
    }
  }

  /// A step that would take long is not waited for, but taken back.
  @Test func aSignalStopsALongStep() throws {
    try withRuns { runs in
      let settings = [
        "model.generator=resnet_9blocks", "model.ngf=64", "data.load_size=256", "data.crop_size=256",
        "data.batch_size=4", "train.sample_every=0",
      ]
      let process = try RunningGanctl(runs.arguments("run", settings))
      let latest = runs.path("run") + "/checkpoints/latest"
      for _ in 0..<10_000 where !FileManager.default.fileExists(atPath: latest) { usleep(5000) }
      usleep(500_000)
      #expect(process.end(by: SIGTERM) == 128 + SIGTERM)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: latest).contains("step-000000"))
      #expect(!runs.file("run", "log.jsonl").contains(Data("\"step\":1,".utf8)))
    }
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGXCPU])
  func aSignalSavesAndEndsTheRun(signal: Int32) throws {
    try withRuns { runs in
      let process = try runs.launch("run", "train.epochs=1000000")
      #expect(process.end(by: signal) == 128 + signal)
      let latest = try FileManager.default.destinationOfSymbolicLink(atPath: runs.path("run") + "/checkpoints/latest")
      let step = try #require(Int(latest.dropFirst(5).prefix(6)))
      #expect(step >= 1)

      let rest = try runGanctl(["train", "--resume", runs.path("run"), "--set", "train.steps=\(step + 2)"])
      #expect(rest.status == 0, "\(rest.messages)")
      #expect(
        try runs.train("whole", "train.steps=\(step + 2)", "train.epochs=1000000", "train.log_every=1").status == 0)
      #expect(runs.bytes("run", step: step + 2) == runs.bytes("whole", step: step + 2))
      #expect(runs.file("run", "log.jsonl") == runs.file("whole", "log.jsonl"))
    }
  }

  @Test func aSignalThatWasIgnoredAtTheStartIsIgnored() throws {
    try withRuns { runs in
      let result = try runs.shell(
        "trap '' HUP; (sleep 0.3; kill -HUP $$; kill -HUP $$) & exec \"$0\" \"$@\"", "run", "train.steps=40")
      #expect(result.status == 0, "\(result.messages)")
    }
  }

  @Test func ctrlBackslashEndsAtOnceWithoutABacktrace() throws {
    try withRuns { runs in
      let process = try runs.launch("run", "train.epochs=1000000")
      #expect(process.end(by: SIGQUIT) == 128 + SIGQUIT)
      // What was saved before is there to go on from.
      #expect(try runGanctl(["train", "--resume", runs.path("run"), "--set", "train.steps=2"]).status == 0)
    }
  }

  @Test func twoProcessesDoNotShareAFolder() throws {
    try withRuns { runs in
      let process = try runs.launch("run", "train.epochs=1000000")
      let second = try runGanctl(["train", "--resume", runs.path("run")])
      #expect(second.status == 5)
      #expect(second.messages.contains("another ganctl is writing here"))
      #expect(process.end(by: SIGKILL) == -SIGKILL)
    }
  }

  @Test func wrongCommandLines() throws {
    try withRuns { runs in
      let cases: [([String], Int32, String)] = [
        (["train"], 2, "--config is missing"),
        (["train", "--config", runs.folder + "/tiny.yml"], 2, "did you mean"),
        (["train", "--config", runs.config, "--set", "train.epoch=4"], 2, "did you mean epochs?"),
        (["train", "--config", runs.config, "--set", "data.root=nowhere"], 3, "nowhere"),
        (["train", "--config", runs.config, "--run", runs.folder + "/runs/.x"], 2, "cannot be the name"),
        (["train", "--resume", runs.folder + "/runs/none"], 4, "no such checkpoint or run"),
        (["train", "--resume", runs.path("x"), "--config", runs.config], 2, "--config cannot be used with --resume"),
        (["train", "--config", runs.config, "--threads", "0"], 2, "--threads"),
        (["inspect", runs.config], 4, "not a safetensors file"),
        (["inspect", runs.folder + "/none"], 4, "no such checkpoint"),
        (["inspect", "--json", "--config", runs.config], 2, "cannot be used together"),
      ]
      for (arguments, status, text) in cases {
        let result = try runGanctl(arguments)
        #expect(result.status == status, "\(arguments): \(result.messages)")
        #expect(result.messages.contains(text), "\(result.messages)")
        #expect(result.output.isEmpty)
      }
      #expect(!FileManager.default.fileExists(atPath: runs.folder + "/runs"))
    }
  }

  @Test func aFileSizeLimitIsAnErrorAndNotADisaster() throws {
    try withRuns { runs in
      // The limit is less than a checkpoint; the signal that goes with it is ignored, so that writing fails.
      let result = try runs.shell("ulimit -f 64; exec \"$0\" \"$@\"", "run", "train.steps=2")
      #expect(result.status == 5)
      #expect(result.messages.contains("cannot write"), "\(result.messages)")
      let names = try FileManager.default.contentsOfDirectory(atPath: runs.path("run") + "/checkpoints")
      #expect(names == [])
    }
  }
}
