import Foundation
import GanImage
import GanStore
import GanTestSupport
import Testing

@testable import GanTranslate

/// `ganctl translate` with models of several domains.
@Suite struct DomainTranslateTests {
  private let folder: TemporaryFolder
  private let classes: String, attributes: String

  private static func model(_ domains: String) -> String {
    "model: {name: stargan, \(domains), image_size: 32, d_repeat_num: 3, g_conv_dim: 2, d_conv_dim: 2, g_repeat_num: 1}"
  }

  init() throws {
    folder = try TemporaryFolder()
    classes = try SampleModel.write(Self.model("domains: [cat, dog, red fox]"), to: folder.file("c.safetensors"))
    attributes = try SampleModel.write(
      Self.model("labels: attributes, domains: [Black_Hair, Blond_Hair, Male]"), to: folder.file("a.safetensors"))
  }

  private func translate(_ checkpoint: String, _ arguments: [String]) throws -> ProgramResult {
    try runGanctl(["translate", "--checkpoint", checkpoint] + arguments)
  }

  @Test func domainsAreChosenByName() throws {
    let input = try folder.picture("in/a.png", 45, 33)
    let out = folder.file("out")
    for name in ["cat", "dog", "red fox"] {
      let result = try translate(classes, [input, "-o", "\(out)-\(name).png", "--domain", name])
      #expect(result.status == 0 && result.messages.contains("StarGAN (Choi et al. 2018), \(name): "))
    }
    let result = try translate(classes, [folder.file("in"), "-o", out, "--domain", "all", "--grid", "--json"])
    #expect(result.status == 0 && result.output.contains("\"translated\":3"))
    #expect(result.messages.contains("3 pictures in "))
    let names = ["cat", "dog", "red fox"].map { "\($0)/a.png" }
    #expect(folder.names(in: "out") == names && folder.names(in: "out-grid").count == 3)
    for name in ["cat", "dog", "red fox"] {
      #expect(folder.bytes("out/\(name)/a.png") == folder.bytes("out-\(name).png"))
      let header = try PictureFile.header(of: folder.file("out/\(name)/a.png"))
      #expect(header.width == 45 && header.height == 33)
    }
    #expect(Set(["cat", "dog"].map { folder.bytes("out/\($0)/a.png") }).count == 2)
    // Results of an earlier call inside of the inputs are no inputs.
    #expect(try translate(classes, [folder.file("in"), "-o", folder.file("in/out"), "--domain", "all"]).status == 0)
    #expect(try translate(classes, [folder.file("in"), "-o", folder.file("in/out"), "--domain", "all"]).status == 0)
    #expect(folder.names(in: "in/out").count == 3)
  }

  @Test func wrongTargetsAreUsageErrors() throws {
    let input = try folder.picture("a.png", 32, 32), out = folder.file("out.png")
    let cyclegan = try SampleModel.write(SampleModel.cyclegan, to: folder.file("cyclegan.safetensors"))
    let cases: [(String, [String], String)] = [
      (classes, [], "give --domain NAME, or --domain all; there are: cat, dog, red fox"),
      (classes, ["--domain", "cst"], "did you mean cat? there are: cat, dog, red fox"),
      (classes, ["--direction", "AtoB"], "use --domain; there are: cat, dog, red fox"),
      (classes, ["--set-attribute", "cat=1"], "the model has domains, not attributes"),
      (classes, ["--domain", "all"], "several results of a picture cannot go to one file"),
      (cyclegan, ["--domain", "cat"], "use --direction; there are: AtoB, BtoA"),
      (cyclegan, ["--set-attribute", "cat=1"], "cyclegan has directions, not domains"),
      (attributes, [], "give --set-attribute NAME=1 or NAME=0"),
      (attributes, ["--set-attribute", "Male"], "expected NAME=1 or NAME=0, found \"Male\""),
      (attributes, ["--set-attribute", "Blond_hair=1"], "did you mean Blond_Hair?"),
      (attributes, ["--set-attribute", "Black_Hair=1"], "add --set-attribute Male=0, or =1"),
      (attributes, ["--set-attribute", "Male=1"], "attributes not set: Black_Hair, Blond_Hair"),
      (attributes, ["--domain", "Male"], "give --attributes FILE"),
    ]
    for (checkpoint, arguments, message) in cases {
      let result = try translate(checkpoint, [input, "-o", out] + arguments)
      #expect(result.status == 2 && result.messages.contains(message), "\(arguments): \(result.messages)")
    }
    #expect(!folder.has("out.png"))
    let targets = try translate(
      classes, [input, "-o", folder.file("out"), "--domain", "all", "--compare", folder.path])
    #expect(targets.status == 2 && targets.messages.contains("cannot be compared with one set"))
  }

