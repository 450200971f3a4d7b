import Foundation
import GanStore
import GanTestSupport
import Testing

@testable import GanCLI

/// `plan` and `doctor` as a user runs them.
@Suite struct PlanTests {
  @Test func aPlanTellsAll() throws {
    try withRuns { runs in
      let arguments = ["plan", "--config", runs.config, "--threads", "1", "--set", "train.steps=100"]
      let result = try runGanctl(arguments + ["--run", runs.path("later")])
      #expect(result.status == 0, "\(result.messages)")
      for part in [
        "data:   4 pairs in ", ", 2 steps an epoch", "size:   all 32x32",
        "change: scaled to 36x36, then cropped to 32x32",
        "parameters: G ", "memory: about ", " measured", " are available", "with 1 thread", "time:   100 steps: about ",
        "disk:   about ", "4 checkpoints of ", " are free",
      ] { #expect(result.output.contains(part), "\(part): \(result.output)") }
      #expect(!FileManager.default.fileExists(atPath: runs.folder + "/runs"))
    }
  }

  @Test func asJSON() throws {
    try withRuns { runs in
      let arguments = ["plan", "--config", runs.config, "--threads", "1", "--json", "--set", "data.crop_size=64"]
      let result = try runGanctl(arguments + ["--set", "data.load_size=64", "--set", "train.epochs=3", "-q"])
      #expect(result.status == 0 && result.messages.isEmpty, "\(result.messages)")
      let json = try JSONValue(parsing: result.output)
      #expect(json["steps"]?.integer == 206 && json["steps_per_epoch"]?.integer == 2)
      #expect(json["smaller_than_crop"]?.integer == 8 && json["crop_size"]?.integer == 64)
      #expect(json["pictures"]?.array?.first?["median"]?.array?.compactMap(\.integer) == [32, 32])
      let pace = try #require(json["seconds_per_step"]?.number), seconds = try #require(json["seconds"]?.number)
      #expect(pace > 0 && abs(seconds - 206 * pace) < 1e-6 * seconds)
      let checkpoint = try #require(json["disk"]?["checkpoint_bytes"]?.integer)
      let parameters = ["G", "D"].compactMap { json["parameters"]?[$0]?.integer }.reduce(0, +)
      // Weights and two averages each, and buffers.
      #expect(checkpoint >= 12 * parameters && checkpoint < 13 * parameters + 100_000)
    }
  }

  /// What train refuses, with the same words.
  @Test func refusals() throws {
    try withRuns { runs in
      let wrong = ["--config", runs.config, "--set", "data.root=/nowhere"]
      let plan = try runGanctl(["plan"] + wrong), train = try runGanctl(["train"] + wrong)
      #expect(plan.status == 3 && train.status == 3)
      #expect(plan.messages.contains("error: /nowhere"), "\(plan.messages)")
      #expect(try runGanctl(["plan"]).status == 2)
    }
  }

  @Test func trainTellsTheSame() throws {
    try withRuns { runs in
      let result = try runs.train("r", "train.steps=1")
      for part in ["size:   all 32x32; scaled to 36x36, then cropped", "disk:   about ", "memory: about "] {
        #expect(result.messages.contains(part), "\(part): \(result.messages)")
      }
    }
  }

  @Test func noMoreCoresAreBusyThanThereAre() {
    let loads = [(1.25, 4), (12.5, 2), (1, 1), (3, 3)]
    #expect(
      loads.map { MachineReport.busy($0, cores: $1) } == [
        "Other programs keep about 1.25 of 4 cores busy", "Other programs keep both cores busy",
        "Other programs keep the only core busy", "Other programs keep all 3 cores busy",
      ])
  }

  @Test func theDoctorKnowsTheMachine() throws {
    let result = try runGanctl(["doctor"], environment: ["LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "3"])
    #expect(result.status == 0, "\(result.messages)")
    for part in [
      "processor", "CPU level", "OpenBLAS", "threads", "memory", "disk", "open files", "locale", "UTF-8", "FID",
      "OPENBLAS_NUM_THREADS", "see --threads",
    ] { #expect(result.output.contains(part), "\(part): \(result.output)") }
    let slow = try runGanctl(["doctor", "--json"], environment: ["GANCTL_CPU": "plain"])
    let json = try JSONValue(parsing: slow.output)
    #expect(slow.status == 0 && json["can_train"] == .bool(true))
    #expect(json["advice"]?.array?.contains { $0.string?.contains("GANCTL_CPU=plain is set") == true } == true)
  }

  @Test func tooLittleOfEverything() throws {
    let script = "cd /proc && exec \"$0\" doctor"
    let result = try runProgram("/bin/sh", ["-c", script, try builtProgram()])
    #expect(result.status == 5 && result.messages.contains("error: "), "\(result.messages)")
    let files = try runProgram("/bin/sh", ["-c", "ulimit -n 20; exec \"$0\" doctor", try builtProgram()])
    #expect(files.status == 5 && files.messages.contains("only 20 files may be open"), "\(files.messages)")
  }
}
