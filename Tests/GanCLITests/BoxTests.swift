import Foundation
import GanBase
import GanStore
import GanTestSupport
import Testing

/// Boxes on the command line: faults before training, sheets, translations that look at objects.
@Suite struct BoxTests {
  private let folder: TemporaryFolder
  private let small = [
    "--set", "model.content_width=2", "--set", "model.attr_width=2", "--set", "model.dis_width=2", "--set",
    "model.dis_scale=2", "--set", "model.dis_layers=3", "--set", "model.content_dis_layers=0", "--set",
    "model.object_size=16", "--set", "data.load_size=36", "--set", "data.crop_size=32", "--set", "train.steps=2",
    "--set", "train.sample_count=1", "--threads", "1",
  ]

  init() throws {
    folder = try TemporaryFolder()
    for (side, count) in [("A", 3), ("B", 2)] {
      for number in 0..<count { try folder.picture("data/train\(side)/\(number).png", 40, 40, seed: UInt64(number)) }
    }
    try write("model: {name: dunit}\ndata: {root: \(folder.file("data"))}\n", "c.yaml")
  }

  private func write(_ text: String, _ name: String) throws {
    _ = try folder.makeFolder((name as NSString).deletingLastPathComponent)
    try text.write(toFile: folder.file(name), atomically: true, encoding: .utf8)
  }

  private func train(_ further: [String] = []) throws -> ProgramResult {
    try runGanctl(["train", "--config", folder.file("c.yaml"), "--run", folder.file("run")] + small + further)
  }

  @Test func faultsAreTold() throws {
    let missing = try train()
    #expect(missing.status == 3 && missing.messages.contains("data/trainA: there are no boxes of its pictures"))
    for number in 0..<3 { try write("0 0.5 0.5 0.8 0.8\n", "data/trainA_boxes/\(number).txt") }
    try write("0 0.5 0.5 0.8 0.8\n3 0.5 0.5 1.4 0.8\n", "data/trainA_boxes/1.txt")
    let outside = try train()
    #expect(
      outside.status == 3 && outside.messages.contains("trainA_boxes/1.txt:2: the box reaches from (-8.0, 4.0)"),
      "\(outside.messages)")
    #expect(!folder.has("run"))
    let turned = try train(["--set", "data.augment_rotate=5"])
    #expect(turned.status == 2 && turned.messages.contains("data.augment_rotate does not suit dunit"))
    let other = try train(["--set", "model.name=drit", "--set", "data.boxes=x"])
    #expect(other.status == 2)
  }

  @Test func aTranslationLooksAtObjects() throws {
    for number in 0..<3 { try write("0 0.5 0.5 0.8 0.8\n", "data/trainA_boxes/\(number).txt") }
    let trained = try train()
    #expect(trained.status == 0, "\(trained.messages)")
    #expect(folder.names(in: "run/samples").count > 0)
    func translate(_ name: String, _ further: [String]) throws -> ProgramResult {
      try runGanctl(
        [
          "translate", folder.file("data/trainA"), "-o", folder.file(name), "--run", folder.file("run"), "--threads",
          "1",
        ]
          + further)
    }
    let boxes = ["--boxes", folder.file("data/trainA_boxes")]
    for (name, options) in [("plain", []), ("with", boxes), ("again", boxes + ["--samples", "2"])] {
      #expect(try translate(name, options).status == 0)
    }
    #expect(folder.bytes("plain/0.png") != folder.bytes("with/0.png"))
    #expect(folder.names(in: "again").count == 6)
    // One picture without a box file is told, the others are translated.
    try FileManager.default.removeItem(atPath: folder.file("data/trainA_boxes/1.txt"))
    let lacking = try translate("lacking", boxes)
    #expect(lacking.status == 3 && lacking.messages.contains("trainA/1.png: has no box file"))
    #expect(folder.names(in: "lacking") == ["0.png", "2.png"])
    let back = try translate("back", boxes + ["--direction", "BtoA"])
    #expect(back.status == 2 && back.messages.contains("--boxes: dunit translates BtoA without looking at objects"))
  }

  @Test func helpOfANameThatACommandHasToo() throws {
    let result = try runGanctl(["help", "init"])
    #expect(result.status == 0)
    #expect(result.output.contains("ganctl init") && result.output.contains("object_size"))
  }
}
