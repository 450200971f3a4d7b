import Foundation
import GanImage
import GanMetrics
import GanStore
import GanTestSupport
import Testing

@testable import GanTranslate

/// `ganctl translate` beside targets.
@Suite struct TranslateCompareTests {
  private let folder: TemporaryFolder
  private let checkpoint: String

  init() throws {
    folder = try TemporaryFolder()
    checkpoint = try SampleModel.write(SampleModel.pix2pix, to: folder.file("model.safetensors"))
  }

  private func translate(_ arguments: [String], with checkpoint: String? = nil) throws -> ProgramResult {
    try runGanctl(["translate", "--checkpoint", checkpoint ?? self.checkpoint, "--eval"] + arguments)
  }

  private func picture(_ name: String) throws -> Picture { try PictureFile.read(folder.file(name)) }

  /// Every level moved by `step`, up where there is room.
  private func moved(_ picture: Picture, by step: UInt8) -> Picture {
    Picture(
      width: picture.width, height: picture.height, channels: picture.channels,
      pixels: picture.pixels.map { $0 < 128 ? $0 + step : $0 - step })
  }

  private func beside(_ left: Picture, _ right: Picture) -> Picture {
    let row = left.width * left.channels
    var pixels: [UInt8] = []
    for start in stride(from: 0, to: left.pixels.count, by: row) {
      pixels += left.pixels[start..<start + row]
      pixels += right.pixels[start..<start + row]
    }
    return Picture(width: 2 * left.width, height: left.height, channels: left.channels, pixels: pixels)
  }

  @Test func scoresOfKnownDifferences() throws {
    try folder.picture("in/a.png", 50, 30, seed: 1)
    try folder.picture("in/s/b.png", 20, 40, seed: 2)
    #expect(try translate([folder.file("in"), "-o", folder.file("out")]).status == 0)
    _ = try folder.picture("target/a.png", moved(picture("out/a.png"), by: 10))
    // A pair: its right half counts.
    let b = try picture("out/s/b.png")
    _ = try folder.picture("target/s/b.png", beside(moved(b, by: 90), moved(b, by: 4)))
    let arguments = [folder.file("in"), "-o", folder.file("again"), "--compare", folder.file("target")]
    let json = try JSONValue(parsing: translate(arguments + ["--json"]).output)
    let pictures = try #require(json["pictures"]?.array)
    #expect(pictures.compactMap { $0["l1_levels"]?.number } == [10.0, 4.0])
    #expect(pictures.compactMap { $0["output"]?.string } == [folder.file("again/a.png"), folder.file("again/s/b.png")])
    let mean = try #require(json["mean"])
    #expect(mean["l1_levels"]?.number == 7.0)
    #expect(mean["l1"]?.number == 7.0 / 255.0)
    let psnr = 20 * log10(255.0) - 10 * (log10(100.0) + log10(16.0)) / 2
    #expect(abs(try #require(mean["psnr"]?.number) - psnr) < 1e-9)
    let line = "L1 7.000 of 255 (0.02745), PSNR \(String(format: "%.3f", psnr)) dB, mean of 2\n"
    #expect(try translate(arguments).output == line)
  }

  @Test func equalPicturesHaveNoRatio() throws {
    try folder.picture("in/a.png", 16, 16)
    #expect(try translate([folder.file("in"), "-o", folder.file("out")]).status == 0)
    let result = try translate([folder.file("in"), "-o", folder.file("b"), "--compare", folder.file("out"), "--json"])
    let mean = try #require(try JSONValue(parsing: result.output)["mean"])
    #expect(mean["l1"]?.number == 0.0)
    #expect(mean["psnr"] == JSONValue.null)
  }

  @Test(arguments: ["AtoB", "BtoA"])
  func alignedInputsHoldTheirTargets(direction: String) throws {
    let model = try SampleModel.write(
      SampleModel.pix2pix + "\ndata: {direction: \(direction)}", to: folder.file("aligned.safetensors"))
    try folder.picture("single/a.png", 45, 33)
    let input = try picture("single/a.png")
    #expect(try translate([folder.file("single"), "-o", folder.file("alone")], with: model).status == 0)
    let target = moved(try picture("alone/a.png"), by: 6)
    _ = try folder.picture("pairs/a.png", direction == "AtoB" ? beside(input, target) : beside(target, input))
    let result = try translate(
      [folder.file("pairs"), "-o", folder.file("out"), "--aligned", "--grid", "--json"], with: model)
    #expect(result.status == 0)
    #expect(folder.bytes("out/a.png") == folder.bytes("alone/a.png"))
    #expect(try JSONValue(parsing: result.output)["mean"]?["l1_levels"]?.number == 6)
    // Three columns of cells.
    #expect(try picture("out-grid.png").width > 3 * 45)
  }

