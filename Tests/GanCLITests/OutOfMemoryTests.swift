import Foundation
import GanImage
import GanTensor
import GanTestSupport
import Testing

@testable import GanCLI

/// Memory that runs out in the middle of the work: an error like any other, and nothing half-written.
@Suite(.serialized) struct OutOfMemoryTests {
  /// A limit that is set while the program trains, some MiB above what it has then: the last picture of an epoch is
  /// too large for it.
  @Test func aTrainingStepIsTakenBackAndTheRunSaved() throws {
    try withRuns { runs in
      let folder = runs.folder + "/sizes/train"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for number in 0..<200 {
        try FileManager.default.copyItem(
          atPath: "\(runs.folder)/data/train/\(number % 4).png", toPath: "\(folder)/\(1000 + number).png")
      }
      let large = Picture(
        width: 2048, height: 1024, channels: 3, pixels: [UInt8](repeating: 100, count: 2048 * 1024 * 3))
      try PictureFile.writePNG(large, to: "\(folder)/9999.png")
      let script = """
        log='\(runs.path("r"))/log.jsonl'
        "$0" "$@" & pid=$!
        while kill -0 $pid && ! grep -q '^{"step":5,' "$log"; do sleep 0.02; done 2>/dev/null
        limit=$(( ($(cut -d ' ' -f 1 /proc/$pid/statm) << 12) + (48 << 20) ))
        prlimit --pid $pid --as=$limit
        wait $pid
        """
      let options = [
        "data.root=\(runs.folder)/sizes", "data.preprocess=none", "data.batch_size=1", "data.serial=true",
        "train.log_every=1", "train.sample_count=0", "train.epochs=1", "train.decay_epochs=0",
      ]
      let result = try runProgram(
        "/bin/sh", ["-c", script, try builtProgram()] + runs.arguments("r", options) + ["--threads", "2"])
      #expect(result.status == 5, "\(result.messages)")
      #expect(result.messages.contains("error: out of memory: tensors take "), "\(result.messages)")
      let saved = try #require(result.messages.firstMatch(of: #/step (\d+) is saved in/#)?.output.1)
      let step = try #require(Int(saved))
      #expect(step >= 5)
      #expect(!runs.bytes("r", step: step).isEmpty)
      let resumed = try runGanctl(
        ["train", "--resume", runs.path("r"), "--threads", "2", "--set", "train.steps=\(step)"])
      #expect(resumed.status == 0, "\(resumed.messages)")
    }
  }

  /// From limits that are too small for anything to one that suffices: in between the estimate for the picture refuses.
  @Test func aTranslationThatNeedsTooMuchMemoryWritesNothing() throws {
    try withRuns { runs in
      #expect(try runs.train("r", "train.steps=1", "model.ngf=16", "train.sample_count=0").status == 0)
      let pictures = try TemporaryFolder()
      _ = try pictures.picture("in/a.png", 800, 800)
      let out = pictures.file("out")
      let words = "translate '\(pictures.file("in"))' -o '\(out)' --run '\(runs.path("r"))' --threads 1"
      var refusals = 0, isDone = false
      for mebibytes in stride(from: 260, to: 700, by: 20) {
        let script = "ulimit -v \(mebibytes << 10); exec \"$0\" \(words)"
        let result = try runProgram("/bin/sh", ["-c", script, try builtProgram()])
        isDone = result.status == 0
        if isDone { break }
        #expect([5, 127].contains(result.status), "\(mebibytes): \(result.status) \(result.messages)")
        #expect((try? FileManager.default.contentsOfDirectory(atPath: out)) ?? [] == [], "\(mebibytes)")
        let isRefusal = result.messages.contains("a.png: translating 800x800 pixels needs about ")
        if isRefusal || result.messages.contains("out of memory: tensors take ") { refusals += 1 }
      }
      #expect(refusals > 0 && isDone)
    }
  }

  /// Where no computation is guarded nothing can be thrown.
  @Test func theLastResortIsAMessageAndTheDocumentedStatus() async {
    let result = await #expect(processExitsWith: .exitCode(5), observing: [\.standardErrorContent]) {
      Program.endWhenOutOfMemory()
      _ = Tensor.zeros([1 << 20, 1 << 25])
    }
    let messages = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      messages.contains("ganctl: error: out of memory: tensors take 0 MiB, and the system refuses "), "\(messages)")
  }
}
