import Foundation
import GanBase
import GanImage
import GanTestSupport
import Testing

/// Models whose results are larger than their inputs, as users call them.
@Suite struct EnlargingTests {
  private let folder: TemporaryFolder
  private let checkpoint: String
  private static let model = "model: {name: srgan, scale: 2, image_size: 32, ngf: 3, n_blocks: 1, ndf: 2}"

  init() throws {
    folder = try TemporaryFolder()
    checkpoint = try SampleModel.write(Self.model, to: folder.file("m.safetensors"))
  }

  private func translate(_ arguments: String...) throws -> ProgramResult {
    try runGanctl(["translate", "--checkpoint", checkpoint] + arguments)
  }

  private func size(_ name: String) throws -> [Int] {
    let header = try PictureFile.header(of: FilePath(folder.file(name)))
    return [header.width, header.height]
  }

  @Test func resultsAreTwiceAsLarge() throws {
    let input = try folder.picture("in/a.png", 41, 30)
    #expect(try translate(input, "-o", folder.file("a.png")).status == 0)
    #expect(try size("a.png") == [82, 60])
    #expect(try translate(input, "-o", folder.file("b.png"), "--size", "20").status == 0)
    #expect(try size("b.png") == [2 * 27, 40])
    #expect(try translate(input, "-o", folder.file("c.png"), "--size", "20", "--restore-size").status == 0)
    #expect(try size("c.png") == [82, 60])
    // The sheet has input and result in one size.
    #expect(try translate(folder.file("in"), "-o", folder.file("out"), "--grid").status == 0)
    #expect(try size("out-grid.png")[0] > 2 * 82)
    let json = try translate(input, "-o", folder.file("d.png"), "--json")
    #expect(json.output.contains("\"width\":82,\"height\":60"))
  }

  @Test func resultsAreComparedWithSharpPictures() throws {
    try folder.picture("in/a.png", 20, 16)
    try folder.picture("sharp/a.png", 40, 32)
    try folder.picture("wrong/a.png", 20, 16)
    let compared = try translate(
      folder.file("in"), "-o", folder.file("out"), "--compare", folder.file("sharp"), "--grid")
    #expect(compared.status == 0 && compared.output.contains("PSNR"), "\(compared.messages)")
    let wrong = try translate(folder.file("in"), "-o", folder.file("out"), "--compare", folder.file("wrong"))
    #expect(wrong.status == 3 && wrong.messages.contains("will be 40x32"), "\(wrong.messages)")
    let aligned = try translate(folder.file("in"), "-o", folder.file("out"), "--aligned")
    #expect(aligned.status == 2 && aligned.messages.contains("--compare"))
    let back = try translate(folder.file("in"), "-o", folder.file("out"), "--reconstruct")
    #expect(back.status == 2)
  }

  @Test func trainingMakesTheSmallPicturesItself() throws {
    for index in 0..<3 { try folder.picture("data/train/\(index).png", 50, 40, seed: UInt64(index)) }
    for index in 0..<2 { try folder.picture("data/val/\(index).png", 60, 44, seed: UInt64(index)) }
    let config = folder.file("c.yaml"), run = folder.file("run")
    let text =
      Self.model + """

        data: {root: \(folder.file("data")), crop_size: 32, batch_size: 2}
        train: {epochs: 1, decay_epochs: 0, sample_count: 2, log_every: 1}
        eval: {every: 1, metrics: [psnr, ssim]}
        """
    try text.write(toFile: config, atomically: true, encoding: .utf8)
    let plan = try runGanctl(["plan", "--config", config])
    #expect(plan.status == 0 && plan.output.contains("cropped to 32x32 at random"), "\(plan.output)\(plan.messages)")
    #expect(try runGanctl(["data", config, "-o", folder.file("sheet.png")]).status == 0)
    let trained = try runGanctl(["train", "--config", config, "--run", run, "--threads", "1"])
    #expect(trained.status == 0, "\(trained.messages)")
    let log = String(decoding: folder.bytes("run/log.jsonl"), as: UTF8.self)
    for word in ["G_MSE", "G_GAN", "D_real", "psnr", "ssim"] {
      #expect(log.contains("\"\(word)\":"), "\(word): \(log)")
    }
    let onnx = try runGanctl(["export", run, "-o", folder.file("m.onnx")])
    #expect(onnx.status == 0, "\(onnx.messages)")
    #expect(folder.bytes("m.onnx").range(of: Data("2*H".utf8)) != nil)
    // Results are compared with the run's sharp pictures.
    #expect(try runGanctl(["translate", folder.file("data/val"), "--run", run, "-o", folder.file("big")]).status == 0)
    #expect(try runGanctl(["eval-fid", folder.file("big"), "--features", "built-in"]).status == 0)
    let unfit = try runGanctl(["train", "--config", config, "--run", run + "2", "--set", "data.crop_size=64"])
    #expect(unfit.status == 2 && unfit.messages.contains("image_size"), "\(unfit.messages)")
  }

  @Test func aConfigurationIsProposedForAFolder() throws {
    for index in 0..<2 { try folder.picture("photos/\(index).png", 100 + index, 120) }
    let config = folder.file("sr.yaml")
    let made = try runGanctl(
      ["init", "srgan", "--data", folder.file("photos"), "-o", config, "--size", "32"])
    #expect(made.status == 0, "\(made.messages)")
    let text = String(decoding: folder.bytes("sr.yaml"), as: UTF8.self)
    #expect(text.contains("preprocess: crop\n") && text.contains("crop_size: 32"), "\(text)")
  }
}
