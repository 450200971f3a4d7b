import Foundation
import GanImage
import GanTestSupport
import Testing

/// Sizes that pictures are translated in, and what is told of inputs before that.
@Suite struct TranslateSizeTests {
  private let folder: TemporaryFolder
  private let checkpoint: String

  init() throws {
    folder = try TemporaryFolder()
    checkpoint = try SampleModel.write(SampleModel.pix2pix, to: folder.file("model.safetensors"))
  }

  private func translate(_ arguments: [String], with checkpoint: String? = nil) throws -> ProgramResult {
    try runGanctl(["translate", "--checkpoint", checkpoint ?? self.checkpoint] + arguments)
  }

  private func header(_ name: String) throws -> PictureHeader { try PictureFile.header(of: folder.file(name)) }

  @Test func sizeScalesFirst() throws {
    let input = try folder.picture("a.png", 40, 80)
    #expect(try translate([input, "-o", folder.file("b.png"), "--size", "96x50", "--eval"]).status == 0)
    let made = try header("b.png")
    #expect(made.width == 96 && made.height == 50)
    let scaled = try folder.picture("scaled.png", PictureFile.read(input).resized(width: 96, height: 50))
    #expect(try translate([scaled, "-o", folder.file("c.png"), "--eval"]).status == 0)
    #expect(folder.bytes("b.png") == folder.bytes("c.png"))
  }

  @Test func theShorterSideAndBack() throws {
    let input = try folder.picture("a.png", 81, 40)
    #expect(try translate([input, "-o", folder.file("b.png"), "--size", "64", "--eval"]).status == 0)
    let made = try header("b.png")
    // 64 * 81 / 40 is 129.6, without its fraction as elsewhere.
    #expect(made.width == 129 && made.height == 64)
    let restored = [input, "-o", folder.file("c.png"), "--size", "64", "--restore-size", "--eval"]
    #expect(try translate(restored).status == 0)
    let expected = try PictureFile.read(folder.file("b.png")).resized(width: 81, height: 40)
    #expect(try PictureFile.read(folder.file("c.png")) == expected)
    // Targets then have the size of the input.
    try folder.picture("t/a.png", 81, 40)
    let scored = try translate(restored + ["--compare", folder.file("t")])
    #expect(scored.status == 0 && scored.output.hasPrefix("L1 "), "\(scored.messages)")
  }

  @Test func picturesFarLargerThanThoseOfTheTrainingAreTold() throws {
    let configuration = SampleModel.pix2pix + "\ndata: {crop_size: 32}"
    let model = try SampleModel.write(configuration, to: folder.file("small.safetensors"))
    for (name, width, height) in [("a", 64, 200), ("b", 70, 66), ("c", 90, 80)] {
      try folder.picture("in/\(name).png", width, height)
    }
    let result = try translate([folder.file("in"), "-o", folder.file("out")], with: model)
    let words = "2 pictures are far larger than the 32x32 that the model was trained on (up to 90x80)"
    #expect(result.status == 0 && result.messages.contains(words), "\(result.messages)")
    #expect(result.messages.contains("--size 32"))
    let scaled = try translate([folder.file("in"), "-o", folder.file("out"), "--size", "32"], with: model)
    #expect(scaled.status == 0 && !scaled.messages.contains("far larger"))
  }

  @Test func filesOfOtherKindsAreTold() throws {
    try folder.picture("in/a.png", 8, 8)
    for name in ["b.md", "c.md", "d.txt"] { try Data().write(to: URL(fileURLWithPath: folder.file("in/" + name))) }
    let result = try translate([folder.file("in"), "-o", folder.file("out")])
    #expect(result.status == 0)
    #expect(result.messages.contains("in: skipped 3 files: 2 .md, 1 .txt"), "\(result.messages)")
  }

  /// While a large picture is in work, there are lines about its layers: it takes many times the tenth of a second
  /// between two of them.
  @Test func layersOfALargePictureAreShown() throws {
    let model = try SampleModel.write(SampleModel.cyclegan, to: folder.file("c.safetensors"))
    let input = try folder.picture("a.png", 2400, 2400)
    let result = try runGanctl(
      ["translate", "--checkpoint", model, input, "-o", folder.file("b.png")], messages: .terminal())
    #expect(result.status == 0 && result.messages.contains("layer "), "\(result.messages)")
    #expect(result.messages.contains(" of 12") && !result.messages.contains("nan"), "\(result.messages)")
  }
}
