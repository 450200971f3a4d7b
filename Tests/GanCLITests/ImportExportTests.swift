import Foundation
import GanBase
import GanImage
import GanModels
import GanNN
import GanStore
import GanTensor
import GanTestSupport
import Testing

@testable import GanTranslate

/// Weights from PyTorch and back. The files in `Resources/import` come from `scripts/make_import_fixture.py`.
@Suite struct ImportExportTests {
  private let folder: TemporaryFolder

  private static let configurations = [
    "unet": "model: {name: pix2pix, generator: unet_32, ngf: 2, ndf: 2, dropout: false}",
    "resnet": "model: {name: pix2pix, generator: resnet_3blocks, ngf: 2, ndf: 2, norm: instance, dropout: false}",
  ]

  init() throws {
    folder = try TemporaryFolder()
    for (name, text) in Self.configurations {
      try text.write(toFile: folder.file("\(name).yaml"), atomically: true, encoding: .utf8)
    }
  }

  private func resource(_ name: String) throws -> String {
    try #require(Bundle.module.url(forResource: "Resources/import/" + name, withExtension: nil)).path
  }

  private func importWeights(
    _ file: String, _ name: String, to output: String, _ more: [String] = []
  ) throws -> ProgramResult {
    try runGanctl(["import", file, "--config", folder.file("\(name).yaml"), "-o", output] + more)
  }

  /// `[1,C,H,W]` of a file as `[1,H,W,C]`.
  private func pictures(_ file: SafetensorsFile, _ name: String) throws -> Tensor {
    try file.tensor(name).tensor().permuted([0, 2, 3, 1])
  }

  private func content(_ tensor: StoredTensor) throws -> Data { try tensor.withBytes { Data($0) } }

  // MARK: Against PyTorch

