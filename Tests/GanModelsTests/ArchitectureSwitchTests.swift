import GanBase
import GanConfig
import GanNN
import GanTensor
import GanTestSupport
import Testing

@testable import GanModels

/// Switches of networks change what they should, and nothing else.
@Suite struct ArchitectureSwitchTests {
  init() throws { try Engine.start(threads: 2) }

  private func configured(_ name: String, _ overrides: [String]) throws -> ConfiguredModel {
    var document = ConfigDocument(name: "test")
    let small = RegistryTests.smallOptions[name] ?? []
    for override in small + overrides.map({ "model." + $0 }) { document.override(override) }
    let configured = try #require(Registry.model(name)).configure(&document)
    try document.finish()
    return configured
  }

  private func make(_ name: String, _ overrides: String...) throws -> (model: any ImageTranslator, make: ModelBuilder) {
    let make = ModelBuilder(seed: 1)
    return (try configured(name, overrides).make(make), make)
  }

  private func shapes(_ make: ModelBuilder) -> [String: Shape] {
    Dictionary(uniqueKeysWithValues: make.tensors.map { ($0.name, $0.entry.officialShape) })
  }

  /// That it trains, and translates to pictures of the same size.
  private func expectToWork(_ model: any ImageTranslator, _ make: ModelBuilder, _ what: String) throws {
    for _ in 0..<2 {
      let losses = try model.trainStep(RegistryTests.batch(model))
      expectFinite(losses.entries.map(\.value.item), what)
    }
    for (name, entry) in make.tensors { #expect(entry.tensor.isFinite, "\(what): \(name)") }
    let target = try #require(model.targets.first)
    let y = try Tape.paused { try model.translate(Tensor.zeros([1, 32, 64, 3]), to: target, .evaluation) }
    #expect(y.shape == [1, 32, 64, 3], "\(what)")
  }

  private static func names(with option: String) -> [String] {
    Registry.models.filter { $0.optionKeys.contains(option) }.map(\.info.name)
  }

  static let upsamplingModels = names(with: "upsample")
  /// How many transposed convolutions, or upsamplings, a generator has, and how its network is called.
  private static let doublings = [
    "pix2pix": ("G", 5), "cyclegan": ("G_A", 2), "stargan": ("G", 2), "unit": ("gen_a", 2), "munit": ("gen_a", 2),
    "ugatit": ("genA2B", 2), "nicegan": ("gen2B", 2), "drit": ("gen", 4), "dritpp": ("gen", 2),
    "init": ("gen_a", 2), "dunit": ("gen", 4), "discogan": ("G_AB", 3), "instagan": ("G_A", 4),
  ]

  @Test func listedWhereTheyApply() {
    #expect(Self.upsamplingModels.sorted() == Self.doublings.keys.sorted())
    #expect(Self.names(with: "spectral_norm") == ["pix2pix", "cyclegan", "unit", "munit", "stargan", "init"])
    #expect(Self.names(with: "attention") == ["pix2pix", "cyclegan", "stargan"])
  }

  @Test(arguments: upsamplingModels, UpsamplingKind.allCases)
  func doublingsAlone(_ name: String, _ kind: UpsamplingKind) throws {
    let (_, paper) = try make(name)
    let (model, made) = try make(name, "upsample=\(kind.rawValue)")
    try expectToWork(model, made, "\(name), \(kind)")
    let before = shapes(paper), after = shapes(made)
    #expect(before.keys.sorted() == after.keys.sorted())
    let (network, count) = try #require(Self.doublings[name])
    let usual = try configured(name, []).values.first { $0.key == "upsample" }?.text
    let changed = after.filter { before[$0.key] != $0.value }.keys.filter { $0.hasSuffix("weight") }
    if usual == kind.rawValue || (usual == "nearest" && kind == .bilinear) {
      #expect(changed.isEmpty)
    } else {
      #expect(changed.count { $0.hasPrefix(network + ".") } == count, "\(changed)")
    }
    #expect(after.filter { before[$0.key] != $0.value }.keys.allSatisfy { $0.hasPrefix("G") || $0.hasPrefix("gen") })
  }

  @Test(arguments: ["pix2pix", "cyclegan", "unit", "munit", "stargan", "init"], NetworkSide.allCases)
  func chosenConvolutionsAlone(_ name: String, _ side: NetworkSide) throws {
    let (_, paper) = try make(name)
    let (model, made) = try make(name, "spectral_norm=\(side.rawValue)")
    try expectToWork(model, made, "\(name), \(side)")
    let before = shapes(paper), after = shapes(made)
    func isChosen(_ key: String) -> Bool {
      key.lowercased().hasPrefix("g") ? side.hasGenerator : side.hasDiscriminator
    }
    for (key, shape) in before where shape.rank == 4 {
      #expect((after[key] == nil) == isChosen(key), "\(key)")
      #expect((after[key + "_orig"] == shape) == isChosen(key), "\(key)")
      #expect((after[key + "_u"] != nil && after[key + "_v"] != nil) == isChosen(key), "\(key)")
    }
    let others = before.filter { $0.value.rank != 4 }
    #expect(others.allSatisfy { after[$0.key] == $0.value })
    let convolutions = before.count { $0.value.rank == 4 && isChosen($0.key) }
    #expect(after.count == before.count + 2 * convolutions)
  }

  @Test(arguments: ["pix2pix", "cyclegan", "stargan"], NetworkSide.allCases)
  func attentionIsAdded(_ name: String, _ side: NetworkSide) throws {
    let (usual, paper) = try make(name)
    let (model, made) = try make(name, "attention=\(side.rawValue)", "attention_level=2")
    let before = shapes(paper), after = shapes(made)
    let added = after.filter { before[$0.key] == nil }.keys
    let networks = made.networks.map(\.name).filter {
      $0.hasPrefix("G") ? side.hasGenerator : side.hasDiscriminator
    }
    #expect(
      Set(added)
        == Set(
          networks.flatMap { network in
            ["f.weight", "g.weight", "h.weight", "v.weight", "gamma"].map { "\(network).attention.\($0)" }
          }))
    #expect(before.allSatisfy { after[$0.key] == $0.value })
    // Gamma is 0 at first: the same pictures, to the bit.
    var random = RandomStream(seed: 4)
    let x = Tensor.uniform([1, 32, 32, 3], from: &random), target = try #require(model.targets.first)
    let pictures = try [usual, model].map { model in
      try Tape.paused { try model.translate(x, to: target, Pass(.batchWithoutUpdate)) }.floats
    }
    #expect(pictures[0] == pictures[1])
    try expectToWork(model, made, "\(name), \(side)")
    for (name, entry) in made.tensors where name.hasSuffix("gamma") { #expect(entry.tensor.item != 0, "\(name)") }
  }

  /// Blurs have no parameters; with a ResNet, places in the list are CUT's.
  @Test(arguments: ["pix2pix", "cyclegan"], Antialiasing.allCases)
  func blursAreAdded(_ name: String, _ kind: Antialiasing) throws {
    let (_, paper) = try make(name)
    let (model, made) = try make(name, "antialias=\(kind.rawValue)")
    try expectToWork(model, made, "\(name), \(kind)")
    let (down, up) = (kind == .down || kind == .both, kind == .up || kind == .both)
    let blurs = made.tensors.filter { $0.name.hasSuffix("filt") }
    let generators = name == "pix2pix" ? 1 : 2, halvings = name == "pix2pix" ? 5 : 2
    #expect(blurs.allSatisfy { $0.entry.isConstant })
    #expect(
      blurs.count { $0.name.hasPrefix("G") && $0.entry.officialShape[2] == 3 } == (down ? generators * halvings : 0))
    #expect(
      blurs.count { $0.name.hasPrefix("G") && $0.entry.officialShape[2] == 4 } == (up ? generators * halvings : 0))
    #expect(blurs.count { $0.name.hasPrefix("D") } == (down ? generators * 3 : 0))
    #expect(made.tensors.count - blurs.count == paper.tensors.count)
    if name == "cyclegan", kind == .both {
      let keys = Set(made.tensors.map(\.name).filter { $0.hasPrefix("G_A.model") })
      for key in ["4.weight", "7.filt", "8.weight", "11.filt", "12.conv_block.1.weight", "15.filt", "16.weight"] {
        #expect(keys.contains("G_A.model." + key), "\(key)")
      }
      for key in ["19.filt", "20.weight", "24.weight"] { #expect(keys.contains("G_A.model." + key), "\(key)") }
    }
  }

