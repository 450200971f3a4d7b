import Foundation
import GanImage
import GanStore
import GanTestSupport
import Testing

@testable import GanTranslate

/// `ganctl translate` as a user runs it.
@Suite struct TranslateTests {
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

  // MARK: Sizes and names

  @Test func foldersKeepNamesAndSizes() throws {
    for (name, width, height) in [("a.png", 64, 64), ("b/c.png", 101, 67), ("b/d.jpg", 65, 128), ("e/one.png", 1, 1)] {
      try folder.picture("in/" + name, width, height)
    }
    try Data("no picture".utf8).write(to: URL(fileURLWithPath: folder.file("in/notes.txt")))
    let result = try translate([folder.file("in"), "-o", folder.file("out"), "--grid"])
    #expect(result.status == 0 && result.output.isEmpty)
    #expect(folder.names(in: "out") == ["a.png", "b/c.png", "b/d.png", "e/one.png"])
    #expect(folder.has("out-grid.png"))
    let sizes = try ["a", "b/c", "b/d", "e/one"].map { try header("out/\($0).png") }.map { [$0.width, $0.height] }
    #expect(sizes == [[64, 64], [101, 67], [65, 128], [1, 1]])
    #expect(result.messages.contains("4 pictures in "))
  }

  @Test func onePictureGoesToAFile() throws {
    let input = try folder.picture("a.png", 30, 20)
    #expect(try translate([input, "-o", folder.file("new/b.png")]).status == 0)
    let made = try header("new/b.png")
    #expect((made.width, made.height, made.channels, made.format) == (30, 20, 3, "PNG"))
    #expect(try translate([input, "-o", folder.file("folder")]).status == 0)
    #expect(folder.bytes("folder/a.png") == folder.bytes("new/b.png"))
  }

  @Test func resultsBelongToSeedAndNameAlone() throws {
    for name in ["a", "b", "c"] { try folder.picture("in/\(name).png", 70, 70) }
    let input = folder.file("in")
    #expect(try translate([input, "-o", folder.file("all"), "--threads", "2"]).status == 0)
    #expect(try translate([input + "/b.png", "-o", folder.file("alone"), "--threads", "1"]).status == 0)
    #expect(try translate([input, "-o", folder.file("other"), "--seed", "7"]).status == 0)
    #expect(folder.bytes("all/b.png") == folder.bytes("alone/b.png"))
    // The same picture under two names, and under two seeds, meets other dropout.
    #expect(folder.bytes("all/a.png") != folder.bytes("all/b.png"))
    #expect(folder.bytes("all/a.png") != folder.bytes("other/a.png"))
    #expect(try translate([input, "-o", folder.file("off"), "--seed", "7", "--dropout", "off"]).status == 0)
    #expect(folder.bytes("off/a.png") == folder.bytes("off/b.png"))
    #expect(try translate([input, "-o", folder.file("eval"), "--eval"]).status == 0)
    #expect(folder.bytes("eval/a.png") == folder.bytes("eval/b.png"))
    #expect(folder.bytes("eval/a.png") != folder.bytes("off/a.png"))
  }

