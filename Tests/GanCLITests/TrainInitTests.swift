import Foundation
import GanBase
import GanModels
import GanStore
import GanTestSupport
import Testing

/// `train --init`: runs that begin with weights instead of random numbers.
@Suite struct TrainInitTests {
  private let folder: TemporaryFolder
  private static let model = "name: cyclegan, generator: resnet_3blocks, ngf: 2, ndf: 2"

  init() throws {
    folder = try TemporaryFolder()
    for side in ["trainA", "trainB"] {
      for index in 0..<2 { try folder.picture("data/\(side)/\(index).png", 32, 32, seed: UInt64(index)) }
    }
    try write("cyclegan.yaml", model: Self.model)
  }

  @discardableResult
  private func write(_ name: String, model: String) throws -> String {
    let text = """
      model: {\(model)}
      data: {root: "\(folder.file("data"))", load_size: 32, crop_size: 32}
      train: {steps: 1, sample_count: 1}
      """
    try text.write(toFile: folder.file(name), atomically: true, encoding: .utf8)
    return folder.file(name)
  }

  private func train(_ run: String, _ arguments: [String], config: String = "cyclegan.yaml") throws -> ProgramResult {
    let base = ["train", "--config", folder.file(config), "--run", folder.file(run), "--threads", "1"]
    return try runGanctl(base + arguments)
  }

  private func first(_ run: String) throws -> CheckpointFile {
    try CheckpointFile(path: folder.file("\(run)/checkpoints/step-000000.safetensors"))
  }

  private func expect(_ networks: [String], in run: String, like other: CheckpointFile, _ isSame: Bool = true) throws {
    let begun = try first(run)
    for network in networks {
      let own = begun.tensors(under: network + ".")
      let same = try own.allSatisfy { try $0.floats() == other.tensor("\(network).\($0.name)").floats() }
      #expect(!own.isEmpty && same == isSame, "\(network)")
    }
  }

  private func sample() throws -> CheckpointFile {
    let path = folder.file("sample.safetensors")
    try SampleModel.write("model: {\(Self.model), init_gain: 0.3}", to: path, seed: 77)
    return try CheckpointFile(path: path)
  }

  /// A network's state_dict as PyTorch saves it.
  private func save(_ network: String, of checkpoint: CheckpointFile, as name: String) throws -> String {
    let tensors = try checkpoint.tensors(under: network + ".").map {
      (key: $0.name, value: TorchObject.tensor(try $0.floats(), shape: $0.shape))
    }
    try TorchFileWriter.write(.state(tensors), to: folder.file(name))
    return folder.file(name)
  }

