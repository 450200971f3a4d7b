import Foundation
import GanImage
import GanStore
import GanTestSupport
import Testing

/// `ganctl translate` without `--output`: results beside the inputs, called after them.
@Suite struct TranslatePlaceTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let run = try RunFolder.create(in: folder.file("runs"), name: "mine", config: SampleModel.munit)
    let (tensors, metadata) = try SampleModel.content(SampleModel.munit)
    try run.saveCheckpoint(to: run.checkpointPath(step: 3), tensors: tensors, metadata: metadata)
  }

  /// As a user in the temporary folder.
  private func translate(_ arguments: String..., in place: String = "") throws -> ProgramResult {
    try runProgram(
      "/usr/bin/env", ["-C", folder.file(place), try builtProgram(), "translate"] + arguments)
  }

  @Test func asItIsTyped() throws {
    try folder.picture("input.png", 20, 16)
    let result = try translate("input.png")
    #expect(result.status == 0 && result.output == "input_translated.png\n", "\(result.messages)")
    #expect(result.messages.contains("runs/mine/checkpoints/step-000003.safetensors"))
    #expect(result.messages.contains("1 picture in ") && result.messages.contains("-> input_translated.png"))
    let header = try PictureFile.header(of: folder.file("input_translated.png"))
    #expect(header.width == 20 && header.height == 16)
    // Once more: results of an earlier call are replaced.
    #expect(try translate("input.png").status == 0)
  }

  @Test func severalResultsAreNumbered() throws {
    try folder.picture("x/a.jpg.png", 16, 16)
    let result = try translate("x/a.jpg.png", "--samples", "3", "--reconstruct", "--grid")
    #expect(result.output == (1...3).map { "x/a.jpg_translated_\($0).png\n" }.joined(), "\(result.messages)")
    #expect(folder.names(in: "x").count == 8)
    #expect(folder.has("x/a.jpg_translated_2_reconstructed.png"))
    #expect(folder.has("x/a.jpg_translated-grid.png"))
  }

  @Test func domainsAreNamed() throws {
    let model = try SampleModel.write(SampleModel.stargan, to: folder.file("s.safetensors"))
    try folder.picture("a.png", 32, 32)
    try folder.picture("in/b.png", 32, 32)
    let result = try translate("a.png", "in", "--checkpoint", model, "--domain", "all")
    let names = ["cat", "dog", "fox"]
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.output == "a_translated_cat.png\nin_translated/\na_translated_dog.png\na_translated_fox.png\n")
    #expect(folder.names(in: "in_translated") == names.map { "\($0)/b.png" })
    #expect(Set(names.map { folder.bytes("a_translated_\($0).png") }).count == 3)
  }

  @Test func foldersGetAFolder() throws {
    try folder.picture("in/a.png", 16, 16)
    try folder.picture("in/b/c.png", 16, 16)
    let names = ["a.png", "b/c.png"]
    for spelling in ["in", "in/", "./in//"] {
      let result = try translate(spelling)
      #expect(result.status == 0 && result.output.hasSuffix("in_translated/\n"), "\(result.output)")
      #expect(folder.names(in: "in_translated") == names && folder.names(in: "in") == names)
    }
    for (place, spelling) in [("in", "."), ("in/b", "..")] {
      let result = try translate(spelling, "--run", folder.file("runs/mine"), in: place)
      #expect(result.output == "\(folder.file("in_translated"))/\n", "\(result.messages)")
      #expect(folder.names(in: "in") == names)
    }
    // Both, each beside itself.
    try folder.picture("other/d.png", 16, 16)
    let both = try translate("other/d.png", "in")
    #expect(both.output == "other/d_translated.png\nin_translated/\n")
    #expect(both.messages.contains("3 pictures in ") && both.messages.contains("-> next to the inputs"))
  }

  @Test func inputsAreNeverOverwritten() throws {
    try folder.picture("x.png", 16, 16)
    try folder.picture("x_translated.png", 16, 16, seed: 2)
    let before = folder.bytes("x_translated.png")
    let result = try translate("x.png", "x_translated.png")
    #expect(result.status == 2 && result.messages.contains("x_translated.png: the output would overwrite an input"))
    #expect(result.messages.contains("--output") && folder.bytes("x_translated.png") == before)
    try folder.picture("x.jpg", 16, 16)
    let twice = try translate("x.png", "x.jpg")
    #expect(twice.status == 2 && twice.messages.contains("x.png and x.jpg would both be written"))
  }

  @Test func placesThatCannotBeWritten() throws {
    // A name that leaves no room for more.
    let long = String(repeating: "n", count: 246) + ".png"
    try folder.picture(long, 16, 16)
    let result = try translate(long)
    #expect(result.status == 5 && result.messages.contains("name another place for the results with --output"))
    #expect(result.output.isEmpty && !result.messages.contains("MUNIT in"))
    try folder.picture("in/a.png", 16, 16)
    try Data().write(to: URL(fileURLWithPath: folder.file("in_translated")))
    let file = try translate("in")
    #expect(file.status == 5 && file.messages.contains("--output"), "\(file.messages)")
    let root = try translate("/")
    #expect(root.status == 2 && root.messages.contains("name another one with --output"), "\(root.messages)")
  }

  @Test func runsAreNoPictures() throws {
    try folder.picture("runs/mine/samples/step-000003.png", 16, 16)
    for name in ["runs/mine", "runs/mine/", "runs/mine/samples", "runs/latest"] {
      let result = try translate(name)
      #expect(result.status == 2 && result.messages.contains("training run"), "\(result.messages)")
    }
  }
}
