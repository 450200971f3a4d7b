import Foundation
import GanBase
import GanImage
import GanTestSupport
import Testing

/// Pictures that need more memory than they may take.
@Suite struct TranslateLargeTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Results in files have the bits of those in memory, whatever the model's layers do.
  @Test(arguments: [SampleModel.cyclegan, SampleModel.pix2pix, SampleModel.munit, SampleModel.stargan])
  func scratchFilesChangeNothing(model: String) throws {
    let wide = model.replacing(": 2,", with: ": 8,")
    let checkpoint = try SampleModel.write(wide, to: folder.file("m.safetensors"))
    let input = try folder.picture("in.png", 2050, 1000)
    let domain = model == SampleModel.stargan ? ["--domain", "cat"] : []
    func translate(_ output: String, _ further: [String]) throws -> ProgramResult {
      try runGanctl(
        ["translate", input, "--checkpoint", checkpoint, "-o", folder.file(output), "--threads", "2"] + domain + further
      )
    }
    let plain = try translate("plain.png", [])
    #expect(plain.status == 0 && !plain.messages.contains("scratch"), "\(plain.messages)")
    let small = try translate("small.png", ["--memory", "230M"])
    #expect(small.status == 0, "\(small.messages)")
    #expect(
      small.messages.contains("2050x1000 pixels: with up to ") && small.messages.contains("of scratch files in"),
      "\(small.messages)")
    #expect(folder.bytes("plain.png") == folder.bytes("small.png"))
  }

  @Test func boundsThatCannotBeMet() throws {
    let checkpoint = try SampleModel.write(SampleModel.cyclegan, to: folder.file("m.safetensors"))
    let input = try folder.picture("in.png", 2050, 1000)
    func translate(_ further: String...) throws -> ProgramResult {
      try runGanctl(["translate", input, "--checkpoint", checkpoint, "-o", folder.file("out.png")] + further)
    }
    let tiny = try translate("--memory", "20M")
    #expect(tiny.status == 5 && tiny.messages.contains("even with scratch files"), "\(tiny.messages)")
    let nowhere = try translate("--memory", "230M", "--scratch", folder.file("none"))
    #expect(nowhere.status == 2 && nowhere.messages.contains("no such folder"), "\(nowhere.messages)")
    for text in ["x", "2", "-1G", "0M", "1e400G"] {
      let wrong = try translate("--memory", text)
      #expect(wrong.status == 2 && wrong.messages.contains("a size such as 800M or 2G"), "\(wrong.messages)")
    }
    #expect(!folder.names(in: "").contains("out.png"))
  }
}
