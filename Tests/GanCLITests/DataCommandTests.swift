import Foundation
import GanBase
import GanImage
import GanTestSupport
import Testing

@Suite(.serialized)
struct DataCommandTests {
  @Test func writesASheetOfWhatTheNetworksSee() throws {
    try withRuns { runs in
      let sheet = runs.folder + "/sheet.png"
      func data(_ further: String...) throws -> ProgramResult {
        try runGanctl(["data", runs.config, "-o", sheet, "--pictures", "3", "--epochs", "2"] + further)
      }
      let plain = try data()
      #expect(plain.status == 0, "\(plain.messages)")
      #expect(plain.output == sheet + "\n")
      for part in [
        "data:   4 pairs in ", "2 steps an epoch", "files up to 64x32; the networks see 32x32", "2 pictures in a step",
        "random: crop, flip\n",
      ] {
        #expect(plain.messages.contains(part), "\(part) in \(plain.messages)")
      }
      let first = try PictureFile.read(FilePath(sheet))
      // Two epochs of pairs: four cells of 32 in a row, three rows.
      #expect(first.width > 4 * 32 && first.width < 8 * 32 && first.height > 3 * 32 && first.height < 6 * 32)
      _ = try data()
      #expect(try PictureFile.read(FilePath(sheet)) == first, "the same each time")
      let changed = try data("--set", "data.augment_rotate=30", "--set", "data.augment_hue=0.2")
      #expect(changed.messages.contains("random: crop, flip, augment_rotate 30.0, augment_hue 0.2\n"))
      #expect(try PictureFile.read(FilePath(sheet)) != first)
      for other in [["--seed", "8"], ["--step", "4"], ["--set", "seed=9"]] {
        #expect(try runGanctl(["data", runs.config, "-o", sheet] + other).status == 0)
        #expect(try PictureFile.read(FilePath(sheet)) != first, "\(other)")
      }
      #expect(!FileManager.default.fileExists(atPath: runs.folder + "/runs"))
    }
  }

  @Test func domainsAreLabelled() throws {
    try withTemporaryFolder { folder in
      for (index, domain) in ["cat", "dog"].enumerated() {
        try AtomicFile.makeFolder("\(folder)/data/train/\(domain)")
        let picture = Picture(width: 40, height: 40, channels: 3, fill: UInt8(60 + 80 * index))
        try PictureFile.writePNG(picture, to: FilePath("\(folder)/data/train/\(domain)/1.png"))
      }
      let config = folder + "/star.yaml"
      try AtomicFile.write(
        "model: {name: stargan, image_size: 32, d_repeat_num: 3}\ndata: {root: \(folder)/data}", to: FilePath(config))
      let result = try runGanctl(["data", config, "-o", folder + "/s.png"])
      #expect(result.status == 0, "\(result.messages)")
      #expect(result.messages.contains("domains cat, dog"))
    }
  }

  @Test func mistakesAreReportedAsByTrain() throws {
    try withRuns { runs in
      func data(_ arguments: String...) throws -> ProgramResult { try runGanctl(["data"] + arguments) }
      #expect(try data().status == 2)
      let unknown = try data(runs.config, "--set", "data.augment_rotat=3")
      #expect(unknown.status == 2 && unknown.messages.contains("augment_rotate"), "\(unknown.messages)")
      let grey = try data(
        runs.config, "--set", "model.input_channels=1", "--set", "model.output_channels=1", "--set",
        "data.augment_hue=0.1")
      #expect(
        grey.status == 2 && grey.messages.contains("data.augment_hue has no effect on grey pictures"),
        "\(grey.messages)")
      let overwriting = try data(runs.config, "-o", runs.config)
      #expect(overwriting.status == 2, "\(overwriting.messages)")
      let nothing = try data(runs.config, "--set", "data.root=\(runs.folder)/nowhere")
      #expect(nothing.status == 3, "\(nothing.messages)")
      let sides = try data(runs.config, "--set", "model.name=stargan", "--set", "data.augment_colour_sides=a")
      #expect(sides.status == 2, "\(sides.messages)")
    }
  }
}
