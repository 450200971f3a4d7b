import Foundation
import GanBase
import GanImage
import GanTestSupport
import Testing

/// A folder with four pairs and a configuration.
struct Runs {
  let folder: String
  var config: String { folder + "/tiny.yaml" }

  init(_ folder: String) throws {
    self.folder = folder
    try AtomicFile.makeFolder(folder + "/data/train")
    var random = RandomStream(seed: 6)
    for number in 0..<4 {
      let pixels = (0..<64 * 32 * 3).map { _ in UInt8(random.nextWord() >> 24) }
      let picture = Picture(width: 64, height: 32, channels: 3, pixels: pixels)
      try PictureFile.writePNG(picture, to: "\(folder)/data/train/\(number).png")
    }
    let text = """
      model: {name: pix2pix, generator: unet_32, ngf: 4, ndf: 4}
      data: {root: "\(folder)/data", load_size: 36, crop_size: 32, batch_size: 2}
      train: {sample_count: 1, log_every: 2}
      """
    try AtomicFile.write(text, to: config)
  }

  func path(_ name: String) -> String { folder + "/runs/" + name }
  /// What a file of a run holds; that there is none fails the test.
  func file(_ name: String, _ file: String, sourceLocation: SourceLocation = #_sourceLocation) -> Data {
    contents(of: path(name) + "/" + file, sourceLocation: sourceLocation)
  }

  func bytes(_ name: String, step: Int, sourceLocation: SourceLocation = #_sourceLocation) -> Data {
    file(name, "checkpoints/" + String(format: "step-%06d.safetensors", step), sourceLocation: sourceLocation)
  }

  /// Returns when the log has a line of this step, or a minute later.
  func waitForStep(_ step: Int, of name: String) {
    for _ in 0..<3000 {
      if lines(name).contains(where: { $0.hasPrefix("{\"step\":\(step),") }) { return }
      usleep(20_000)
    }
  }

  /// Of the log, as far as it is written.
  func lines(_ name: String) -> [String] {
    let log = FileManager.default.contents(atPath: path(name) + "/log.jsonl") ?? Data()
    return String(decoding: log, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  func arguments(_ name: String, _ settings: [String]) -> [String] {
    ["train", "--config", config, "--run", path(name)] + settings.flatMap { ["--set", $0] }
  }

  func train(_ name: String, _ settings: String..., threads: Int = 2) throws -> ProgramResult {
    try runGanctl(arguments(name, settings) + ["--threads", "\(threads)"])
  }

  /// Starts a run, and returns when it has trained a step: only then does a signal mean a checkpoint.
  func launch(_ name: String, _ settings: String...) throws -> RunningGanctl {
    let process = try RunningGanctl(arguments(name, settings + ["train.log_every=1"]))
    waitForStep(1, of: name)
    return process
  }

  /// A run started by way of a shell, whose `$0` is the program.
  func shell(_ script: String, _ name: String, _ settings: String...) throws -> ProgramResult {
    try runProgram("/bin/sh", ["-c", script, try builtProgram()] + arguments(name, settings))
  }
}

func withRuns(_ body: (Runs) throws -> Void) throws {
  try withTemporaryFolder { try body(Runs($0)) }
}