  @Test func threadsShareTheFolder() throws {
    let sizes = [(64, 64), (40, 70), (8, 8), (96, 33), (64, 64), (20, 90), (70, 70), (65, 65)]
    for (index, (width, height)) in sizes.enumerated() {
      try folder.picture("in/\(index).png", width, height, seed: UInt64(index))
    }
    for index in [2, 5] { try damage("in/\(index).png") }
    let results = try ["1", "2", "3"].map { threads in
      try translate([folder.file("in"), "-o", folder.file("out" + threads), "--threads", threads, "--grid", "--json"])
    }
    let names = ["0.png", "1.png", "3.png", "4.png", "6.png", "7.png"]
    for (result, output) in zip(results, ["out1", "out2", "out3"]) {
      #expect(result.status == 3 && folder.names(in: output) == names)
      for name in names { #expect(folder.bytes("\(output)/\(name)") == folder.bytes("out1/\(name)"), "\(name)") }
      #expect(folder.bytes("\(output)-grid.png") == folder.bytes("out1-grid.png"))
      #expect(result.output.replacingOccurrences(of: "/\(output)/", with: "/out1/") == results[0].output)
      let damaged = result.messages.split(separator: "\n").filter { $0.contains("cannot decode") }
      #expect(damaged.count == 2 && damaged[0].contains("in/2.png") && damaged[1].contains("in/5.png"))
    }
  }

  /// Spoils the pixels of a picture, not its header.
  private func damage(_ name: String) throws {
    var bytes = folder.bytes(name)
    bytes[bytes.count / 2] ^= 0xFF
    try bytes.write(to: URL(fileURLWithPath: folder.file(name)))
  }

  @Test func channelsAreTheModels() throws {
    let configuration = SampleModel.pix2pix.replacingOccurrences(
      of: "}", with: ", input_channels: 1, output_channels: 3}")
    let model = try SampleModel.write(configuration, to: folder.file("grey.safetensors"))
    let colour = try PictureFile.read(folder.picture("colour.png", 64, 64))
    _ = try folder.picture("in/a.png", colour)
    _ = try folder.picture("grey/a.png", colour.gray())
    for name in ["in", "grey"] {
      #expect(try translate([folder.file(name), "-o", folder.file("out-\(name)")], with: model).status == 0)
    }
    #expect(folder.bytes("out-in/a.png") == folder.bytes("out-grey/a.png"))
    #expect(try header("out-in/a.png").channels == 3)
  }

  @Test func bothDirectionsOfCycleGAN() throws {
    let model = try SampleModel.write(SampleModel.cyclegan, to: folder.file("cyclegan.safetensors"))
    let input = try folder.picture("a.png", 33, 9)
    for direction in ["AtoB", "BtoA"] {
      let output = folder.file("\(direction).png")
      #expect(try translate([input, "-o", output, "--direction", direction], with: model).status == 0)
      #expect(try header("\(direction).png").width == 33)
    }
    #expect(folder.bytes("AtoB.png") != folder.bytes("BtoA.png"))
  }

  @Test func aRunMeansItsNewestCheckpoint() throws {
    let run = try RunFolder.create(in: folder.path, name: "run", config: SampleModel.pix2pix)
    for step in [0, 5] {
      let (tensors, metadata) = try SampleModel.content(SampleModel.pix2pix, seed: UInt64(step))
      try CheckpointFile.write(to: run.checkpointPath(step: step), tensors: tensors, metadata: metadata)
      try run.mark(run.checkpointPath(step: step), as: .latest)
    }
    let input = try folder.picture("a.png", 64, 64)
    let result = try runGanctl(["translate", "--run", run.path.string, input, "-o", folder.file("b.png"), "--eval"])
    #expect(result.status == 0 && result.messages.contains("checkpoints/step-000005.safetensors"))
    #expect(try translate([input, "-o", folder.file("c.png"), "--eval"]).status == 0)
    #expect(folder.bytes("b.png") == folder.bytes("c.png"))
  }

  // MARK: Refusals

  @Test func inputsAreNeverOverwritten() throws {
    let input = try folder.picture("in/a.png", 20, 20)
    let before = folder.bytes("in/a.png")
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: folder.file("in"))
    for arguments in [
      [input, "-o", input], [input, "-o", folder.file("in")], [input, "-o", folder.file("link/a.png")],
      [folder.file("in"), "-o", folder.file("link")],
    ] {
      let result = try translate(arguments)
      #expect(result.status == 2 && result.messages.contains("error: "), "\(arguments)")
      #expect(result.messages.contains("help: "))
    }
    #expect(folder.bytes("in/a.png") == before)
  }

  @Test func resultsInsideTheInputFolderAreNoInputs() throws {
    try folder.picture("in/a.png", 20, 20)
    for _ in 0..<2 { #expect(try translate([folder.file("in"), "-o", folder.file("in/out")]).status == 0) }
    #expect(folder.names(in: "in") == ["a.png", "out/a.png"])
  }

  @Test func twoInputsOfOneNameAreRefused() throws {
    let inputs = [try folder.picture("x/a.png", 8, 8), try folder.picture("y/a.png", 8, 8)]
    let result = try translate(inputs + ["-o", folder.file("out")])
    #expect(result.status == 2 && result.messages.contains("\(inputs[0]) and \(inputs[1]) would both be written"))
    #expect(folder.names(in: "out").isEmpty)
  }

  @Test(arguments: [
    (["-o", "$/out.png"], "several pictures cannot go to one file"),
    (["-o", "$/model.safetensors"], "is a file, not a folder"), (["-o", ""], "the output has no name"),
    (["-o", "$/out", "--size", "0x5"], "expected WIDTHxHEIGHT"),
    (["-o", "$/out", "--size", "99999x9"], "option --size: the picture is"),
    (["-o", "$/out", "--size", "5x"], "expected WIDTHxHEIGHT"), (["-o", "$/out", "--restore-size"], "add --size"),
    (["-o", "$/out", "--dropout", "maybe"], "expected one of on, off"),
    (["-o", "$/out", "--direction", "AtoC"], "did you mean AtoB?"),
    (["-o", "$/out", "--direction", "BtoA"], "pix2pix cannot translate BtoA"),
    (["-o", "$/out", "--run", "x"], "--checkpoint and --run are both given"),
  ])
  func wrongCommandLines(arguments: [String], message: String) throws {
    try folder.picture("in/a.png", 8, 8)
    let result = try translate(
      [folder.file("in")] + arguments.map { $0.replacingOccurrences(of: "$", with: folder.path) })
    #expect(result.status == 2, "\(result.messages)")
    #expect(result.messages.contains(message), "\(result.messages)")
    #expect(folder.names(in: "out").isEmpty)
  }

  @Test func badHeadersDoNotStopTheOthers() throws {
    try folder.picture("in/a.png", 8, 8)
    try Data("text".utf8).write(to: URL(fileURLWithPath: folder.file("in/b.png")))
    try Data().write(to: URL(fileURLWithPath: folder.file("in/c.jpg")))
    // A name that is mistyped ends the call before anything is written, and so does a call without any picture.
    for inputs in [["in", "nowhere.png"], ["in/b.png"], ["in/b.png", "in/c.jpg"]] {
      let result = try translate(inputs.map(folder.file) + ["-o", folder.file("out")])
      #expect(result.status == 3)
      for name in ["in/b.png", "in/c.jpg", "nowhere.png"] where inputs.contains(name) || inputs.contains("in") {
        #expect(result.messages.contains(folder.file(name)), "\(result.messages)")
      }
      #expect(folder.names(in: "out").isEmpty)
    }
    let result = try translate([folder.file("in"), "-o", folder.file("out"), "--json"])
    #expect(result.status == 3 && folder.names(in: "out") == ["a.png"])
    for name in ["in/b.png", "in/c.jpg"] { #expect(result.messages.contains("error: \(folder.file(name)): ")) }
    #expect(result.messages.contains("1 picture in ") && result.messages.contains("2 could not be translated"))
    let json = try JSONValue(parsing: result.output)
    #expect(json["translated"]?.integer == 1 && json["failed"]?.integer == 2)
  }

  @Test func aDamagedPictureIsPassedOver() throws {
    for name in ["a", "b", "c"] { try folder.picture("in/\(name).png", 40, 40) }
    let whole = folder.bytes("in/b.png")
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: folder.file("in/b.png")))
    let result = try translate([folder.file("in"), "-o", folder.file("out"), "--json"])
    #expect(result.status == 3 && result.messages.contains("\(folder.file("in/b.png")): cannot decode"))
    #expect(folder.names(in: "out") == ["a.png", "c.png"])
    let json = try JSONValue(parsing: result.output)
    #expect(json["translated"]?.integer == 2 && json["failed"]?.integer == 1)
  }

