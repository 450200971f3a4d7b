import Foundation
import GanBase
import GanImage
import GanTestSupport
import Testing

/// Pictures of sizes that the networks refuse, and options that have no meaning for the data.
@Suite struct UnfitPictureTests {
  @Test func aSizeThatNetworksRefuseIsSkippedLikeDamage() throws {
    try withRuns { runs in
      let odd = Picture(width: 80, height: 40, channels: 3, pixels: [UInt8](repeating: 90, count: 80 * 40 * 3))
      try PictureFile.writePNG(odd, to: FilePath(runs.folder + "/data/train/odd.png"))
      let settings = ["data.preprocess=none", "data.batch_size=2", "train.log_every=1"]
      let stopped = try runGanctl(runs.arguments("stopped", settings))
      #expect(stopped.status == 3)
      #expect(stopped.messages.contains("odd.png: comes out as 40x40; the networks need multiples of 32"))
      #expect(!FileManager.default.fileExists(atPath: runs.path("stopped")))

      let skipping = settings + ["data.on_error=skip"]
      let whole = try runGanctl(runs.arguments("whole", skipping + ["train.steps=6"]))
      #expect(whole.status == 0, "\(whole.messages)")
      for part in [
        "1 picture cannot be used and will be skipped:",
        "odd.png: comes out as 40x40; the networks need multiples of 32",
        "Pictures that could not be used were skipped 2 times.",
      ] {
        #expect(whole.messages.contains(part), "\(whole.messages)")
      }
      #expect(runs.lines("whole").last?.hasSuffix("\"skipped\":2}") == true)
      #expect(try runGanctl(runs.arguments("parts", skipping + ["train.steps=2"])).status == 0)
      let rest = try runGanctl(["train", "--resume", runs.path("parts"), "--set", "train.steps=6"])
      #expect(rest.status == 0, "\(rest.messages)")
      #expect(runs.bytes("parts", step: 6) == runs.bytes("whole", step: 6))
    }
  }

  /// One side without a usable picture leaves nothing to take in their place.
  @Test func thereMustBeOthersToTake() throws {
    try withRuns { runs in
      for name in ["0", "1", "2", "3"] { unlink(runs.folder + "/data/train/\(name).png") }
      let odd = Picture(width: 80, height: 40, channels: 3, pixels: [UInt8](repeating: 90, count: 80 * 40 * 3))
      try PictureFile.writePNG(odd, to: FilePath(runs.folder + "/data/train/odd.png"))
      let result = try runGanctl(
        runs.arguments("run", ["data.preprocess=none", "data.batch_size=1", "data.on_error=skip"]))
      #expect(result.status == 3 && result.messages.contains("use data.preprocess: "), "\(result.messages)")
    }
  }

  @Test func foldersThatAreNotLookedAtAreRefused() throws {
    let folder = try TemporaryFolder()
    for number in 0..<6 { try folder.picture("faces/\(number).png", 36, 36) }
    for domain in ["cat", "dog"] { try folder.picture("kinds/train/\(domain)/1.png", 36, 36) }
    let lines = (0..<6).map { "\($0).png \($0 % 2 == 0 ? 1 : -1)\n" }.joined()
    try Data("6\nMale\n\(lines)".utf8).write(to: URL(fileURLWithPath: folder.file("list.txt")))
    let model = """
      {name: stargan, g_conv_dim: 2, d_conv_dim: 2, g_repeat_num: 1, d_repeat_num: 3, image_size: 32, n_critic: 1}
      """
    let list =
      "root: \(folder.file("faces")), attributes: \(folder.file("list.txt")), selected_attributes: [Male], "
      + "held_out: 2, centre_crop: null, "
    let kinds = "root: \(folder.file("kinds")), "
    func train(_ data: String, model: String = model) throws -> ProgramResult {
      let text = "model: \(model)\ndata: {\(data)batch_size: 2}\ntrain: {steps: 1, sample_count: 1}\n"
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file("c.yaml")))
      return try runGanctl(["train", "--config", folder.file("c.yaml"), "--run", folder.file("run")])
    }
    for (data, part) in [
      (list + "phase: test, ", "data.phase has no meaning with a list of attributes"),
      (list + "validation: val, ", "data.validation has no meaning with a list of attributes"),
      (
        kinds + "validation_folder_a: x, validation_folder_b: y, ",
        "data.validation_folder_b has no meaning for pictures in domains"
      ),
    ] {
      let result = try train(data)
      #expect(result.status == 2 && result.messages.contains(part), "\(result.messages)")
      #expect(result.messages.contains("c.yaml:2:"), "\(result.messages)")
    }
    let sides = "folder_a: \(folder.file("kinds/train/cat")), folder_b: \(folder.file("kinds/train/dog")), "
    let unpaired = try train(sides + "validation: val, ", model: "{name: cyclegan}")
    #expect(unpaired.status == 2 && unpaired.messages.contains("data.validation is a subfolder of data.root"))
    let good = try train(list)
    #expect(good.status == 0, "\(good.messages)")
  }
}
