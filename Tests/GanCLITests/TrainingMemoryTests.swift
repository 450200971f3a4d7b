import Foundation
import GanBase
import GanStore
import GanTestSupport
import Testing

/// What a training run says of memory, and what it does where there is too little: it says so before anything is taken.
@Suite(.serialized) struct TrainingMemoryTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for side in ["trainA/a.png", "trainB/a.png", "train/cat/a.png", "train/dog/a.png"] {
      _ = try folder.picture("data/\(side)", 20, 20)
    }
  }

  private func train(
    _ model: String, _ options: [String], mebibytes: Int? = nil, environment: [String: String] = [:]
  ) throws -> ProgramResult {
    let config = folder.file("config.yaml")
    try Data("model: {name: \(model)}\n".utf8).write(to: URL(fileURLWithPath: config))
    let settings = ["data.root=\(folder.file("data"))", "train.epochs=1", "train.decay_epochs=1"] + options
    let arguments = ["train", "--config", config, "--run", folder.file("run"), "--threads", "1"]
    return try run(arguments + settings.flatMap { ["--set", $0] }, mebibytes: mebibytes, environment: environment)
  }

  /// - Parameter mebibytes: of addresses.
  private func run(
    _ arguments: [String], mebibytes: Int? = nil, environment: [String: String] = [:]
  ) throws -> ProgramResult {
    guard let mebibytes else { return try runGanctl(arguments, environment: environment) }
    let script = "ulimit -v \(mebibytes << 10); exec \"$0\" \"$@\""
    return try runProgram("/bin/sh", ["-c", script, try builtProgram()] + arguments, environment: environment)
  }

  // MARK: Right

  /// `566 MiB` after `word` in a text.
  private func mebibytes(after word: String, in text: String) throws -> Double {
    let found = try #require(text.range(of: word), "\(text)")
    let words = text[found.upperBound...].split(separator: " ", maxSplits: 2)
    let value = try #require(Double(words[0]), "\(text)")
    return words[1].hasPrefix("GiB") ? value * 1024 : value
  }

  /// Never below what is taken, and hardly above it.
  @Test(arguments: [
    (
      "cyclegan",
      ["model.generator=resnet_3blocks", "model.ngf=16", "model.ndf=16", "data.crop_size=128", "model.pool_size=4"]
    ),
    ("pix2pix", ["model.ngf=8", "model.ndf=8", "data.crop_size=512", "data.load_size=512", "data.pairs=by_name"]),
    ("munit", ["model.gen_dim=8", "model.dis_dim=8", "data.crop_size=128", "data.load_size=128"]),
    (
      "stargan",
      ["image_size=64", "g_conv_dim=16", "d_conv_dim=16", "d_repeat_num=4", "n_critic=1"].map { "model.\($0)" }
    ),
  ])
  func isWhatIsTaken(_ model: String, _ options: [String]) throws {
    try expectRightNumber(try train(model, options + ["train.steps=6"]), model)
  }

  /// The network behind the scores takes more than a small model.
  @Test func measuringCounts() throws {
    for number in 0..<33 {
      for side in ["valA", "valB"] { _ = try folder.picture("data/\(side)/\(number).png", 20, 20) }
    }
    let options = ["model.generator=resnet_3blocks", "model.ngf=8", "model.ndf=8", "data.crop_size=64"]
    try expectRightNumber(
      try train("cyclegan", options + ["train.sample_count=2", "eval.every=1"]), "cyclegan, measured")
  }

  private func expectRightNumber(_ result: ProgramResult, _ model: String) throws {
    #expect(result.status == 0, "\(result.messages)")
    let told = try mebibytes(after: "memory: about ", in: result.messages)
    let taken = try mebibytes(after: "Peak memory ", in: result.messages)
    #expect(told >= 0.99 * taken, "\(model): told \(told), taken \(taken)")
    #expect(told <= 1.1 * taken + 12, "\(model): told \(told), taken \(taken)")
  }

  /// A limit of addresses that leaves little is enough for a little run.
  @Test func aSmallRunHasRoomInASmallLimit() throws {
    let options = [
      "model.generator=resnet_3blocks", "model.ngf=4", "model.ndf=4", "data.crop_size=64", "data.load_size=64",
      "train.steps=2",
    ]
    let result = try train("cyclegan", options, mebibytes: 340)
    #expect(result.status == 0, "\(result.messages)")
  }

  // MARK: Too little

  private func expectRefusal(_ result: ProgramResult, since start: ContinuousClock.Instant) {
    #expect(ContinuousClock.now - start < .seconds(15))
    #expect(result.status == 5, "\(result.messages)")
    #expect(result.messages.contains(#/a training step needs about [0-9.]+ [GM]iB/#), "\(result.messages)")
    #expect(!folder.has("run/config.yaml"))
  }

  /// Networks whose size is fixed would alone fill any machine.
  @Test(arguments: [
    ("ugatit", ["model.image_size=1024", "model.ch=256"]),
    ("dritpp", ["model.image_size=2048", "model.content_width=512", "model.attr_width=512", "model.dis_width=512"]),
    ("stargan", ["model.image_size=2048", "model.g_conv_dim=512", "model.d_conv_dim=512", "model.d_repeat_num=10"]),
  ])
  func networksThatNoMachineHasRoomForAreRefusedAtOnce(_ model: String, _ options: [String]) throws {
    let start = ContinuousClock.now
    expectRefusal(try train(model, options), since: start)
  }

  @Test func theLimitOfAddressesIsNamed() throws {
    let start = ContinuousClock.now
    let result = try train("cyclegan", [], mebibytes: 1200)
    expectRefusal(result, since: start)
    #expect(result.messages.contains(#/the limit \(ulimit -v or -d\) leaves [0-9]+ MiB \(1 picture of 256x256\)/#))
  }

  @Test func benchAndInitRefuseToo() throws {
    let start = ContinuousClock.now
    let bench = try run(
      ["bench", "step", "--model", "cyclegan", "--batch", "4", "--threads", "1"], mebibytes: 1500)
    expectRefusal(bench, since: start)
    #expect(bench.messages.contains("make --batch or --size smaller"), "\(bench.messages)")
    let config = folder.file("new.yaml")
    let result = try run(
      ["init", "cyclegan", "--data", folder.file("data"), "-o", config, "--size", "512", "--threads", "1"],
      mebibytes: 1500)
    expectRefusal(result, since: start)
    #expect(result.messages.contains("with ganctl init, use --size"), "\(result.messages)")
    #expect(!folder.has("new.yaml"))
  }

  /// A checkpoint of a few bytes may tell of networks that no machine has room for.
  @Test func networksThatAFileOnlyTellsOfTakeNoMemory() throws {
    let checkpoint = folder.file("large.safetensors")
    let config = "model: {name: stargan, domains: [a, b], g_conv_dim: 512, g_repeat_num: 64, d_conv_dim: 512}\n"
    try CheckpointFile.write(
      to: FilePath(checkpoint), tensors: [], metadata: ["config": config, "model": "stargan", "state": "{}"])
    let picture = folder.file("data/trainA/a.png")
    let export = ["export", checkpoint, "-o", folder.file("x.safetensors")]
    for words in [["translate", picture, "--checkpoint", checkpoint], export] {
      let start = ContinuousClock.now
      let result = try run(words, mebibytes: 500)
      #expect(result.status != 0 && result.messages.contains("is missing"), "\(result.messages)")
      #expect(ContinuousClock.now - start < .seconds(10))
    }
    let yaml = folder.file("large.yaml")
    try Data(config.utf8).write(to: URL(fileURLWithPath: yaml))
    let start = ContinuousClock.now
    let result = try run(
      ["import", checkpoint, "--config", yaml, "-o", folder.file("y.safetensors")], mebibytes: 500)
    #expect(result.status == 4, "\(result.messages)")
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  // MARK: Before the networks

  /// Networks of the papers' sizes take half a minute to make here: nobody waits that long for a fault elsewhere.
  @Test(arguments: [
    (3, ["data.root=nowhere"]), (2, ["eval.every=1"]), (4, ["train.init=[nowhere.pth]"]),
    (2, ["train.lr_policy=plateau"]),
  ])
  func faultsAreFoundBeforeTheNetworksAreMade(_ status: Int, _ options: [String]) throws {
    let start = ContinuousClock.now
    let result = try train("cyclegan", options)
    #expect(Int(result.status) == status, "\(result.messages)")
    #expect(ContinuousClock.now - start < .seconds(8))
    #expect(!folder.has("run/config.yaml"))
  }
}
