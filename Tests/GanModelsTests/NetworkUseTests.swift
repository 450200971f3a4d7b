import GanConfig
import GanTensor
import Testing

@testable import GanModels

/// Which networks translations go through, found out by translating.
@Suite struct NetworkUseTests {
  private static let models: [(options: String, plain: [String], style: [String], back: [String])] = [
    ("name: pix2pix, generator: unet_32, ngf: 2, ndf: 2", ["G"], ["G"], ["G"]),
    ("name: cyclegan, generator: resnet_3blocks, ngf: 2, ndf: 2", ["G_A"], ["G_A"], ["G_A", "G_B"]),
    ("name: cut, generator: resnet_4blocks, ngf: 2, ndf: 2", ["G"], ["G"], ["G"]),
    ("name: unit, gen_dim: 2, gen_n_res: 1, dis_dim: 2", ["gen_a", "gen_b"], ["gen_a", "gen_b"], ["gen_a", "gen_b"]),
    (
      "name: munit, gen_dim: 2, gen_n_res: 1, dis_dim: 2", ["gen_a", "gen_b"], ["gen_a", "gen_b"], ["gen_a", "gen_b"]
    ),
    ("name: nicegan, ch: 2, n_res: 1", ["gen2B", "disA"], ["gen2B", "disA"], ["gen2B", "gen2A", "disA", "disB"]),
    ("name: ugatit, ch: 2, n_res: 1, light: true", ["genA2B"], ["genA2B"], ["genA2B", "genB2A"]),
    (
      "name: drit, content_width: 2, attr_width: 2, dis_width: 2", ["enc_c", "gen"], ["enc_c", "enc_a", "gen"],
      ["enc_c", "enc_a", "gen"]
    ),
    (
      "name: dritpp, domains: [x, y], image_size: 216, content_width: 2, attr_width: 2, dis_width: 2",
      ["enc_c", "gen"], ["enc_c", "enc_a", "gen"], ["enc_c", "enc_a", "gen"]
    ),
    ("name: discogan, ngf: 2, ndf: 2", ["G_AB"], ["G_AB"], ["G_AB", "G_BA"]),
    ("name: srgan, image_size: 32, ngf: 2, n_blocks: 1, ndf: 2", ["G"], ["G"], ["G"]),
    (
      "name: init, gen_dim: 2, gen_n_res: 1, dis_dim: 2", ["gen_a", "gen_b"], ["gen_a", "gen_b"], ["gen_a", "gen_b"]
    ),
    (
      "name: dunit, content_width: 2, attr_width: 2, dis_width: 2", ["enc_c", "gen"], ["enc_c", "enc_a", "gen"],
      ["enc_c", "enc_a", "gen"]
    ),
    ("name: stargan, domains: [x, y], image_size: 64, g_conv_dim: 2, d_conv_dim: 2", ["G"], ["G"], ["G"]),
    ("name: instagan, ngf: 2, ndf: 2, n_blocks: 1", ["G_A"], ["G_A"], ["G_A", "G_B"]),
  ]

  @Test(arguments: Registry.names)
  func everyTarget(name: String) throws {
    let expected = try #require(Self.models.first { $0.options.hasPrefix("name: \(name),") })
    var document = try ConfigDocument(text: "model: {\(expected.options)}", name: "test")
    let registered = try #require(Registry.model(name))
    let configured = registered.configure(&document)
    document.ignoreAll(except: "model")
    for isForTraining in [true, false] {
      let builder = ModelBuilder(seed: 1, forTraining: isForTraining)
      let model = try configured.make(builder)
      let target = model.targets[0]
      func used(_ extras: TranslationExtras) throws -> Set<String> {
        // The caller may have switched recording off.
        Set(try Tape.paused { try builder.networks(behind: target, of: model, extras) })
      }
      #expect(try used(TranslationExtras()) == Set(expected.plain))
      #expect(try used(TranslationExtras(hasStyle: true)) == Set(expected.style))
      #expect(try used(TranslationExtras(reconstructs: true)) == Set(expected.back))
    }
  }

  /// With boxes a translation goes through the network that looks at objects, in the direction in which there is one.
  @Test func networksOfObjects() throws {
    var document = ConfigDocument(name: "test")
    for override in RegistryTests.smallOptions["dunit"] ?? [] { document.override(override) }
    let builder = ModelBuilder(seed: 1)
    let model = try #require(Registry.model("dunit")).configure(&document).make(builder)
    for (target, expected) in [(TranslationTarget.aToB, ["enc_c", "gen", "inst_a"]), (.bToA, ["enc_c", "gen"])] {
      let extras = TranslationExtras(hasBoxes: true)
      #expect(try Tape.paused { try builder.networks(behind: target, of: model, extras) } == expected)
    }
    #expect(try builder.translatingNetworks(of: model) == ["enc_c", "enc_a", "gen", "inst_a"])
  }

  /// Every network has its place in an official file, once.
  @Test(arguments: Registry.names)
  func everyNetworkHasAFile(name: String) throws {
    let options = try #require(Self.models.first { $0.options.hasPrefix("name: \(name),") }).options
    var document = try ConfigDocument(text: "model: {\(options)}", name: "test")
    let configured = try #require(Registry.model(name)).configure(&document)
    let builder = ModelBuilder(seed: 1)
    _ = try configured.make(builder)
    let placed = configured.info.files.flatMap(\.parts).map(\.network)
    #expect(placed.sorted() == builder.networks.map(\.name).sorted())
  }
}