  @Test(arguments: ["pix2pix", "cyclegan"])
  func discriminatorsOfSeveralScales(_ name: String) throws {
    let (single, paper) = try make(name)
    let (model, made) = try make(name, "num_d=3")
    try expectToWork(model, made, name)
    #expect(single.inputs.leastTrainingSize == 32 && model.inputs.leastTrainingSize == 4 * 31 + 1)
    let (before, after) = (shapes(paper), shapes(made))
    for (key, shape) in before {
      guard key.hasPrefix("D"), let dot = key.firstIndex(of: ".") else {
        #expect(after[key] == shape, "\(key)")
        continue
      }
      for scale in 0..<3 { #expect(after["\(key[..<dot]).scale\(scale)\(key[dot...])"] == shape, "\(key)") }
    }
    #expect(after.count == before.count + 2 * before.count { $0.key.hasPrefix("D") })
  }

  /// Each scale sees the picture at half the size of the one before, and judges it by itself.
  @Test func scalesSeeSmallerPictures() throws {
    let store = TensorStore(
      name: "D", initializer: Initializer(.normal(gain: 0.2), random: RandomStream(seed: 1)))
    let d = ScaledDiscriminator(store.root, count: 2) {
      PatchDiscriminator($0, inputs: 1, width: 2, layers: 1, norm: .none)
    }
    var random = RandomStream(seed: 2)
    let x = Tensor.uniform([1, 33, 33, 1], from: &random)
    let maps = d.scores(x, .evaluation)
    #expect(maps.map(\.shape) == [[1, 14, 14, 1], [1, 6, 6, 1]])
    let own = TensorStore(name: "D", initializer: Initializer(.zero, random: RandomStream(seed: 1)))
    let small = PatchDiscriminator(own.root, inputs: 1, width: 2, layers: 1, norm: .none)
    for entry in own.entries {
      entry.tensor.assign(try #require(store.entries.first { $0.key == "scale1." + entry.key }).tensor)
    }
    let expected = small(x.averagePooled(kernel: 3, stride: 2, padding: 1), .evaluation)
    #expect(maps[1].floats == expected.floats)
  }

  @Test func everythingTogether() throws {
    let (model, made) = try make(
      "pix2pix", "spectral_norm=both", "attention=both", "attention_level=3", "upsample=pixel_shuffle", "norm=layer",
      "gan_mode=wgangp")
    try expectToWork(model, made, "all")
    #expect(made.tensors.contains { $0.name == "D.attention.f.weight_orig" })
  }

  @Test(arguments: [
    ("pix2pix", ["attention=discriminator", "discriminator=pixel"], "the discriminator halves nothing"),
    ("pix2pix", ["attention=both", "attention_level=4"], "attention_level 4: the discriminator has no maps"),
    ("pix2pix", ["attention=generator", "attention_level=5"], "attention_level 5: the generator has no maps"),
    ("cyclegan", ["attention=generator", "attention_level=3"], "attention_level 3: the generator has no maps"),
    ("stargan", ["attention=discriminator", "attention_level=4"], "attention_level 4: the discriminator has no maps"),
    ("pix2pix", ["num_d=2", "discriminator=pixel"], "num_d 2: a pixel discriminator sees single pixels"),
    ("pix2pix", ["antialias=up", "upsample=nearest"], "antialias: up and upsample: nearest both say"),
    ("ugatit", ["spectral_norm=both"], "unknown option \"spectral_norm\""),
  ])
  func misfitsAreRefused(_ name: String, _ overrides: [String], _ message: String) throws {
    let error = #expect(throws: GanError.self) { _ = try configured(name, overrides) }
    #expect(error?.code == .usage && error?.diagnostics.count == 1)
    #expect(error?.diagnostics.first?.message.contains(message) == true, "\(String(describing: error))")
  }

  @Test func departuresAreNamed() throws {
    #expect(try configured("pix2pix", ["norm=instance", "ngf=2", "attention_level=1"]).departures == [])
    #expect(try configured("unit", ["upsample=nearest"]).departures == [])
    #expect(
      try configured("cyclegan", ["norm=layer", "upsample=bilinear", "spectral_norm=both"]).departures
        == ["norm: layer", "upsample: bilinear", "spectral_norm: both"])
  }
}
