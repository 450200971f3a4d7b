import Foundation
import GanImage
import GanStore
import GanTestSupport
import Testing

/// `ganctl translate` with models that make several translations of a picture.
@Suite struct TranslateSamplesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func model(_ name: String) throws -> String {
    let configurations = [
      "drit": SampleModel.drit, "munit": SampleModel.munit, "dritpp": SampleModel.dritpp,
      "cyclegan": SampleModel.cyclegan,
    ]
    return try SampleModel.write(try #require(configurations[name]), to: folder.file(name + ".safetensors"))
  }

  private func translate(_ name: String, _ arguments: [String]) throws -> ProgramResult {
    try runGanctl(["translate", "--checkpoint", try model(name)] + arguments)
  }

  @Test(arguments: ["drit", "munit"], ["AtoB", "BtoA"]) func randomTranslations(_ name: String, _ way: String) throws {
    try folder.picture("in/a.png", 41, 30)
    try folder.picture("in/b/c.png", 32, 20, seed: 2)
    let arguments = [folder.file("in"), "--direction", way]
    let result = try translate(
      name, arguments + ["-o", folder.file("out"), "--samples", "3", "--grid", "--json", "--seed", "4"])
    #expect(result.status == 0)
    let names = ["a_1.png", "a_2.png", "a_3.png", "b/c_1.png", "b/c_2.png", "b/c_3.png"]
    #expect(folder.names(in: "out") == names)
    #expect(Set(["a_1", "a_2", "a_3"].map { folder.bytes("out/\($0).png") }).count == 3)
    let header = try PictureFile.header(of: folder.file("out/a_3.png"))
    #expect(header.width == 41 && header.height == 30)
    let json = try JSONValue(parsing: result.output)
    #expect(json["translated"]?.integer == 6)
    let outputs = json["pictures"]?.array?.compactMap { $0["output"]?.string }
    #expect(outputs == names.map { folder.file("out/\($0)") })
    // Input and three translations side by side.
    let sheet = try PictureFile.header(of: folder.file("out-grid.png"))
    #expect(sheet.width > 4 * 41)
    // The first ones do not depend on how many there are, nor on other pictures.
    let alone = [folder.file("in/a.png"), "--direction", way, "--seed", "4"]
    #expect(try translate(name, alone + ["-o", folder.file("one.png"), "--samples", "1"]).status == 0)
    #expect(folder.bytes("one.png") == folder.bytes("out/a_1.png"))
    #expect(try translate(name, alone + ["-o", folder.file("two"), "--samples", "2"]).status == 0)
    #expect(folder.bytes("two/a_2.png") == folder.bytes("out/a_2.png"))
    #expect(try translate(name, arguments + ["-o", folder.file("five"), "--samples", "1", "--seed", "5"]).status == 0)
    #expect(folder.bytes("five/a_1.png") != folder.bytes("out/a_1.png"))
  }

  @Test(arguments: ["drit", "munit"]) func styleOfAnExample(_ name: String) throws {
    let input = try folder.picture("a.png", 40, 40)
    // Smaller than any network takes.
    let small = try folder.picture("small.png", 3, 5, seed: 3)
    let large = try folder.picture("large.jpg.png", 70, 50, seed: 9)
    for (style, output) in [(small, "x.png"), (small, "y.png"), (large, "z.png")] {
      let result = try translate(name, [input, "-o", folder.file(output), "--style", style])
      #expect(result.status == 0, "\(result.messages)")
    }
    #expect(folder.bytes("x.png") == folder.bytes("y.png"))
    #expect(folder.bytes("x.png") != folder.bytes("z.png"))
    // The likeliest attribute needs no chance.
    for seed in ["1", "2"] {
      let arguments = [input, "-o", folder.file("mean\(seed).png"), "--style", large, "--seed", seed]
      #expect(try translate(name, arguments + ["--dropout", "off"]).status == 0)
    }
    #expect(folder.bytes("mean1.png") == folder.bytes("mean2.png"))
  }

  /// Two inputs with the same pixels, so that equal results mean equal styles.
  private func makeTwins() throws {
    for name in ["a", "b"] { try folder.picture("in/\(name).png", 32, 32, seed: 6) }
  }

