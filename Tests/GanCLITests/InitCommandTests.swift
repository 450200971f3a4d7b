import Foundation
import GanBase
import GanImage
import GanTestSupport
import Testing

/// `init` as a user runs it.
@Suite struct InitCommandTests {
  private func inFolder(_ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try makePairs(folder)
      try body(folder)
    }
  }

  private func makePairs(_ folder: String) throws {
    for number in 0..<4 {
      let pixels = [UInt8](repeating: UInt8(50 * number), count: 80 * 40 * 3)
      let picture = Picture(width: 80, height: 40, channels: 3, pixels: pixels)
      try AtomicFile.makeFolder(folder + "/my pairs/train")
      try PictureFile.writePNG(picture, to: "\(folder)/my pairs/train/\(number).png")
    }
  }

  @Test func theFileTrainsAsItIs() throws {
    try inFolder { folder in
      let file = folder + "/own.yaml"
      let made = try runGanctl(["init", "--data", folder + "/my pairs", "-o", file, "--threads", "1"])
      #expect(made.status == 0, "\(made.messages)")
      #expect(made.output == "ganctl train --config \(file)\n")
      let parts = ["4 pairs side by side", "40x40", "pix2pix", "4,000 steps in 1000 epochs of 4", "memory", "of disk"]
      for part in parts {
        #expect(made.messages.contains(part), "\(made.messages)")
      }
      let settings = ["--set", "train.steps=1", "--set", "model.ngf=4"]
      let trained = try runGanctl(["train", "--config", file, "--run", folder + "/r"] + settings)
      #expect(trained.status == 0, "\(trained.messages)")
      let again = try runGanctl(["init", "--data", folder + "/my pairs", "-o", file])
      #expect(again.status == 2 && again.messages.contains("exists already"), "\(again.messages)")
    }
  }

  /// A name in Latin-1, as old archives have it.
  @Test func aNameThatNoConfigurationCanHold() throws {
    try inFolder { folder in
      // Text of the tests is UTF-8: the shell writes the byte.
      let script = "cd '\(folder)' && d=$(printf 'caf\\351') && mv 'my pairs' \"$d\" && exec \"$0\" init --data \"$d\""
      let refused = try runProgram("/bin/sh", ["-c", script, try builtProgram()])
      #expect(refused.status == 2)
      for part in ["caf\\xE9: its name is not UTF-8", "mv $'caf\\xE9' ./pictures", "ln -s $'caf\\xE9' pictures"] {
        #expect(refused.messages.contains(part), "\(refused.messages)")
      }
    }
  }

  @Test(arguments: [
    (["init"], 2, "option --data is missing"),
    (["init", "pix2pxi", "--data", "x"], 2, "did you mean pix2pix?"),
    (["init", "--data", "/nowhere/at all"], 3, "/nowhere"),
    (["init", "my pictures", "--data", "x"], 2, "unknown model"),
    (["train", "--config", "pix2pix"], 2, "ganctl init pix2pix --data DIR"),
    (["train", "--config", "configs/nowhere/munit.yaml"], 2, "ganctl init munit --data DIR"),
    (["train"], 2, "ganctl init --data DIR"),
    (["import", "x.pth", "-c", "cyclegan", "-o", "y.safetensors"], 2, "ganctl init cyclegan --data DIR"),
  ])
  func wrongLines(arguments: [String], status: Int32, part: String) throws {
    let result = try runGanctl(arguments)
    #expect(result.status == status, "\(result.messages)")
    #expect(result.messages.contains(part), "\(result.messages)")
  }
}
