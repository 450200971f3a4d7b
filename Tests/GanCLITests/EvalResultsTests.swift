import Foundation
import GanImage
import GanStore
import GanTestSupport
import Testing

/// `ganctl eval-fid FOLDER`, where `translate` has noted what the results belong to.
@Suite struct EvalResultsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: String...) throws -> ProgramResult {
    try runProgram(
      "/usr/bin/env", ["-C", folder.path, try builtProgram()] + arguments, environment: ["GANCTL_HOME": folder.path])
  }

  /// A run on `data`.
  private func makeRun(_ name: String, _ model: String, data: String = "root: data") throws {
    let config = "\(model)\ndata: {\(data)}\ntrain: {epochs: 1}"
    let run = try RunFolder.create(in: folder.file("runs"), name: name, config: config)
    let (tensors, metadata) = try SampleModel.content(config)
    try run.saveCheckpoint(to: run.checkpointPath(step: 1), tensors: tensors, metadata: metadata)
  }

  private func makePictures(_ name: String, count: Int = 3, width: Int = 20, seed: UInt64) throws {
    for index in 0..<count { try folder.picture("\(name)/\(index).png", width, 20, seed: seed + UInt64(index)) }
  }

  private func makeSides() throws {
    try makePictures("data/valA", seed: 1)
    try makePictures("data/valB", seed: 101)
  }

  /// The distance, and what the messages say of the real pictures.
  private func measured(_ arguments: String...) throws -> (fid: Double, real: String) {
    let result = try runProgram(
      "/usr/bin/env",
      ["-C", folder.path, try builtProgram(), "eval-fid"] + arguments + ["--json", "--metrics", "fid"],
      environment: ["GANCTL_HOME": folder.path])
    #expect(result.status == 0, "\(result.messages)")
    let line = result.messages.split(separator: "\n").first { $0.hasPrefix("real pictures: ") }
    return (try #require(try JSONValue(parsing: result.output)["fid"]?.number), line.map(String.init) ?? "")
  }

  @Test func theSideThatResultsBelongTo() throws {
    for (index, name) in ["valA", "valB", "testA", "testB"].enumerated() {
      try makePictures("data/" + name, seed: UInt64(100 * index + 1))
    }
    try makeRun("cycle", SampleModel.cyclegan)
    #expect(try run("translate", "data/testA").status == 0)
    #expect(try run("translate", "data/valB", "--direction", "BtoA", "-o", "ba", "--grid", "--reconstruct").status == 0)
    // A newer run must not matter to noted results.
    try makeRun("newer", SampleModel.cyclegan, data: "root: nowhere")
    let ab = try measured("data/testA_translated"), ba = try measured("ba")
    #expect(ab.real.hasPrefix("real pictures: data/testB, the test pictures of side B of "))
    #expect(ab.real.contains("runs/cycle"))
    #expect(ba.real.hasPrefix("real pictures: data/valA, the validation pictures of side A of "))
    #expect(ab.fid == (try measured("data/testA_translated", "data/testB").fid))
    #expect(ba.fid == (try measured("ba", "data/valA").fid))
    // The checkpoint has gone, its run is still there.
    let checkpoints = folder.file("runs/cycle/checkpoints/")
    try FileManager.default.moveItem(
      atPath: checkpoints + "step-000001.safetensors", toPath: checkpoints + "step-000002.safetensors")
    try FileManager.default.removeItem(atPath: checkpoints + "latest")
    try FileManager.default.createSymbolicLink(
      atPath: checkpoints + "latest", withDestinationPath: "step-000002.safetensors")
    #expect(try measured("data/testA_translated").real == ab.real)
    // Neither the sheet nor what was translated back is counted.
    #expect(try run("translate", "data/valB", "--direction", "BtoA", "-o", "plain", "--run", "cycle").status == 0)
    #expect(ba.fid == (try measured("plain").fid))
    let back = try measured("ba-reconstructed")
    #expect(back.real.hasPrefix("real pictures: data/valB"))
    #expect(back.fid == (try measured("ba-reconstructed", "data/valB").fid))
    // Without a note, a run is named or is the newest; validation comes before test.
    try FileManager.default.removeItem(atPath: folder.file("plain/.ganctl-translation.json"))
    let named = try measured("plain", "--run", "cycle")
    #expect(named.real == "real pictures: data/valB, the validation pictures of side B of runs/cycle, which was named")
    let newest = try run("eval-fid", "plain")
    #expect(newest.status == 3 && newest.messages.contains("nowhere"), "\(newest.messages)")
    try makeRun("last", SampleModel.cyclegan, data: "root: data, direction: BtoA, validation: test")
    #expect(try measured("plain").real.hasPrefix("real pictures: data/testA, the test pictures of side B of runs/last"))
  }

  @Test func halvesOfPairs() throws {
    try makePictures("data/val", width: 40, seed: 1)
    for index in 0..<3 {
      let pair = try PictureFile.read(folder.file("data/val/\(index).png"))
      for (name, x) in [("left", 0), ("right", 20)] {
        _ = try folder.picture("\(name)/\(index).png", pair.cropped(x: x, y: 0, width: 20, height: 20))
      }
    }
    for (direction, half) in [("AtoB", "right"), ("BtoA", "left")] {
      try makeRun(direction, SampleModel.pix2pix, data: "root: data, direction: \(direction)")
      #expect(try run("translate", "data/val", "--aligned", "-o", "out-" + half).status == 0)
      let result = try measured("out-" + half)
      #expect(result.real.hasPrefix("real pictures: data/val (\(half) halves), the validation pictures of side B"))
      #expect(result.fid == (try measured("out-" + half, half).fid))
    }
  }

  @Test func domains() throws {
    for (index, name) in ["cat", "dog", "fox"].enumerated() {
      try makePictures("data/train/" + name, seed: 5)
      try makePictures("data/test/" + name, seed: UInt64(100 * index + 1))
    }
    try makeRun("star", SampleModel.stargan)
    #expect(try run("translate", "data/test/cat", "--domain", "all", "-o", "all").status == 0)
    let dog = try measured("all/dog")
    #expect(dog.real.hasPrefix("real pictures: data/test/dog, the test pictures of domain dog of "), "\(dog.real)")
    #expect(dog.fid == (try measured("all/dog", "data/test/dog").fid))
    let all = try run("eval-fid", "all")
    #expect(all.status == 2 && all.messages.contains("ganctl eval-fid all/cat"))
    let unknown = try run("eval-fid", "data/train/dog")
    #expect(unknown.status == 2 && unknown.messages.contains("not known to which domain"))
  }

  /// Of a list of attributes, the held-out pictures that have what was asked for.
  @Test func attributes() throws {
    let rows = (0..<12).map { ($0, isBlond: $0 % 2 == 0, isMale: $0 % 3 == 0) }
    try makePictures("faces", count: rows.count, seed: 3)
    let lines = rows.map { "\($0.0).png \($0.isBlond ? 1 : -1) \($0.isMale ? 1 : -1)\n" }.joined()
    try Data("12\nBlond_Hair Male\n\(lines)".utf8).write(to: URL(fileURLWithPath: folder.file("list.txt")))
    let model = SampleModel.stargan.replacing("[cat, dog, fox]", with: "[Blond_Hair, Male], labels: attributes")
    try makeRun(
      "star", model, data: "root: faces, attributes: list.txt, selected_attributes: [Blond_Hair, Male], held_out: 12")
    for (name, isMeant) in [("blond", { $0.isBlond }), ("dark men", { !$0.isBlond && $0.isMale })]
      as [(String, ((Int, isBlond: Bool, isMale: Bool)) -> Bool)]
    {
      for row in rows.filter(isMeant) {
        _ = try folder.picture("real/\(name)/\(row.0).png", PictureFile.read(folder.file("faces/\(row.0).png")))
      }
    }
    func real(_ output: String, _ arguments: String...) throws -> (fid: Double, real: String) {
      let made = try runProgram(
        "/usr/bin/env", ["-C", folder.path, try builtProgram(), "translate", "faces", "-o", output] + arguments)
      #expect(made.status == 0, "\(made.messages)")
      return try measured(output)
    }
    let blond = try real("b", "--attributes", "list.txt", "--domain", "Blond_Hair")
    #expect(blond.real.hasPrefix("real pictures: faces, the test pictures of Blond_Hair=1 of "), "\(blond.real)")
    #expect(blond.fid == (try measured("b", "real/blond").fid))
    let men = try real("m", "--set-attribute", "Blond_Hair=0", "--set-attribute", "Male=1")
    #expect(men.real.contains("of Blond_Hair=0, Male=1 of "), "\(men.real)")
    #expect(men.fid == (try measured("m", "real/dark men").fid))
    // Turned round, the results are of either kind.
    let turned = try real("t", "--attributes", "list.txt", "--domain", "Male")
    #expect(turned.real.contains("of any attributes of "), "\(turned.real)")
    #expect(turned.fid == (try measured("t", "faces").fid))
  }

  @Test func resultsOfSingleFiles() throws {
    try makeSides()
    try makeRun("cycle", SampleModel.cyclegan)
    let inputs = (0..<3).map { "data/valA/\($0).png" }
    for (index, input) in inputs.enumerated() {
      #expect(try run("translate", input).status == 0)
      #expect(try run("translate", input, "-o", "one/\(index).png").status == 0)
    }
    let one = try measured("one")
    #expect(one.real.hasPrefix("real pictures: data/valB, the validation pictures of side B of "), "\(one.real)")
    // Nor is a result among the real pictures.
    #expect(try run("translate", "data/valB/0.png", "--direction", "BtoA").status == 0)
    #expect(try measured("one").fid == one.fid)
    // What was translated lies beside its result, and is none.
    #expect(try measured("data/valA").fid == one.fid)
    let told = try run("eval-fid", "data/valA").messages
    #expect(told.contains("data/valA: left out 3 other pictures not made by this translation"), "\(told)")
  }

  @Test func aFolderForSeveralTranslations() throws {
    try makeSides()
    for index in 3..<6 { try folder.picture("more/\(index).png", 20, 20, seed: UInt64(index)) }
    try makeRun("first", SampleModel.cyclegan)
    try makeRun("second", SampleModel.cyclegan, data: "root: data, direction: BtoA")
    // The same side of the same run, in two calls.
    #expect(try run("translate", "data/valA", "--run", "first", "-o", "out").status == 0)
    let three = try measured("out").fid
    #expect(try run("translate", "more", "--run", "first", "-o", "out").status == 0)
    let six = try measured("out")
    #expect(six.fid != three)
    #expect(six.fid == (try measured("out", "data/valB").fid))
    // A call that is made again says nothing new.
    let note = folder.bytes("out/.ganctl-translation.json")
    #expect(try run("translate", "more", "--run", "first", "-o", "out").status == 0)
    #expect(folder.bytes("out/.ganctl-translation.json") == note)
    let text = String(decoding: note, as: UTF8.self)
    #expect(text.components(separatedBy: "\"checkpoint\"").count == 2, "\(text)")
    // Those of another run in place of some.
    #expect(try run("translate", "more", "--run", "second", "-o", "out").status == 0)
    let refused = try run("eval-fid", "out")
    #expect(refused.status == 2)
    for part in ["out: holds results of several translations: 3 to side B by ", "runs/second", "--run"] {
      #expect(refused.messages.contains(part), "\(refused.messages)")
    }
    #expect(try measured("out", "--run", "first").fid == three)
    #expect(try measured("out", "--run", "second").real.hasPrefix("real pictures: data/valA, "))
    // All in place of all.
    #expect(try run("translate", "data/valA", "--run", "second", "-o", "out").status == 0)
    #expect(try measured("out").real.hasPrefix("real pictures: data/valA, "))
  }

  /// As earlier versions wrote it.
  @Test func aNoteOfOneRecord() throws {
    try makePictures("out", seed: 5)
    try makeSides()
    try makeRun("cycle", SampleModel.cyclegan)
    let checkpoint = folder.file("runs/cycle/checkpoints/step-000001.safetensors")
    let note = "{\"checkpoint\":\"\(checkpoint)\",\"side\":\"A\",\"domain\":null,\"inputs\":[]}"
    try Data(note.utf8).write(to: URL(fileURLWithPath: folder.file("out/.ganctl-translation.json")))
    #expect(try measured("out").real.hasPrefix("real pictures: data/valA, "))
  }

  @Test func filesOfOtherKindsAreTold() throws {
    try makePictures("a", seed: 1)
    try makePictures("b", seed: 9)
    for name in ["a/x.md", "b/y.txt", "b/z.txt"] { try Data().write(to: URL(fileURLWithPath: folder.file(name))) }
    let told = try run("eval-fid", "a", "b", "--metrics", "fid").messages
    #expect(told.contains("a: skipped 1 file: 1 .md\n") && told.contains("b: skipped 2 files: 2 .txt\n"), "\(told)")
  }

  @Test func whereNoRunTells() throws {
    try makePictures("a", seed: 1)
    let none = try run("eval-fid", "a")
    #expect(none.status == 2 && none.messages.contains("operand REAL is missing") && none.messages.contains("--run"))
    try makeRun("mine", SampleModel.cyclegan, data: "root: a")
    let untold = try run("eval-fid", "a")
    #expect(untold.status == 2 && untold.messages.contains("the run has no validation or test pictures"))
    for arguments in [["runs/mine"], ["a", "runs/mine"], ["runs/mine", "--stats", "x.npz"]] {
      let refused = try runProgram(
        "/usr/bin/env", ["-C", folder.path, try builtProgram(), "eval-fid"] + arguments,
        environment: ["GANCTL_HOME": folder.path])
      #expect(refused.status == 2 && refused.messages.contains("runs/mine: is a training run"), "\(refused.messages)")
    }
    #expect(try run("eval-fid", "a", "a", "--run", "mine").status == 2)
    // One folder with --stats keeps its meaning.
    #expect(try run("eval-fid", "a", "--stats", "x.npz").output.isEmpty)
    #expect(folder.has("x.npz"))
  }

  /// As pytorch-fid, which is told.
  @Test func rotationsAreNotAppliedButTold() throws {
    try makePictures("a", count: 2, seed: 1)
    try makePictures("b", seed: 9)
    for (name, orientation) in [("turned", 6), ("upright", 1)] {
      try FileManager.default.copyItem(
        atPath: Repository.path + "/Tests/GanImageTests/Resources/formats/orientation\(orientation).jpg",
        toPath: folder.file("a/\(name).jpg"))
    }
    let result = try run("eval-fid", "a", "b", "--metrics", "fid")
    let words = "1 of 4 pictures of a carries an EXIF rotation, which is not applied, as in pytorch-fid"
    #expect(result.status == 0 && result.messages.contains(words), "\(result.messages)")
    #expect(!result.messages.contains("pictures of b c"))
  }
}