  @Test(arguments: ["unet", "resnet"])
  func importedWeightsGivePyTorchsNumbers(name: String) throws {
    let checkpoint = folder.file("\(name).safetensors")
    let result = try importWeights(try resource("\(name).pth"), name, to: checkpoint)
    #expect(result.status == 0 && result.output == checkpoint + "\n")
    if name == "resnet" { #expect(result.messages.contains("left out: 22 running statistics")) }
    let trained = try TrainedModel(checkpoint: checkpoint)
    let expected = try SafetensorsFile(path: try resource("\(name).expected.safetensors"))
    let input = try pictures(expected, "input")
    for (key, pass) in [("eval", Pass.evaluation), ("train", Pass(.batchWithoutUpdate))] {
      let output = try Tape.paused { try trained.model.translate(input, to: .aToB, pass) }
      expectClose(output, try pictures(expected, key), ofLargest: 1e-5, "\(name) \(key)")
    }
  }

  @Test(arguments: [("unet", "--eval", "eval"), ("unet", "--dropout=off", "train"), ("resnet", "--eval", "eval")])
  func translationsAreThoseOfPyTorch(name: String, option: String, key: String) throws {
    let checkpoint = folder.file("model.safetensors"), output = folder.file("out.png")
    #expect(try importWeights(try resource("\(name).pth"), name, to: checkpoint).status == 0)
    let arguments = ["translate", "--checkpoint", checkpoint, try resource("input.png"), "-o", output, option]
    #expect(try runGanctl(arguments).status == 0)
    let expected = try pictures(SafetensorsFile(path: try resource("\(name).expected.safetensors")), key).floats
    let pixels = try PictureFile.read(output).pixels
    // Levels are cut down to whole ones. A number next to a whole level may fall on either side of it.
    expectClose(pixels.map { Double($0) + 0.5 }, expected.map { (Double($0) + 1) / 2 * 255 }, absolute: 0.5 + 1e-3)
  }

  // MARK: Round trip

  @Test func exportGivesBackWhatWasImported() throws {
    let checkpoint = folder.file("a.safetensors"), exported = folder.file("new/b.safetensors")
    #expect(try importWeights(try resource("unet.pth"), "unet", to: checkpoint).status == 0)
    let result = try runGanctl(["export", checkpoint, "-o", exported])
    #expect(result.status == 0 && result.output == exported + "\n")
    let original = try PyTorchFile(path: try resource("unet.pth")).tensors
    let file = try SafetensorsFile(path: exported)
    #expect(file.metadata["format"] == "pt" && file.tensors.count == original.count)
    for tensor in original {
      let found = try file.tensor(tensor.name, shape: tensor.shape)
      #expect(try found.type == tensor.type && content(found) == content(tensor), "\(tensor.name)")
    }
    // And in again, from safetensors: the same checkpoint but for the name of the file.
    let again = folder.file("c.safetensors")
    #expect(try importWeights(exported, "unet", to: again).status == 0)
    let (first, second) = (try CheckpointFile(path: checkpoint), try CheckpointFile(path: again))
    #expect(!first.tensors.isEmpty && first.tensors.map(\.name) == second.tensors.map(\.name))
    for (a, b) in zip(first.tensors, second.tensors) { #expect(try content(a) == content(b), "\(a.name)") }
  }

  /// The endings of PyTorch's files, of one network and of several, and the way back in.
  @Test(arguments: [
    (SampleModel.cyclegan, "x.pth", "G_A."), (SampleModel.munit, "gen.pt", "gen_a."),
    (SampleModel.stargan, "G.ckpt", "G."),
  ])
  func filesOfPyTorchAreWritten(model: String, name: String, network: String) throws {
    let checkpoint = try SampleModel.write(model, to: folder.file("a.safetensors")), file = folder.file(name)
    try model.write(toFile: folder.file("model.yaml"), atomically: true, encoding: .utf8)
    let result = try runGanctl(["export", checkpoint, "-o", file])
    #expect(result.status == 0 && result.output == file + "\n", "\(result.messages)")
    let prefix = network == "gen_a." ? "a." : ""
    let expected = try CheckpointFile(path: checkpoint).tensors(under: network)
    let found = try PyTorchFile(path: file).tensors.filter { $0.name.hasPrefix(prefix) }
    #expect(!expected.isEmpty && found.map { String($0.name.dropFirst(prefix.count)) } == expected.map(\.name))
    #expect(try runGanctl(["export", checkpoint, "-o", folder.file("y.safetensors")]).status == 0)
    let other = try SafetensorsFile(path: folder.file("y.safetensors"))
    for tensor in found { #expect(try content(tensor) == content(other.tensor(tensor.name)), "\(tensor.name)") }
    let imported = folder.file("b.safetensors")
    let again = try importWeights(file, "model", to: imported)
    #expect(again.status == 0, "\(again.messages)")
    for tensor in expected {
      #expect(try content(CheckpointFile(path: imported).tensor(network + tensor.name)) == content(tensor))
    }
  }

  @Test func foldersHaveTheOfficialNames() throws {
    let checkpoint = try SampleModel.write(SampleModel.munit, to: folder.file("a.safetensors"))
    let result = try runGanctl(["export", checkpoint, "--format", "pth", "-o", folder.file("out/")])
    #expect(result.status == 0 && folder.names(in: "out") == ["dis.pt", "gen.pt"], "\(result.messages)")
    try SampleModel.write(SampleModel.dritpp, to: checkpoint)
    #expect(try runGanctl(["export", checkpoint, "--format", "pth", "-o", folder.file("new/")]).status == 0)
    #expect(folder.names(in: "new") == ["dritpp.pth"])
  }

  @Test func otherEndingsAreRefused() throws {
    let checkpoint = try SampleModel.write(SampleModel.pix2pix, to: folder.file("a.safetensors"))
    for (arguments, message) in [
      (["-o", folder.file("x.h5")], "x.h5: .h5 files are not written"),
      (["-o", folder.file("x.pth"), "--format", "safetensors"], "does not go with a .pth file"),
      (["-o", folder.file("x"), "--format", "h5"], "expected one of safetensors, pth"),
    ] {
      let result = try runGanctl(["export", checkpoint] + arguments)
      #expect(result.status == 2 && result.messages.contains(message), "\(result.messages)")
    }
    #expect(folder.names(in: "") == ["a.safetensors", "resnet.yaml", "unet.yaml"])
    #expect(try runGanctl(["export", checkpoint, "-o", folder.file("x"), "--format", "pth"]).status == 0)
    #expect(try PyTorchFile(path: folder.file("x")).tensors.count > 10)
  }

  @Test func directionsChooseTheGenerator() throws {
    let model = try SampleModel.write(SampleModel.cyclegan, to: folder.file("cyclegan.safetensors"))
    try SampleModel.cyclegan.write(toFile: folder.file("cyclegan.yaml"), atomically: true, encoding: .utf8)
    let exported = folder.file("b.safetensors"), imported = folder.file("c.safetensors")
    #expect(try runGanctl(["export", model, "-o", exported, "--direction", "BtoA"]).status == 0)
    #expect(try importWeights(exported, "cyclegan", to: imported, ["--direction", "BtoA", "--seed", "99"]).status == 0)
    let (before, after) = (try CheckpointFile(path: model), try CheckpointFile(path: imported))
    let kept = before.tensors(under: "G_B.")
    #expect(!kept.isEmpty)
    for tensor in kept {
      #expect(try content(after.tensor("G_B." + tensor.name)) == content(tensor))
    }
    let key = "G_A.model.1.weight"
    #expect(try content(after.tensor(key)) != content(before.tensor(key)))
    #expect(try runGanctl(["export", model, "-o", exported, "--direction", "BtoC"]).status == 2)
    try SampleModel.write(SampleModel.pix2pix, to: model)
    #expect(try runGanctl(["export", model, "-o", exported, "--direction", "BtoA"]).status == 2)
  }

  @Test func theSideOfPairsIsKept() throws {
    let text = try #require(Self.configurations["unet"]) + "\ndata: {direction: BtoA, root: gone}\nname: x\n"
    try text.write(toFile: folder.file("unet.yaml"), atomically: true, encoding: .utf8)
    #expect(try importWeights(try resource("unet.pth"), "unet", to: folder.file("a.safetensors")).status == 0)
    #expect(try TrainedModel(checkpoint: folder.file("a.safetensors")).pairDirection == .bToA)
  }

  // MARK: Files that do not fit

  private func write(_ name: String, _ change: (inout [TensorSource]) -> Void) throws -> String {
    var tensors = try PyTorchFile(path: try resource("unet.pth")).tensors.map { TensorSource($0) }
    change(&tensors)
    try SafetensorsWriter.write(to: folder.file(name), tensors: tensors)
    return folder.file(name)
  }

  @Test func missingCountersBeginAtZero() throws {
    let file = try write("old.safetensors") { $0.removeAll { $0.name.hasSuffix("num_batches_tracked") } }
    let result = try importWeights(file, "unet", to: folder.file("a.safetensors"))
    #expect(result.status == 0 && result.messages.contains("set to 0: 7 batch counters"))
    let counter = "G.model.model.1.model.2.num_batches_tracked"
    #expect(try CheckpointFile(path: folder.file("a.safetensors")).tensor(counter).floats() == [0])
  }

  @Test func weightsOfAnotherNetworkAreNamed() throws {
    let output = folder.file("a.safetensors")
    for (file, name) in [("unet.pth", "resnet"), ("resnet.pth", "unet")] {
      let result = try importWeights(try resource(file), name, to: output)
      #expect(result.status == 4 && result.messages.contains("is missing"))
      #expect(result.messages.contains("is not a tensor of the network G") && result.messages.contains("10 errors"))
      #expect(result.messages.contains("help: the section model of the configuration must describe these networks"))
    }
    let extra = try write("extra.safetensors") { $0.append(TensorSource(name: "model.x", shape: [1], floats: [0])) }
    let shape = try write("shape.safetensors") { tensors in
      tensors[0] = TensorSource(name: tensors[0].name, shape: [2], floats: [0, 0])
    }
    let infinite = try write("infinite.safetensors") { tensors in
      let index = tensors.firstIndex { $0.name.hasSuffix("2.bias") } ?? 0
      tensors[index] = TensorSource(
        name: tensors[index].name, shape: tensors[index].shape,
        floats: [Float](repeating: .nan, count: tensors[index].shape[0]))
    }
    for (file, message) in [
      (extra, "model.x is not a tensor of the network G"),
      (shape, "model.model.0.weight: expected shape [2,3,4,4], found [2]"), (infinite, "are not finite"),
    ] {
      let result = try importWeights(file, "unet", to: output)
      #expect(result.status == 4 && result.messages.contains(message), "\(result.messages)")
    }
    #expect(!folder.has("a.safetensors"))
  }

  @Test func otherFilesAreRefused() throws {
    let output = folder.file("out.safetensors")
    let model = try SampleModel.write(SampleModel.pix2pix, to: folder.file("model.safetensors"))
    try Data("hello, this is text".utf8).write(to: URL(fileURLWithPath: folder.file("text.pth")))
    try Data().write(to: URL(fileURLWithPath: folder.file("empty.safetensors")))
    for (file, status, message) in [
      (model, 4, "is a checkpoint of ganctl already"), (folder.file("text.pth"), 4, "not a file written by torch.save"),
      (folder.file("empty.safetensors"), 4, "cut short"), (folder.file("none.pth"), 4, "none.pth"),
    ] {
      let result = try importWeights(file, "unet", to: output)
      #expect(Int(result.status) == status && result.messages.contains(message), "\(file): \(result.messages)")
    }
    let weights = try resource("unet.pth")
    #expect(try importWeights(weights, "unet", to: folder.path).status == 2)
    #expect(try importWeights(weights, "unet", to: folder.file("unet.yaml")).status == 2)
    #expect(try importWeights(weights, "nothing", to: output).status == 2)
    #expect(try runGanctl(["import", weights, "-o", output]).status == 2)
    let before = folder.bytes("model.safetensors")
    let overwritten = try runGanctl(["export", model, "-o", model])
    #expect(overwritten.status == 2 && overwritten.messages.contains("would overwrite the checkpoint"))
    #expect(folder.bytes("model.safetensors") == before && !folder.has("out.safetensors"))
    #expect(try runGanctl(["export", folder.file("none"), "-o", output]).status == 4)
  }

  @Test func faultsOfTheConfigurationHavePlaces() throws {
    try "model:\n  name: pix2pix\n  ngff: 2\n".write(toFile: folder.file("bad.yaml"), atomically: true, encoding: .utf8)
    let result = try importWeights(try resource("unet.pth"), "bad", to: folder.file("a.safetensors"))
    #expect(result.status == 2 && result.messages.contains("bad.yaml:3:3: unknown option \"ngff\""))
    #expect(result.messages.contains("did you mean ngf?"))
  }
}
