import Foundation
import GanTestSupport
import Testing

/// Under `ulimit -v`: the program works, or says with a number that it cannot.
@Suite(.serialized) struct MemoryLimitTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for picture in ["a.png", "b.png"] { _ = try folder.picture(picture, 40, 40) }
  }

  /// Its end within 30 seconds, else status 137.
  private func run(_ words: String, mebibytes: Int) throws -> ProgramResult {
    let script = "ulimit -v \(mebibytes << 10); exec timeout -s KILL 30 \"$0\" \(words)"
    return try runProgram("/bin/sh", ["-c", script, try builtProgram()])
  }

  @Test(arguments: [150, 250, 350, 500, 700])
  func worksOrSaysWhatIsMissing(mebibytes: Int) throws {
    for words in [
      "eval-fid '\(folder.path)' --stats '\(folder.file("s.npz"))' --features built-in --threads 2",
      "bench step --model pix2pix --size 256 --steps 1 --threads 2 --set model.ngf=4 --set model.ndf=4",
    ] {
      let result = try run(words, mebibytes: mebibytes)
      // 127: the system could not even load the libraries.
      #expect([0, 5, 127].contains(result.status), "\(words): \(result.status) \(result.messages)")
      if result.status == 5 { #expect(result.messages.contains(#/[0-9]+ MiB|[0-9.]+ GiB/#), "\(result.messages)") }
    }
  }

  @Test func threadsAreAsManyAsTheLimitHasRoomFor() throws {
    let words = "eval-fid '\(folder.path)' --stats '\(folder.file("s.npz"))' --features built-in --threads 100"
    #expect(try run(words, mebibytes: 1500).status == 0)
  }

  /// Before anything of that size is read or made.
  @Test func aStepThatNoMachineHasRoomForIsRefusedAtOnce() throws {
    for side in ["trainA/a.png", "trainB/a.png"] { _ = try folder.picture("data/\(side)", 20, 20) }
    let config = folder.file("large.yaml")
    try Data(SampleModel.cyclegan.utf8).write(to: URL(fileURLWithPath: config))
    let start = ContinuousClock.now
    let result = try runGanctl(
      ["train", "--config", config, "--run", folder.file("run"), "--threads", "1"]
        + ["data.root=\(folder.file("data"))", "data.load_size=8192", "data.crop_size=8192", "model.ngf=256"].flatMap {
          ["--set", $0]
        })
    #expect(ContinuousClock.now - start < .seconds(20))
    #expect(result.status == 5, "\(result.messages)")
    #expect(
      result.messages.contains(
        #/a training step needs about [0-9]{4,}\.[0-9] GiB of memory, [0-9.]+ [GM]iB are available/#),
      "\(result.messages)")
    #expect(!folder.has("run/config.yaml"))
  }
}