  @Test func attributesAreSetOrChanged() throws {
    for name in ["a", "b"] { try folder.picture("in/\(name).png", 32, 36) }
    let list = folder.file("list.txt")
    try "2\nMale Hat Blond_Hair Black_Hair\na.png 1 1 -1 1\nb.png -1 1 1 -1\n".write(
      toFile: list, atomically: true, encoding: .utf8)
    func run(_ out: String, _ arguments: String...) throws {
      let result = try translate(attributes, [folder.file("in"), "-o", folder.file(out)] + arguments)
      #expect(result.status == 0, "\(result.messages)")
    }
    try run("blond man", "--set-attribute", "Blond_Hair=1", "--set-attribute", "Male=1")
    try run("black man", "--set-attribute", "Male=1", "--set-attribute", "Black_Hair=1")
    try run("blond", "--attributes", list, "--domain", "Blond_Hair")
    try run("set", "--attributes", list, "--set-attribute", "Blond_Hair=1")
    try run("all", "--attributes", list, "--domain", "all")
    // a is a man with black hair, b a woman with blond hair.
    #expect(folder.bytes("blond/a.png") == folder.bytes("blond man/a.png"))
    #expect(folder.bytes("set/a.png") == folder.bytes("blond man/a.png"))
    #expect(folder.bytes("all/Black_Hair/a.png") == folder.bytes("black man/a.png"))
    #expect(folder.bytes("all/Male/b.png") == folder.bytes("blond man/b.png"))
    #expect(folder.bytes("black man/a.png") != folder.bytes("blond man/a.png"))
    try folder.picture("in/c.png", 32, 32)
    let missing = try translate(
      attributes, [folder.file("in"), "-o", folder.file("out"), "--attributes", list, "--domain", "Male"])
    #expect(missing.status == 3 && missing.messages.contains("c.png: is not in the list of attributes"))
  }

  /// Attributes of the first data set, and classes of the second.
  @Test func twoDataSetsShareAModel() throws {
    let joint = try SampleModel.write(
      Self.model("labels: attributes, domains: [Blond_Hair, Male], second_domains: [happy, sad]"),
      to: folder.file("j.safetensors"))
    try folder.picture("in/a.png", 32, 36)
    let list = folder.file("list.txt"), out = folder.file("out")
    try "1\nMale Blond_Hair\na.png 1 -1\n".write(toFile: list, atomically: true, encoding: .utf8)
    let all = try translate(
      joint, [folder.file("in"), "-o", out, "--attributes", list, "--domain", "all", "--reconstruct"])
    #expect(all.status == 0, "\(all.messages)")
    #expect(folder.names(in: "out") == ["Blond_Hair", "Male", "happy", "sad"].map { "\($0)/a.png" })
    #expect(folder.names(in: "out-reconstructed").count == 4)
    #expect(try translate(joint, [folder.file("in"), "-o", folder.file("one"), "--domain", "sad"]).status == 0)
    #expect(folder.bytes("one/a.png") == folder.bytes("out/sad/a.png"))
    #expect(folder.bytes("one/a.png") != folder.bytes("out/Male/a.png"))
    let wrong = try translate(joint, [folder.file("in"), "-o", out, "--set-attribute", "sad=1"])
    #expect(wrong.status == 2 && wrong.messages.contains("sad is a class, not an attribute"), "\(wrong.messages)")
    let back = try translate(joint, [folder.file("in"), "-o", out, "--domain", "sad", "--reconstruct"])
    #expect(back.status == 2 && back.messages.contains("--from NAME; there are: happy, sad"), "\(back.messages)")
    #expect(try runGanctl(["export", joint, "-o", folder.file("j.onnx")]).status == 0)
  }