  /// As in training: the right half has the column in the middle, and the target is scaled to the input's size.
  @Test(arguments: [("AtoB", 20), ("BtoA", 21)]) func oddPairs(_ direction: String, _ width: Int) throws {
    let model = try SampleModel.write(
      SampleModel.pix2pix + "\ndata: {direction: \(direction)}", to: folder.file("aligned.safetensors"))
    try folder.picture("pairs/a.png", 41, 16)
    let (left, right) = try #require(try picture("pairs/a.png").halves())
    _ = try folder.picture("halves/a.png", direction == "AtoB" ? left : right)
    #expect(try translate([folder.file("halves"), "-o", folder.file("alone")], with: model).status == 0)
    let arguments = [folder.file("pairs"), "-o", folder.file("out"), "--aligned"]
    let json = try JSONValue(parsing: try translate(arguments + ["--json"], with: model).output)
    let result = try picture("out/a.png")
    let target = try (direction == "AtoB" ? right : left).resized(width: width, height: 16)
    #expect(try result.width == width && result == picture("alone/a.png"))
    let expected = try PairedScores(result, target).levels
    #expect(json["mean"]?["l1_levels"]?.number == expected)
    // A folder of pairs holds the same targets.
    let other = try translate(
      [folder.file("halves"), "-o", folder.file("again"), "--compare", folder.file("pairs"), "--json"], with: model)
    #expect(try JSONValue(parsing: other.output)["mean"]?["l1_levels"]?.number == expected)
  }

  @Test func withASizeTargetsAreScaledToo() throws {
    try folder.picture("in/a.png", 80, 40)
    let result = try translate([folder.file("in"), "-o", folder.file("out"), "--aligned", "--size", "64x64"])
    #expect(result.status == 0 && result.output.hasPrefix("L1 "))
    #expect(try picture("out/a.png").width == 64)
  }

  @Test func pairsThatAreNotTakenApartAreNoted() throws {
    try folder.picture("in/a.png", 80, 40)
    let result = try translate([folder.file("in"), "-o", folder.file("out")])
    #expect(result.status == 0 && result.messages.contains("add --aligned"))
    #expect(try picture("out/a.png").width == 80)
  }

  @Test func targetsThatDoNotFit() throws {
    for name in ["a", "b"] { try folder.picture("in/\(name).png", 20, 20) }
    try folder.picture("target/a.png", 20, 20)
    let missing = try translate([folder.file("in"), "-o", folder.file("out"), "--compare", folder.file("target")])
    #expect(missing.status == 3 && missing.messages.contains("\(folder.file("in/b.png")): has no target called b"))
    try folder.picture("target/b.png", 30, 20)
    let wrong = try translate([folder.file("in"), "-o", folder.file("out"), "--compare", folder.file("target")])
    #expect(wrong.status == 3 && wrong.messages.contains("\(folder.file("target/b.png")): is 30x20"))
    let none = try translate([folder.file("in"), "-o", folder.file("out"), "--compare", folder.file("nowhere")])
    #expect(none.status == 3 && folder.names(in: "out").isEmpty)
  }

  /// A sheet among the results would be measured with them.
  @Test func aSheetLiesBesideTheResults() throws {
    try folder.picture("in/grid.png", 20, 20)
    let inputs = [folder.file("in/grid.png"), try folder.picture("b.png", 20, 20)]
    let b = try translate([inputs[0], "-o", folder.file("c.png"), "--grid"])
    #expect(b.status == 0 && folder.has("c-grid.png"))
    for _ in 0..<2 {
      #expect(try translate([folder.file("in"), "-o", folder.file("in/out"), "--grid"]).status == 0)
      #expect(folder.names(in: "in") == ["grid.png", "out-grid.png", "out/grid.png"])
    }
    let several = try translate(inputs + ["--grid"])
    #expect(several.status == 2 && several.messages.contains("name a folder with --output"))
    // It replaces no input.
    let clash = try translate([folder.file("in/out-grid.png"), "-o", folder.file("in/out"), "--grid"])
    #expect(clash.status == 2 && clash.messages.contains("would overwrite an input"), "\(clash.messages)")
  }
}