  @Test func officialFilesAreBegunWith() throws {
    let weights = try sample()
    let files = [try save("G_A", of: weights, as: "latest_net_G_A.pth"), try save("G_B", of: weights, as: "x.pth")]
    let result = try train("run", ["--init", files[0], "--init", "G_B=" + files[1]])
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.messages.contains("init:   G_A  from \(files[0]) (24 tensors)"), "\(result.messages)")
    #expect(result.messages.contains("D_A  random: in none of the files"))
    try expect(["G_A", "G_B"], in: "run", like: weights)
    try expect(["D_A", "D_B"], in: "run", like: weights, false)
    // The run remembers, and is a training's from then on.
    let more = try runGanctl(["train", "--resume", folder.file("run"), "--set", "train.steps=2", "--threads", "1"])
    #expect(more.status == 0, "\(more.messages)")
    let shown = try runGanctl(["inspect", folder.file("run")])
    #expect(shown.output.contains("trained, from \(files[0])"), "\(shown.output)")
  }

  @Test func runsAreBegunWithWhereTheyFit() throws {
    #expect(try train("one", []).status == 0)
    let weights = try CheckpointFile(path: folder.file("one/checkpoints/step-000001.safetensors"))
    try write("wide.yaml", model: Self.model.replacing("ndf: 2", with: "ndf: 3"))
    let result = try train("two", ["--init", folder.file("one")], config: "wide.yaml")
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.messages.contains("D_A  random: D_A: model.0.weight: expected shape [3,3,4,4], found [2, 3, 4, 4]"))
    try expect(["G_A", "G_B"], in: "two", like: weights)
    try write("other.yaml", model: "name: cyclegan, generator: resnet_3blocks, ngf: 3, ndf: 3")
    let none = try train("three", ["--init", folder.file("one")], config: "other.yaml")
    #expect(none.status == 4 && none.messages.contains("no network of the model is in"), "\(none.messages)")
    #expect(!FileManager.default.fileExists(atPath: folder.file("three")))
  }

  /// What people try after `import`.
  @Test func importsAreNotResumedButBegunWith() throws {
    let weights = try sample(), imported = folder.file("imported.safetensors")
    let file = try save("G_A", of: weights, as: "latest_net_G_A.pth")
    #expect(try runGanctl(["import", file, "-c", folder.file("cyclegan.yaml"), "-o", imported]).status == 0)
    let resumed = try runGanctl(["train", "--resume", imported])
    #expect(resumed.status == 4 && resumed.messages.contains("train --config FILE --init \(imported)"))
    let begun = try train("run", ["--init", imported])
    #expect(begun.status == 0 && begun.messages.contains("G_B  random: in none of the files"), "\(begun.messages)")
    try expect(["G_A"], in: "run", like: weights)
    let both = try runGanctl(["train", "--resume", folder.file("run"), "--init", imported])
    #expect(both.status == 2 && both.messages.contains("--init cannot be used with --resume"))
  }

  /// A run that ended before its first checkpoint begins with them all the same.
  @Test func theRunRemembers() throws {
    let weights = try sample()
    let file = try save("G_A", of: weights, as: "latest_net_G_A.pth")
    #expect(try train("run", ["--init", file]).status == 0)
    for name in ["checkpoints", "log.jsonl", "timing.jsonl"] {
      try FileManager.default.removeItem(atPath: folder.file("run/" + name))
    }
    let again = try runGanctl(["train", "--resume", folder.file("run"), "--threads", "1"])
    #expect(again.status == 0 && again.messages.contains("G_A  from \(file)"), "\(again.messages)")
    try expect(["G_A"], in: "run", like: weights)
  }

  @Test func networksAreChosenByName() throws {
    #expect(try train("one", []).status == 0)
    let weights = try CheckpointFile(path: folder.file("one/checkpoints/step-000001.safetensors"))
    let result = try train("two", ["--init", folder.file("one"), "--init-networks", "G_A,D_A", "--set", "seed=9"])
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.messages.contains("G_B  random: not named in init_networks"), "\(result.messages)")
    try expect(["G_A", "D_A"], in: "two", like: weights)
    try expect(["G_B", "D_B"], in: "two", like: weights, false)
    let unknown = try train("three", ["--init", folder.file("one"), "--init-networks", "G_A,GB"])
    #expect(unknown.status == 2 && unknown.messages.contains("cyclegan has no network GB"), "\(unknown.messages)")
    #expect(unknown.messages.contains("did you mean G_B?"))
    let file = try save("G_A", of: weights, as: "latest_net_G_A.pth")
    let lacking = try train("three", ["--init", file, "--init-networks", "G_B"])
    #expect(lacking.status == 4 && lacking.messages.contains("there is no network G_B in"), "\(lacking.messages)")
    let nothing = try train("three", ["--init-networks", "G_B"])
    #expect(nothing.status == 2 && nothing.messages.contains("there is nothing to start from"), "\(nothing.messages)")
    #expect(!FileManager.default.fileExists(atPath: folder.file("three")))
  }

  /// Of a run that kept averages, these are what a new one begins with, and what is exported, unless told otherwise.
  @Test func averagesAreBegunWith() throws {
    #expect(try train("one", ["--set", "train.ema=0.9"]).status == 0)
    let weights = try CheckpointFile(path: folder.file("one/checkpoints/step-000001.safetensors"))
    func begun(_ run: String, _ arguments: [String]) throws -> [Float] {
      let result = try train(run, ["--init", folder.file("one")] + arguments)
      #expect(result.status == 0, "\(result.messages)")
      #expect(result.messages.contains(", averaged weights)") == arguments.isEmpty)
      return try first(run).tensor("G_A.model.1.weight").floats()
    }
    let (raw, average) = (
      try weights.tensor("G_A.model.1.weight").floats(), try weights.tensor("ema.G_A.model.1.weight").floats()
    )
    #expect(raw != average)
    #expect(try begun("two", []) == average)
    #expect(try begun("three", ["--init-weights", "raw"]) == raw)
    for (choice, values) in [([], average), (["--weights", "ema"], average), (["--weights", "raw"], raw)] {
      let file = folder.file("G.safetensors")
      #expect(try runGanctl(["export", folder.file("one"), "-o", file] + choice).status == 0)
      #expect(try SafetensorsFile(path: FilePath(file)).tensor("model.1.weight").floats() == values)
    }
    let none = try runGanctl(["export", folder.file("three"), "-o", folder.file("x.safetensors"), "--weights", "ema"])
    #expect(none.status == 2 && none.messages.contains("the checkpoint holds no averages"), "\(none.messages)")
    let refused = try train("four", ["--init", folder.file("three"), "--init-weights", "ema"])
    #expect(refused.status == 2 && refused.messages.contains("train.init_weights: ema"), "\(refused.messages)")
    let shown = try runGanctl(["inspect", folder.file("one")])
    #expect(shown.output.contains("averaged weights") && shown.output.contains("ema G_A"), "\(shown.output)")
  }
}