  @Test func emptyFoldersAreNamed() throws {
    let result = try translate([folder.makeFolder("empty"), "-o", folder.file("out")])
    #expect(result.status == 3 && result.messages.contains("\(folder.file("empty")): no pictures"))
  }

  // MARK: Checkpoints

  @Test func checkpointsThatCannotBeUsed() throws {
    let input = try folder.picture("a.png", 8, 8)
    let intact = folder.bytes("model.safetensors")
    // The generator comes first, behind the header and its length, and the discriminator last.
    let header = intact.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    for (name, place) in [("damaged", 8 + header + 10), ("damaged-elsewhere", intact.count - 100)] {
      var damaged = intact
      damaged[place] ^= 1
      try damaged.write(to: URL(fileURLWithPath: folder.file("\(name).safetensors")))
    }
    let (tensors, metadata) = try SampleModel.content(SampleModel.pix2pix)
    func write(_ name: String, _ tensors: [TensorSource], _ config: String?) throws {
      var metadata = metadata
      metadata["config"] = config
      try CheckpointFile.write(to: folder.file(name), tensors: tensors, metadata: metadata)
    }
    try write("partial.safetensors", Array(tensors.dropFirst(3)), SampleModel.pix2pix)
    try write("wider.safetensors", tensors, SampleModel.pix2pix.replacingOccurrences(of: "ngf: 2", with: "ngf: 3"))
    try write("stranger.safetensors", tensors, "model: {name: pix3pix}")
    try write("torn.safetensors", tensors, "model: [")
    try write("silent.safetensors", tensors, nil)
    for (name, message) in [
      ("damaged", "checksum does not match"), ("partial", "G: the tensor model.model.0.weight is missing"),
      ("wider", "expected shape"), ("stranger", "its configuration: model.name"), ("torn", "its configuration: "),
      ("silent", "its metadata lack 'config'"), ("missing", "there is no such checkpoint"),
    ] {
      let result = try translate([input, "-o", folder.file("out")], with: folder.file("\(name).safetensors"))
      #expect(result.status == 4 && result.messages.contains(message), "\(name): \(result.messages)")
      #expect(result.messages.contains(name))
      #expect(result.messages.components(separatedBy: "ganctl: error").count <= 11)
    }
    #expect(folder.names(in: "out").isEmpty)
    // What a translation does not use is not read.
    let elsewhere = folder.file("damaged-elsewhere.safetensors")
    #expect(try translate([input, "-o", folder.file("out")], with: elsewhere).status == 0)
  }

  @Test func otherSectionsOfTheConfigurationDoNotMatter() throws {
    let configuration = SampleModel.pix2pix + "\nname: x\nfuture: {option: 1}\ntrain: {whatever: 3}\ndata: {root: gone}"
    let model = try SampleModel.write(configuration, to: folder.file("future.safetensors"))
    let input = try folder.picture("a.png", 8, 8)
    #expect(try translate([input, "-o", folder.file("b.png")], with: model).status == 0)
    #expect(try translate([input, "-o", folder.file("c/a.png")]).status == 0)
    #expect(folder.bytes("b.png") == folder.bytes("c/a.png"))
  }
}
