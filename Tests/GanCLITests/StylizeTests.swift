import Foundation
import GanBase
import GanImage
import GanTestSupport
import Testing

/// `ganctl stylize`, as users call it, with narrow random weights.
@Suite struct StylizeTests {
  private static let weights = Repository.path + "/Tests/GanStyleTests/Fixtures/weights.safetensors"

  private func picture(_ path: String, _ width: Int, _ height: Int, _ level: (Int, Int, Int) -> Int) throws {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width { pixels += (0..<3).map { UInt8(level(x, y, $0) % 256) } }
    }
    try PictureFile.writePNG(Picture(width: width, height: height, channels: 3, pixels: pixels), to: FilePath(path))
  }

  private func photos(_ folder: String) throws {
    try picture(folder + "/sea.png", 40, 28) { $0 * 5 + $1 * $2 * 3 }
    try picture(folder + "/dusk.png", 24, 33) { 200 - $0 * 3 + $2 * 20 + $1 * $1 / 9 }
    try picture(folder + "/sea-map.png", 40, 28) { x, _, _ in x < 20 ? 0 : 255 }
    try picture(folder + "/dusk-map.png", 24, 33) { _, y, _ in y < 16 ? 0 : 255 }
    try picture(folder + "/other-map.png", 24, 33) { _, _, _ in 77 }
    try picture(folder + "/tiny.png", 12, 40) { x, _, _ in x }
  }

  @Test func aPhotoGetsTheStyleOfAnother() throws {
    try withTemporaryFolder { folder in
      try photos(folder)
      func stylize(_ arguments: String...) throws -> ProgramResult {
        try runGanctl(
          ["stylize", folder + "/sea.png", folder + "/dusk.png", "--weights", Self.weights, "--threads", "2"]
            + arguments)
      }
      let plain = try stylize()
      #expect(plain.status == 0 && plain.output == folder + "/sea_stylized.png\n", "\(plain.messages)")
      let first = try PictureFile.read(FilePath(folder + "/sea_stylized.png"))
      #expect(first.width == 40 && first.height == 28)
      var results: Set<[UInt8]> = [first.pixels]
      for (name, options) in [
        ("none", ["--smoothing", "none"]), ("matting", ["--smoothing", "matting", "--lambda", "0.01"]),
        ("wide", ["--radius", "3", "--epsilon", "0.01"]),
        ("labels", ["--content-labels", folder + "/sea-map.png", "--style-labels", folder + "/dusk-map.png"]),
      ] {
        let output = "\(folder)/out/\(name).png"
        let result = try runGanctl(
          ["stylize", folder + "/sea.png", folder + "/dusk.png", "--weights", Self.weights, "-o", output] + options)
        #expect(result.status == 0 && result.output == output + "\n", "\(name): \(result.messages)")
        #expect(result.messages.contains("2 of 2 regions") == (name == "labels"))
        results.insert(try PictureFile.read(FilePath(output)).pixels)
      }
      #expect(results.count == 5)
      let small = try stylize("--size", "20", "-o", folder + "/small.png")
      #expect(small.status == 0)
      #expect(try PictureFile.header(of: FilePath(folder + "/small.png")).height == 20)
      // Once more, the same bits.
      #expect(try stylize("--quiet").messages == "")
      #expect(try PictureFile.read(FilePath(folder + "/sea_stylized.png")) == first)
    }
  }

  @Test func whatCannotBeDoneIsSaid() throws {
    try withTemporaryFolder { folder in
      try photos(folder)
      try AtomicFile.write("no weights", to: FilePath(folder + "/wrong.pth"))
      let photos = [folder + "/sea.png", folder + "/dusk.png"], weights = ["--weights", Self.weights]
      let maps = ["--content-labels", folder + "/sea-map.png", "--style-labels"]
      let known = photos + weights
      let cases: [(arguments: [String], status: Int32, words: [String])] = [
        (photos, 5, ["photo_wct.pth", "NVIDIA/FastPhotoStyle", "non-commercial", "--weights"]),
        (photos + ["--weights", folder + "/wrong.pth"], 4, ["wrong.pth"]),
        (photos + ["--weights", folder + "/nowhere.pth"], 4, ["nowhere.pth"]),
        (weights + [photos[0], folder + "/nowhere.png"], 3, ["nowhere.png"]),
        (weights + [photos[0], folder + "/tiny.png"], 3, ["tiny.png", "at least 16x16", "--size"]),
        (known + ["-o", photos[1]], 2, ["would overwrite a photo"]),
        (known + ["-o", folder + "/a.jpg"], 2, [".png"]),
        (known + ["--smoothing", "mating"], 2, ["did you mean matting?"]),
        (known + ["--lambda", "1"], 2, ["--lambda belongs to --smoothing matting"]),
        (known + ["--content-labels", "x.png"], 2, ["--content-labels is given without --style-labels"]),
        (known + maps + [folder + "/other-map.png"], 3, ["no region has the same colour"]),
        (known + maps + [folder + "/tiny.png"], 3, ["tiny.png", "is 12x40, but", "24x33"]),
        (weights + [photos[0]], 2, ["STYLE"]),
      ]
      for (arguments, status, words) in cases {
        let result = try runGanctl(["stylize"] + arguments, environment: ["HOME": folder])
        #expect(result.status == status, "\(arguments): \(result.messages)")
        for word in words { #expect(result.messages.contains(word), "\(arguments): \(result.messages)") }
        #expect(result.output == "")
      }
      #expect(!FileManager.default.fileExists(atPath: folder + "/sea_stylized.png"))
    }
  }
}
