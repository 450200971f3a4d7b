import Foundation
import GanBase
import GanModels
import GanStore
import GanTestSupport
import Testing

/// Files as the official programs write them, of every model, in and out again.
@Suite struct OfficialFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  static let configurations = [
    "pix2pix": SampleModel.pix2pix, "cyclegan": SampleModel.cyclegan, "munit": SampleModel.munit,
    "drit": SampleModel.drit, "dritpp": SampleModel.dritpp,
    "cut": "model: {name: cut, generator: resnet_4blocks, ngf: 2, ndf: 2, netf_nc: 4}",
    "unit": "model: {name: unit, gen_dim: 2, gen_n_res: 1, dis_dim: 2, dis_n_layer: 2}",
    "discogan": "model: {name: discogan, layers: 3, bottleneck: 3, ngf: 2, ndf: 2}",
    "srgan": "model: {name: srgan, scale: 2, image_size: 32, ngf: 3, n_blocks: 1, ndf: 2}",
    "init": """
    model: {name: init, gen_dim: 2, gen_n_res: 1, gen_mlp_dim: 4, dis_dim: 2, dis_n_layer: 2, object_size: 16, \
    dis_object_scales: 1}
    """,
    "dunit": """
    model: {name: dunit, content_width: 2, attr_width: 2, dis_width: 2, dis_layers: 2, content_dis_layers: 0, nz: 3, \
    object_size: 16}
    """,
    "instagan": SampleModel.instagan, "nicegan": "model: {name: nicegan, ch: 2, n_res: 1}",
    "ugatit": "model: {name: ugatit, ch: 2, n_res: 1, light: true}",
    "stargan": """
    model: {name: stargan, domains: [a, b], image_size: 32, g_conv_dim: 2, d_conv_dim: 2, g_repeat_num: 1, \
    d_repeat_num: 3}
    """,
  ]

  private func configuration(_ name: String) throws -> String {
    let path = folder.file("\(name).yaml")
    try Self.configurations[name]?.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  /// A network's state_dict of a checkpoint.
  private func state(_ network: String, _ checkpoint: CheckpointFile) throws -> TorchObject {
    .state(try checkpoint.tensors(under: network + ".").map { ($0.name, .tensor(try $0.floats(), shape: $0.shape)) })
  }

  /// The official files of a model, by its checkpoint, with what programs keep beside weights.
  private func writeFiles(_ name: String, _ checkpoint: String, wrap: (TorchObject) -> TorchObject = { $0 }) throws
    -> [String]
  {
    let weights = try CheckpointFile(path: checkpoint)
    return try #require(Registry.model(name)).info.files.map { file in
      let path = folder.file("official/" + file.name.replacingOccurrences(of: "*", with: "00012000"))
      _ = try folder.makeFolder("official")
      if let part = file.parts.first, part.key == nil {
        try TorchFileWriter.write(wrap(try state(part.network, weights)), to: path)
      } else {
        let moments: TorchObject = .dictionary([("exp_avg", .tensor([1, 2], shape: [2]))])
        let optimizer: TorchObject = .dictionary([("state", .dictionary([("0", moments)]))])
        let parts = try file.parts.map { ($0.key ?? "", wrap(try state($0.network, weights))) }
        try TorchFileWriter.write(.dictionary(parts + [("opt", optimizer), ("epoch", .integer(7))]), to: path)
      }
      return path
    }
  }

  private func expectSame(_ first: String, _ second: String) throws {
    let (a, b) = (try CheckpointFile(path: first), try CheckpointFile(path: second))
    #expect(!a.tensors.isEmpty && a.tensors.map(\.name) == b.tensors.map(\.name))
    for tensor in a.tensors {
      let other = try b.tensor(tensor.name, shape: tensor.shape)
      #expect(try tensor.floats() == other.floats(), "\(tensor.name)")
    }
  }

  /// Discriminators too; and once more by way of what `export` writes of it.
  @Test(arguments: Registry.names)
  func allNetworksAreRead(name: String) throws {
    let config = try configuration(name), original = folder.file("original.safetensors")
    try SampleModel.write(try #require(Self.configurations[name]), to: original)
    let files = try writeFiles(name, original)
    let imported = folder.file("imported.safetensors")
    let result = try runGanctl(["import"] + files + ["-c", config, "-o", imported])
    #expect(result.status == 0 && !result.messages.contains("random"), "\(result.messages)")
    try expectSame(original, imported)
    let summary = try runGanctl(["inspect", imported])
    #expect(summary.output.contains("imported from \((files[0] as NSString).lastPathComponent)"), "\(summary.output)")

    for format in ["safetensors", "pth"] {
      let exported = try runGanctl(["export", imported, "-o", folder.file(format + "/"), "--format", format])
      let written = exported.output.split(separator: "\n").map(String.init)
      #expect(exported.status == 0 && written.count == files.count, "\(exported.messages)")
      let again = folder.file("again.safetensors")
      #expect(try runGanctl(["import"] + written + ["-c", config, "-o", again]).status == 0)
      try expectSame(original, again)
    }
  }

  /// `{"state_dict": {"module....": ...}}` within and without labels.
  @Test(arguments: ["cyclegan", "cut", "unit"])
  func wrappersDoNotMatter(name: String) throws {
    let original = folder.file("original.safetensors"), imported = folder.file("imported.safetensors")
    try SampleModel.write(try #require(Self.configurations[name]), to: original)
    let files = try writeFiles(name, original) { state in
      guard case .state(let entries) = state else { return state }
      return .dictionary([("state_dict", .state(entries.map { ("module." + $0.key, $0.value) }))])
    }
    let result = try runGanctl(["import"] + files + ["-c", try configuration(name), "-o", imported])
    #expect(result.status == 0, "\(result.messages)")
    try expectSame(original, imported)
  }

  /// The filters of CUT's resampling are written, need not be there, and must not be others.
  @Test func constantsAreCompared() throws {
    let original = folder.file("original.safetensors"), imported = folder.file("imported.safetensors")
    try SampleModel.write(try #require(Self.configurations["cut"]), to: original)
    let weights = try CheckpointFile(path: original), config = try configuration("cut")
    let tensors = weights.tensors(under: "G.")
    let filters = tensors.filter { $0.name.hasSuffix(".filt") }.map(\.shape).sorted { $0.description < $1.description }
    #expect(filters == [[4, 1, 3, 3], [4, 1, 4, 4], [8, 1, 3, 3], [8, 1, 4, 4]])
    func importing(_ change: (_ name: String, _ values: [Float]) -> [Float]?) throws -> ProgramResult {
      let entries = try tensors.compactMap { tensor in
        change(tensor.name, try tensor.floats()).map { (tensor.name, TorchObject.tensor($0, shape: tensor.shape)) }
      }
      let file = folder.file("latest_net_G.pth")
      try TorchFileWriter.write(.state(entries), to: file)
      return try runGanctl(["import", file, "-c", config, "-o", imported])
    }
    #expect(try importing { name, values in name.hasSuffix(".filt") ? nil : values }.status == 0)
    let other = try importing { name, values in name == "model.11.filt" ? values.map { $0 * 2 } : values }
    #expect(other.status == 4, "\(other.messages)")
    let message = "model.11.filt is a constant of the network: expected 0.0625, found 0.125"
    #expect(other.messages.contains(message), "\(other.messages)")
  }

  // MARK: Not all of it

  private func importParts(_ name: String, _ networks: [String]) throws -> (result: ProgramResult, path: String) {
    let original = folder.file("original.safetensors"), imported = folder.file("imported.safetensors")
    try SampleModel.write(try #require(Self.configurations[name]), to: original)
    let weights = try CheckpointFile(path: original)
    let file = folder.file("some.pth")
    try TorchFileWriter.write(.dictionary(try networks.map { ($0, try state($0, weights)) }), to: file)
    return (try runGanctl(["import", file, "-c", try configuration(name), "-o", imported]), imported)
  }

  /// Networks without which a model translates nowhere, and what their files are called.
  @Test(arguments: [
    ("unit", ["gen_b"], "gen_a are random", "gen_*.pt"), ("munit", ["gen_b"], "gen_a are random", "gen_*.pt"),
    ("nicegan", ["gen2B", "gen2A"], "disA are random", "*_params_*.pt"),
    ("drit", ["gen"], "enc_c are random", "*.pth"), ("dritpp", ["gen", "enc_a"], "enc_c are random", "*.pth"),
    ("stargan", ["D"], "G are random", "*-G.ckpt"),
  ])
  func halfATranslatorIsRefused(name: String, networks: [String], missing: String, file: String) throws {
    let (result, path) = try importParts(name, networks)
    #expect(result.status == 4 && result.messages.contains("no translation can be made"), "\(result.messages)")
    #expect(result.messages.contains(missing) && result.messages.contains("give the files that hold them: \(file)"))
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func whatRandomNetworksWouldComputeIsRefused() throws {
    let (result, path) = try importParts("cyclegan", ["G_A"])
    #expect(result.status == 0 && result.messages.contains("cannot translate BtoA: the weights of G_B are random"))
    let picture = try folder.picture("in.png", 16, 16)
    func translate(_ options: [String]) throws -> ProgramResult {
      try runGanctl(["translate", "--checkpoint", path, picture, "-o", folder.file("out")] + options)
    }
    #expect(try translate([]).status == 0)
    for options in [["--direction", "BtoA"], ["--reconstruct"]] {
      let refused = try translate(options)
      #expect(refused.status == 4 && refused.messages.contains("latest_net_G_B.pth"), "\(refused.messages)")
    }
    let output = folder.file("x.safetensors")
    #expect(try runGanctl(["export", path, "-o", output]).status == 0)
    for options in [["--direction", "BtoA"], ["--network", "D_A"]] {
      let refused = try runGanctl(["export", path, "-o", folder.file("y.safetensors")] + options)
      #expect(refused.status == 4 && refused.messages.contains("are random"), "\(refused.messages)")
    }
    #expect(!folder.has("y.safetensors"))
    #expect(try runGanctl(["inspect", path]).output.contains("random"))
  }

  /// The style encoder is needed for examples alone, a random discriminator for nothing.
  @Test func onlyWhatIsUsedMustBeThere() throws {
    let (result, path) = try importParts("drit", ["enc_c", "gen"])
    #expect(result.status == 0, "\(result.messages)")
    let picture = try folder.picture("in.png", 32, 32)
    let base = ["translate", "--checkpoint", path, picture, "-o", folder.file("out")]
    #expect(try runGanctl(base + ["--samples", "2"]).status == 0)
    let style = try runGanctl(base + ["--style", picture])
    #expect(style.status == 4 && style.messages.contains("enc_a are random"), "\(style.messages)")
    let exported = try runGanctl(["export", path, "-o", folder.file("x.safetensors")])
    #expect(exported.status == 0 && exported.messages.contains("left out, because the weights are random: enc_a, disA"))
    #expect(try runGanctl(["export", path, "-o", folder.file("x.safetensors"), "--direction", "AtoB"]).status == 2)
  }

  // MARK: Which network a file is

  @Test func namesTell() throws {
    let original = folder.file("original.safetensors"), imported = folder.file("imported.safetensors")
    try SampleModel.write(SampleModel.cyclegan, to: original)
    let config = try configuration("cyclegan"), weights = try CheckpointFile(path: original)
    func write(_ network: String, _ file: String) throws -> String {
      try TorchFileWriter.write(try state(network, weights), to: folder.file(file))
      return folder.file(file)
    }
    func run(_ files: [String], _ more: [String] = []) throws -> ProgramResult {
      try runGanctl(["import"] + files + ["-c", config, "-o", imported] + more)
    }
    let (a, b) = (try write("G_A", "first.pth"), try write("G_B", "second.pth"))
    let untold = try run([a, b])
    #expect(untold.status == 2 && untold.messages.contains("help: write the network before the file: G_A=\(a)"))
    #expect(try run(["G_A=" + a, "G_B=" + b]).status == 0)
    for network in ["G_A", "G_B"] {
      for tensor in weights.tensors(under: network + ".") {
        let found = try CheckpointFile(path: imported).tensor("\(network).\(tensor.name)")
        #expect(try found.floats() == tensor.floats())
      }
    }
    let back = try run([try write("G_B", "netG_B2A.pth")])
    #expect(back.status == 0 && back.messages.contains("G_B: imported from netG_B2A.pth"))
    let twice = try run([try write("G_A", "x_G_A.pth"), try write("G_A", "latest_net_G_A.pth")])
    #expect(twice.status == 2 && twice.messages.contains("so does x_G_A.pth"))
    #expect(try run([a, b], ["--direction", "AtoB"]).status == 2)
    let critic = try run([try write("D_A", "critic.pth")])
    #expect(critic.status == 2 && critic.messages.contains("the weights fit D_A and D_B"))
  }

  /// Checkpoints of earlier versions: runs say nothing of origins, imports name one file and its direction.
  @Test func earlierImportsHoldOneNetwork() throws {
    let content = try SampleModel.content(SampleModel.cyclegan)
    var metadata = content.metadata
    metadata["state"] = #"{"imported":"latest_net_G.pth","direction":"BtoA","step":0}"#
    let path = folder.file("old.safetensors")
    try CheckpointFile.write(to: path, tensors: content.tensors, metadata: metadata)
    let picture = try folder.picture("in.png", 16, 16)
    let base = ["translate", "--checkpoint", path, picture, "-o", folder.file("out")]
    #expect(try runGanctl(base + ["--direction", "BtoA"]).status == 0)
    #expect(try runGanctl(base).status == 4)
    metadata["state"] = "{\"step\":5}"
    try CheckpointFile.write(to: path, tensors: content.tensors, metadata: metadata)
    #expect(try runGanctl(base).status == 0)
  }
}
