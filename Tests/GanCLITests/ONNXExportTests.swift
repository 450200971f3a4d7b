import Foundation
import GanModels
import GanStore
import GanTestSupport
import Testing

/// `ganctl export` to ONNX, of every model.
@Suite struct ONNXExportTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func export(_ configuration: String, _ options: [String] = []) throws -> (ONNXFile, String) {
    let checkpoint = try SampleModel.write(configuration, to: folder.file("m.safetensors"))
    let result = try runGanctl(["export", checkpoint, "-o", folder.file("m.onnx")] + options)
    #expect(result.status == 0 && result.output == folder.file("m.onnx") + "\n", "\(result.messages)")
    let file = ONNXFile(folder.file("m.onnx"))
    #expect(file.faults.isEmpty && file.nodes.count > 10, "\(file.faults)")
    return (file, result.messages)
  }

  /// What instagan computes depends on the number of masks; that it is refused, `InstanceTests` checks.
  @Test(arguments: Registry.names.filter { $0 != "instagan" })
  func everyModelIsWritten(name: String) throws {
    let (file, _) = try export(try #require(OfficialFileTests.configurations[name]))
    #expect(file.metadata["model"] == name && file.metadata["size_multiple"] != nil)
    let others =
      [
        "munit": ["style"], "drit": ["style"], "dritpp": ["label", "style"], "stargan": ["label"], "init": ["style"],
        "dunit": ["style"],
      ][name] ?? []
    #expect(file.inputs.keys.sorted() == ["input"] + others && file.outputs.keys.sorted() == ["output"])
    // Only those with batch norm look at the whole batch.
    let pictures = name == "pix2pix" ? "1" : "N"
    #expect(file.inputs["input"] == [pictures, "3", "H", "W"])
    let large = name == "srgan" ? ["2*H", "2*W"] : ["H", "W"]
    #expect(file.outputs["output"] == [pictures, "3"] + large)
    #expect((file.metadata["scale"] == "2") == (name == "srgan"))
  }

  @Test func weightsAreThoseOfTheCheckpoint() throws {
    let (file, _) = try export(SampleModel.cyclegan, ["--direction", "BtoA"])
    #expect(file.metadata["direction"] == "BtoA")
    let weights = try CheckpointFile(path: folder.file("m.safetensors"))
    let stored = try weights.tensor("G_B.model.1.weight"), constant = try #require(file.constants["G_B.model.1.weight"])
    #expect(constant.sizes == stored.shape && constant.bytes.count > 100)
    #expect(try stored.withBytes { Array($0) } == constant.bytes)
    #expect(!file.constants.keys.contains { $0.hasPrefix("G_A.") })
  }

  @Test func switchesAndStatisticsAreFollowed() throws {
    let (plain, notices) = try export(SampleModel.pix2pix)
    #expect(notices.contains("--dropout=off") && plain.metadata["statistics"] == "of the picture")
    let (running, others) = try export(SampleModel.pix2pix, ["--eval"])
    #expect(!others.contains("dropout") && running.inputs["input"]?.first == "N")
    #expect(running.nodes.count < plain.nodes.count)
    let (full, size) = try export("model: {name: ugatit, ch: 2, n_res: 1, light: false, image_size: 64}")
    #expect(full.inputs["input"] == ["N", "3", "64", "64"] && full.metadata["size"] == "64")
    #expect(size.contains("64x64 pixels"))
  }

  @Test func foldersHoldAllDirections() throws {
    let checkpoint = try SampleModel.write(SampleModel.unit, to: folder.file("m.safetensors"))
    let result = try runGanctl(["export", checkpoint, "--format", "onnx", "-o", folder.file("out/")])
    #expect(result.status == 0 && folder.names(in: "out") == ["AtoB.onnx", "BtoA.onnx"], "\(result.messages)")
  }

  @Test func optionsThatMeanNothingAreRefused() throws {
    let checkpoint = try SampleModel.write(SampleModel.pix2pix, to: folder.file("m.safetensors"))
    for (options, message) in [
      (["-o", folder.file("x.onnx"), "--network", "G"], "choose it with --direction"),
      (["-o", folder.file("x.pth"), "--eval"], "option --eval"),
      (["-o", folder.file("x.onnx"), "--direction", "BtoA"], "cannot translate BtoA"),
    ] {
      let result = try runGanctl(["export", checkpoint] + options)
      #expect(result.status == 2 && result.messages.contains(message), "\(result.messages)")
    }
    #expect(folder.names(in: "") == ["m.safetensors"])
  }
}
