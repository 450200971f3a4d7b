import Foundation
import GanImage
import GanTestSupport
import Testing

/// InstaGAN as users meet it: training with masks, translating pictures with theirs.
@Suite struct InstanceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func square(_ name: String, x: Int, _ width: Int = 32, _ height: Int = 30) throws {
    var mask = Picture(width: width, height: height, channels: 1)
    for y in 4..<20 { for x in x..<x + 9 { mask[x, y] = 255 } }
    try folder.picture(name, mask)
  }

  @Test func trainsWithMasks() throws {
    for side in ["A", "B"] {
      for number in 0..<2 {
        try folder.picture("data/train\(side)/\(number).png", 32, 30, seed: UInt64(number))
        for mask in 0...number { try square("data/train\(side)_seg/\(number)_\(mask).png", x: 3 + 8 * mask) }
      }
    }
    let config = folder.file("small.yaml")
    let text =
      SampleModel.instagan + """

        data: {root: \(folder.file("data")), load_size: 28, crop_size: 24}
        train: {steps: 3, sample_count: 1}
        """
    try text.write(toFile: config, atomically: true, encoding: .utf8)
    let result = try runGanctl(["train", "--config", config, "--run", folder.file("run"), "--threads", "1"])
    #expect(result.status == 0 && result.messages.contains("masks: A 3, B 3"), "\(result.messages)")
    #expect(folder.has("run/checkpoints") && folder.has("run/samples"))
    try square("data/trainB_seg/1_1.png", x: 3, 32, 31)
    let refused = try runGanctl(["train", "--config", config, "--run", folder.file("other")])
    #expect(refused.status == 3 && refused.messages.contains("1_1.png"), "\(refused.messages)")
  }

  @Test func translatesPicturesWithTheirMasks() throws {
    let model = try SampleModel.write(SampleModel.instagan, to: folder.file("model.safetensors"))
    for (name, masks) in [("a", [0, 3]), ("b/c", [7]), ("d", [])] {
      try folder.picture("in/\(name).png", 41, 30, seed: UInt64(masks.count))
      for mask in masks { try square("in_seg/\(name)_\(mask).png", x: 3 + mask, 41, 30) }
    }
    let base = ["translate", "--checkpoint", model, "--threads", "1"]
    let result = try runGanctl(base + [folder.file("in"), "-o", folder.file("out"), "--reconstruct", "--grid"])
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.messages.contains("in/d.png has no masks") && result.messages.contains("it stays as it is"))
    #expect(folder.names(in: "out") == ["a.png", "b/c.png", "d.png"])
    #expect(folder.names(in: "out-masks") == ["a_0.png", "a_3.png", "b/c_7.png"])
    #expect(folder.names(in: "out-reconstructed") == ["a.png", "b/c.png", "d.png"])
    let mask = try PictureFile.header(of: folder.file("out-masks/a_3.png"))
    #expect((mask.width, mask.height, mask.channels) == (41, 30, 1))
    #expect(try PictureFile.read(folder.file("out/a.png")) != PictureFile.read(folder.file("in/a.png")))
    // Levels are cut as the official program does it, so a picture that stays loses up to one.
    let (before, after) = try (PictureFile.read(folder.file("in/d.png")), PictureFile.read(folder.file("out/d.png")))
    #expect(zip(before.pixels, after.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    // One picture, whose masks are elsewhere, gives the same.
    let alone = base + [folder.file("in/a.png"), "-o", folder.file("one.png"), "--masks", folder.file("in_seg")]
    #expect(try runGanctl(alone).status == 0)
    #expect(folder.bytes("one.png") == folder.bytes("out/a.png"))
    #expect(folder.bytes("one-masks/a_0.png") == folder.bytes("out-masks/a_0.png"))
    // And the results can go back.
    let back =
      base + [
        folder.file("out"), "--masks", folder.file("out-masks"), "--direction", "BtoA", "-o", folder.file("back"),
      ]
    #expect(try runGanctl(back).status == 0)
    #expect(folder.names(in: "back-masks") == ["a_0.png", "a_3.png", "b/c_7.png"])
  }

  @Test func masksThatDoNotFitAreRefused() throws {
    let model = try SampleModel.write(SampleModel.instagan, to: folder.file("model.safetensors"))
    try folder.picture("in/a.png", 41, 30)
    try square("in_seg/a_0.png", x: 3, 40, 30)
    let base = ["translate", "--checkpoint", model, folder.file("in"), "-o", folder.file("out")]
    let wrong = try runGanctl(base)
    #expect(
      wrong.status == 3 && wrong.messages.contains("a_0.png") && wrong.messages.contains("40x30"), "\(wrong.messages)")
    #expect(try runGanctl(base + ["--masks", folder.file("nowhere")]).status == 3)
    #expect(!folder.has("out"))
    let other = try SampleModel.write(SampleModel.cyclegan, to: folder.file("cyclegan.safetensors"))
    let needless = try runGanctl([
      "translate", "--checkpoint", other, folder.file("in"), "--masks", folder.file("in_seg"),
    ])
    #expect(needless.status == 2 && needless.messages.contains("takes no masks"))
    let onnx = try runGanctl(["export", model, "-o", folder.file("x.onnx")])
    #expect(onnx.status == 2 && onnx.messages.contains("number of masks"))
  }
}