  @Test(arguments: ["drit", "munit"]) func stylesAreTheSameForAllPictures(_ name: String) throws {
    try makeTwins()
    let saved = folder.file("new/styles.safetensors")
    func run(_ out: String, _ arguments: String...) throws {
      let result = try translate(name, [folder.file("in"), "-o", folder.file(out)] + arguments)
      #expect(result.status == 0, "\(result.messages)")
    }
    try run("all", "--samples", "2", "--save-styles", saved)
    try run("each", "--samples-per-picture", "2")
    try run("plain")
    for number in [1, 2] {
      #expect(folder.bytes("all/a_\(number).png") == folder.bytes("all/b_\(number).png"))
      #expect(folder.bytes("each/a_\(number).png") != folder.bytes("each/b_\(number).png"))
    }
    #expect(folder.bytes("all/a_1.png") != folder.bytes("all/a_2.png"))
    #expect(folder.bytes("each/b_1.png") == folder.bytes("plain/b.png"))
    // Saved ones give the same pictures, whatever the seed.
    try run("again", "--style", saved, "--seed", "9")
    #expect(folder.names(in: "again") == folder.names(in: "all"))
    for file in folder.names(in: "all") { #expect(folder.bytes("again/" + file) == folder.bytes("all/" + file)) }
  }

  @Test func severalStyles() throws {
    let input = try folder.picture("a.png", 32, 32)
    let first = try folder.picture("one/s.png", 20, 20, seed: 2)
    let second = try folder.picture("two/s.png", 20, 20, seed: 3)
    let saved = folder.file("s.safetensors")
    let both = ["--style", first, "--style", second, "--save-styles", saved]
    #expect(try translate("drit", [input, "-o", folder.file("out")] + both).status == 0)
    #expect(folder.names(in: "out") == ["a_s.png", "a_s_2.png"])
    for (style, output, file) in [(first, "1.png", "a_s.png"), (second, "2.png", "a_s_2.png")] {
      #expect(try translate("drit", [input, "-o", folder.file(output), "--style", style]).status == 0)
      #expect(folder.bytes(output) == folder.bytes("out/" + file))
    }
    #expect(try translate("drit", [input, "-o", folder.file("again"), "--style", saved]).status == 0)
    #expect(folder.bytes("again/a_s_2.png") == folder.bytes("out/a_s_2.png"))
    // Beside the input they have the names of the styles too.
    #expect(try translate("drit", [input, "--style", saved]).output.contains("a_translated_s_2.png"))
    // Styles of another side, another model, or of another form.
    let wrongShape = TensorSource(name: "x", shape: [2], floats: [1, 2])
    try SafetensorsWriter.write(to: folder.file("no.safetensors"), tensors: [wrongShape])
    for (model, style, words) in [
      ("munit", saved, "belong to drit, not to munit"), ("drit", folder.file("no.safetensors"), "found shape [2]"),
      ("drit", try self.model("drit"), "a checkpoint, not a file of styles"),
    ] {
      let wrong = try translate(model, [input, "-o", folder.file("no"), "--style", style])
      #expect(wrong.status == 4 && wrong.messages.contains(words), "\(wrong.messages)")
    }
    let side = try translate("drit", [input, "-o", folder.file("no"), "--style", saved, "--direction", "BtoA"])
    #expect(side.status == 4 && side.messages.contains("belong to AtoB, not to BtoA"))
    let over = try translate("drit", [input, "-o", folder.file("no"), "--style", saved, "--save-styles", saved])
    #expect(over.status == 2 && folder.names(in: "no").isEmpty)
  }

  @Test(arguments: ["cyclegan", "drit"]) func reconstructions(_ name: String) throws {
    try folder.picture("in/a.png", 41, 30)
    let arguments = [folder.file("in"), "--direction", "BtoA", "--reconstruct"]
    #expect(try translate(name, arguments + ["-o", folder.file("out"), "--grid"]).status == 0)
    #expect(folder.names(in: "out") == ["a.png"] && folder.names(in: "out-reconstructed") == ["a.png"])
    let header = try PictureFile.header(of: folder.file("out-reconstructed/a.png"))
    #expect(header.width == 41 && header.height == 30)
    // The translation is the same as without; what comes back is another picture.
    #expect(try translate(name, [folder.file("in"), "--direction", "BtoA", "-o", folder.file("one")]).status == 0)
    #expect(folder.bytes("one/a.png") == folder.bytes("out/a.png"))
    #expect(folder.bytes("out-reconstructed/a.png") != folder.bytes("out/a.png"))
    let single = arguments.dropFirst() + [folder.file("in/a.png"), "-o", folder.file("b.png")]
    #expect(try translate(name, Array(single)).status == 0)
    #expect(folder.bytes("b_reconstructed.png") == folder.bytes("out-reconstructed/a.png"))
  }

  @Test func domainsHaveTheirSamplesAndStyles() throws {
    let input = try folder.picture("in/a.png", 41, 30), style = try folder.picture("style.png", 50, 50, seed: 3)
    let all = ["-o", folder.file("all"), "--domain", "all", "--samples", "2", "--grid"]
    #expect(try translate("dritpp", [folder.file("in")] + all).status == 0)
    let names = ["cat", "dog", "fox"].flatMap { ["\($0)/a_1.png", "\($0)/a_2.png"] }
    #expect(folder.names(in: "all") == names)
    #expect(folder.names(in: "all-grid") == ["cat.png", "dog.png", "fox.png"])
    #expect(Set(names.map { folder.bytes("all/" + $0) }).count == names.count)
    let dog = [input, "-o", folder.file("dog.png"), "--domain", "dog", "--samples", "1"]
    #expect(try translate("dritpp", dog).status == 0)
    #expect(folder.bytes("dog.png") == folder.bytes("all/dog/a_1.png"))
    let styled = [input, "-o", folder.file("styled"), "--domain", "all", "--style", style]
    #expect(try translate("dritpp", styled).status == 0)
    #expect(folder.names(in: "styled") == ["cat/a.png", "dog/a.png", "fox/a.png"])
    #expect(folder.bytes("styled/dog/a.png") != folder.bytes("dog.png"))
    let wrong = try translate("dritpp", [input, "-o", folder.file("no"), "--domain", "cow", "--samples", "2"])
    #expect(wrong.status == 2 && wrong.messages.contains("there are: cat, dog, fox"))
    #expect(try translate("dritpp", [input, "-o", folder.file("no"), "--samples", "2"]).status == 2)
  }

  @Test func whatCannotBe() throws {
    let input = try folder.picture("a.png", 40, 40)
    try Data("no picture".utf8).write(to: URL(fileURLWithPath: folder.file("bad.png")))
    let out = ["-o", folder.file("out")]
    func check(_ name: String, _ arguments: [String], _ status: Int32, _ words: String) throws {
      let result = try translate(name, [input] + arguments)
      #expect(result.status == status && result.messages.contains(words), "\(result.messages)")
      #expect(!folder.has("out/a.png") && !folder.has("out/a_1.png"))
    }
    try check("cyclegan", out + ["--samples", "2"], 2, "option --samples: cyclegan makes one translation")
    try check("cyclegan", out + ["--style", input], 2, "these do: munit, drit, dritpp")
    try check("drit", out + ["--samples", "0"], 2, "--samples")
    try check("drit", out + ["--samples", "many"], 2, "--samples")
    try check("drit", out + ["--samples", "2", "--style", input], 2, "--samples and --style cannot be used together")
    try check(
      "drit", out + ["--samples", "2", "--samples-per-picture", "2"], 2, "--samples-per-picture cannot be used")
    try check("drit", out + ["--samples-per-picture", "2", "--eval"], 2, "--samples-per-picture and --eval")
    try check("drit", out + ["--save-styles", folder.file("s.safetensors")], 2, "add --samples K or --style FILE")
    try check("drit", out + ["--samples", "2", "--save-styles", folder.file("s.png")], 2, ".png is not written")
    try check("drit", out + ["--samples", "2", "--dropout", "off"], 2, "all would be the same")
    try check("drit", out + ["--samples", "2", "--eval"], 2, "--samples and --eval")
    try check("drit", out + ["--samples", "2", "--compare", folder.path], 2, "have no target")
    try check("drit", out + ["--samples", "2", "--aligned"], 2, "have no target")
    try check("drit", ["-o", folder.file("b.png"), "--samples", "2"], 2, "cannot go to one file")
    try check("drit", out + ["--style", folder.file("none.png")], 3, "none.png")
    try check("drit", out + ["--style", folder.file("bad.png")], 3, "bad.png")
    try check("drit", out + ["--domain", "x"], 2, "drit has directions")
  }
}
