import Foundation
import Testing

/// What a run tells of the kernels that it was computed with.
@Suite struct EngineRecordTests {
  @Test func logAndCheckpointSayWhyKernelsWereTaken() throws {
    try withRuns { runs in
      let byUser = ["OPENBLAS_CORETYPE": "Prescott"]
      let arguments = runs.arguments("run", ["train.steps=1"])
      #expect(try runGanctl(arguments, environment: ["GANCTL_OPENBLAS_TAKES": "Prescott"]).status == 0)
      let first = try runGanctl(["inspect", runs.path("run")]).output
      let more = try runGanctl(["train", "--resume", runs.path("run"), "--set", "train.steps=2"], environment: byUser)
      #expect(more.status == 0, "\(more.messages)")
      let last = try runGanctl(["inspect", runs.path("run")]).output
      #expect(last.contains("OpenBLAS kernels  chosen by OPENBLAS_CORETYPE\n"), "\(last)")
      let lines = runs.lines("run")
      #expect(lines.first?.contains("\"engine\":\"OpenBLAS ") == true, "\(lines)")
      // On a CPU with nothing better, or with a library for one kind of CPU, there is nothing to choose.
      guard first.contains("chosen by ganctl") else { return }
      #expect(first.contains("OpenBLAS kernels  chosen by ganctl: the library had taken Prescott\n"), "\(first)")
      #expect(lines.first?.contains("chosen by ganctl: the library had taken Prescott") == true, "\(lines)")
      #expect(more.messages.contains("its numbers will differ in the last bits"), "\(more.messages)")
      #expect(more.messages.contains("With OPENBLAS_CORETYPE="), "\(more.messages)")
      #expect(last.contains("changed           after step 1: engine: OpenBLAS "), "\(last)")
      let change = try #require(lines.first { $0.contains("\"change\":1") })
      #expect(change.contains("OpenBLAS Prescott, ") && change.contains("(chosen by OPENBLAS_CORETYPE)"), "\(change)")
    }
  }

  /// A disk that is full has room once old checkpoints are removed.
  @Test func aResumedRunHoldsNoCheckpointOpen() throws {
    try withRuns { runs in
      #expect(try runs.train("run", "train.steps=1", "train.log_every=1").status == 0)
      let process = try RunningGanctl([
        "train", "--resume", runs.path("run"), "--set", "train.steps=1000000", "--set", "train.epochs=1000000",
      ])
      runs.waitForStep(2, of: "run")
      let folder = "/proc/\(process.process)/fd/"
      let open = try FileManager.default.contentsOfDirectory(atPath: folder)
        .compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: folder + $0) }
      #expect(open.contains { $0.hasSuffix("log.jsonl") }, "\(open)")
      #expect(!open.contains { $0.hasSuffix(".safetensors") }, "\(open)")
      #expect(process.end(by: SIGKILL) == -SIGKILL)
    }
  }
}