  /// What comes back is the translation of the result to where the picture is from.
  @Test func resultsAreTranslatedBack() throws {
    let input = try folder.picture("pets/dog/a.png", 45, 33), out = folder.file("out"), back = out + "-reconstructed"
    let found = try translate(classes, [folder.file("pets"), "-o", out, "--domain", "all", "--reconstruct", "--grid"])
    #expect(found.status == 0, "\(found.messages)")
    #expect(folder.names(in: "out-reconstructed") == ["cat", "dog", "red fox"].map { "\($0)/dog/a.png" })
    let named = ["--domain", "cat", "--reconstruct", "--from", "red fox", "-o", folder.file("one.png")]
    #expect(try translate(classes, [input] + named).status == 0)
    #expect(folder.bytes("one.png") == folder.bytes("out/cat/dog/a.png"))
    #expect(folder.bytes("one_reconstructed.png") != folder.bytes("out-reconstructed/cat/dog/a.png"))
    #expect(try PictureFile.header(of: back + "/cat/dog/a.png").width == 45)
    for (arguments, words) in [
      (["--domain", "cat", "--from", "dog"], "option --from: without --reconstruct"),
      (["--domain", "cat", "--from", "wolf", "--reconstruct"], "no domain wolf"),
    ] {
      let result = try translate(classes, [input, "-o", out] + arguments)
      #expect(result.status == 2 && result.messages.contains(words), "\(result.messages)")
    }
    let stray = try folder.picture("stray/a.png", 40, 40)
    let unknown = try translate(classes, [stray, "-o", out, "--domain", "cat", "--reconstruct"])
    #expect(unknown.status == 2 && unknown.messages.contains("--from NAME; there are: cat, dog, red fox"))
  }

  @Test func attributesAreTakenBack() throws {
    let input = try folder.picture("in/a.png", 32, 36), list = folder.file("list.txt")
    try "1\nMale Blond_Hair Black_Hair\na.png 1 -1 1\n".write(toFile: list, atomically: true, encoding: .utf8)
    let arguments = [input, "--reconstruct", "--set-attribute", "Male=0", "-o"]
    #expect(try translate(attributes, arguments + [folder.file("out.png"), "--attributes", list]).status == 0)
    #expect(folder.bytes("out_reconstructed.png") != folder.bytes("out.png"))
    let unknown = try translate(
      attributes, arguments + [folder.file("b.png"), "--set-attribute", "Black_Hair=1"])
    #expect(unknown.status == 2 && unknown.messages.contains("give --attributes FILE"), "\(unknown.messages)")
  }

  @Test func dritppTakesThePicturesOwnAttributesBack() throws {
    let dritpp = try SampleModel.write(SampleModel.dritpp, to: folder.file("d.safetensors"))
    try folder.picture("in/fox/a.png", 41, 30)
    let result = try translate(
      dritpp, [folder.file("in"), "-o", folder.file("out"), "--domain", "cat", "--reconstruct", "--samples", "2"])
    #expect(result.status == 0, "\(result.messages)")
    #expect(folder.names(in: "out-reconstructed") == ["fox/a_1.png", "fox/a_2.png"])
    #expect(folder.bytes("out-reconstructed/fox/a_1.png") != folder.bytes("out/fox/a_1.png"))
  }

  @Test func exportedWeightsHaveTheOfficialKeysAndComeBack() throws {
    let exported = folder.file("G.safetensors"), imported = folder.file("back.safetensors")
    #expect(try runGanctl(["export", classes, "-o", exported]).status == 0)
    let keys = Set(try SafetensorsFile(path: exported).tensors.map(\.name))
    #expect(keys.isSuperset(of: ["main.0.weight", "main.1.running_mean", "main.9.main.4.num_batches_tracked"]))
    #expect(keys.contains("main.16.weight") && keys.count == 43)
    try Self.model("domains: [x, y, z]").write(toFile: folder.file("s.yaml"), atomically: true, encoding: .utf8)
    #expect(try runGanctl(["import", exported, "-c", folder.file("s.yaml"), "-o", imported]).status == 0)
    let input = try folder.picture("a.png", 32, 32)
    for (checkpoint, name, out) in [(classes, "dog", "1.png"), (imported, "y", "2.png")] {
      #expect(try translate(checkpoint, [input, "-o", folder.file(out), "--domain", name]).status == 0)
    }
    #expect(folder.bytes("1.png") == folder.bytes("2.png"))
    try "model: {name: stargan}".write(toFile: folder.file("s.yaml"), atomically: true, encoding: .utf8)
    let nameless = try runGanctl(["import", exported, "-c", folder.file("s.yaml"), "-o", imported])
    #expect(nameless.status == 2 && nameless.messages.contains("model.domains"))
    #expect(try runGanctl(["export", classes, "-o", exported, "--direction", "AtoB"]).status == 2)
  }
}
