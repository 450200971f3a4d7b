import GanBase
import GanConfig
import GanNN
import GanTensor
import GanTestSupport
import Testing

@testable import GanModels

/// What every registered model must do.
@Suite struct RegistryTests {
  init() throws { try Engine.start(threads: 2) }

  /// The model with the overrides that make it small.
  private func small(_ name: String, seed: UInt64 = 1) throws -> (model: any ImageTranslator, make: ModelBuilder) {
    var document = ConfigDocument(name: "test")
    for override in Self.smallOptions[name] ?? [] { document.override(override) }
    let configured = try #require(Registry.model(name)).configure(&document)
    try document.finish()
    let make = ModelBuilder(seed: seed)
    return (try configured.make(make), make)
  }

  private static let unitOptions = [
    "model.gen_dim=3", "model.gen_n_res=1", "model.dis_dim=3", "model.dis_n_layer=2", "model.dis_num_scales=2",
  ]

  static let smallOptions: [String: [String]] = [
    "pix2pix": ["model.generator=unet_32", "model.ngf=4", "model.ndf=4"],
    "unit": Self.unitOptions,
    "munit": Self.unitOptions + ["model.gen_style_dim=3", "model.gen_mlp_dim=6"],
    "cyclegan": ["model.generator=resnet_3blocks", "model.ngf=4", "model.ndf=4", "model.pool_size=2"],
    "cut": [
      "model.generator=resnet_4blocks", "model.ngf=4", "model.ndf=4", "model.netf_nc=8", "model.num_patches=16",
    ],
    "discogan": ["model.layers=3", "model.ngf=2", "model.ndf=2"],
    "srgan": ["model.image_size=32", "model.ngf=3", "model.n_blocks=1", "model.ndf=2"],
    "drit": [
      "model.content_width=2", "model.attr_width=2", "model.dis_width=2", "model.dis_scale=2", "model.dis_layers=3",
      "model.content_dis_layers=0",
    ],
    "dritpp": [
      "model.domains=[one, two, three]", "model.image_size=32", "model.content_width=2", "model.attr_width=2",
      "model.dis_width=2", "model.dis_layers=3", "model.content_dis_layers=0",
    ],
    "stargan": [
      "model.domains=[one, two, three]", "model.d_repeat_num=3", "model.image_size=32", "model.g_conv_dim=2",
      "model.d_conv_dim=2", "model.g_repeat_num=1", "model.n_critic=1",
    ],
    "instagan": ["model.ngf=3", "model.ndf=3", "model.n_blocks=1", "model.ins_max=2", "model.ins_per=1"],
    "init": Self.unitOptions + [
      "model.gen_style_dim=3", "model.gen_mlp_dim=6", "model.object_size=16", "model.dis_object_scales=1",
    ],
    "dunit": [
      "model.content_width=2", "model.attr_width=2", "model.dis_width=2", "model.dis_scale=2", "model.dis_layers=3",
      "model.content_dis_layers=0", "model.object_size=16", "model.lambda_instance=1",
    ],
    "nicegan": ["model.ch=2", "model.n_res=1"],
    "ugatit": ["model.ch=2", "model.n_res=1", "model.light=true"],
  ]

  /// Of the least size from 32 on that the model can be trained on.
  static func batch(_ model: any ImageTranslator) -> TrainingBatch {
    let multiple = model.inputs.pictureRule.multiple
    let size = (max(32, model.inputs.leastTrainingSize) + multiple - 1) / multiple * multiple
    let side = size / model.inputs.enlargement
    var random = RandomStream(seed: 8)
    let masks = model.inputs.masks, (a, b) = (model.inputs.channels.a + masks, model.inputs.channels.b + masks)
    let pictures = Tensor.uniform([2, side, side, a], from: &random) * 2 - 1
    guard model.domains.isEmpty else {
      let classes = [0, model.domains.count - 1]
      let rows = classes.flatMap { label in model.domains.indices.map { $0 == label ? Float(1) : 0 } }
      return TrainingBatch(pictures, labels: Tensor(rows, [2, model.domains.count]))
    }
    let others = Tensor.uniform([2, size, size, b], from: &random) * 2 - 1
    return TrainingBatch(a: pictures, b: others).assumingBoxes(type(of: model).info.boxes, 2)
  }

  /// Of CycleGAN, whose generators move first: their step does not depend on it.
  @Test func discriminatorsMayHaveARateOfTheirOwn() throws {
    let steps = try ["null", "5e-4", "2e-4"].map { rate -> [[Float]] in
      var document = ConfigDocument(name: "test")
      for override in Self.smallOptions["cyclegan"] ?? [] { document.override(override) }
      document.override("model.learning_rate_d=\(rate)")
      let make = ModelBuilder(seed: 1)
      let model = try #require(Registry.model("cyclegan")).configure(&document).make(make)
      _ = try model.trainStep(Self.batch(model))
      return ["G_A", "G_B", "D_A", "D_B"].map { name in
        make.networks.filter { $0.name == name }.flatMap(\.parameters).flatMap(\.tensor.floats)
      }
    }
    #expect(steps[1].prefix(2) == steps[0].prefix(2) && steps[1][2] != steps[0][2] && steps[1][3] != steps[0][3])
    #expect(steps[2] == steps[0] && !steps[0].contains([]))
  }

  @Test(arguments: Registry.names) func optionsAreSound(_ name: String) throws {
    #expect(try #require(Registry.model(name)).defects() == [])
  }

  @Test(arguments: Registry.names) func aStepMovesEveryNetwork(_ name: String) throws {
    let (model, make) = try small(name)
    let before = make.tensors.filter(\.entry.isParameter).map { $0.entry.tensor.copied() }
    var losses = try model.trainStep(Self.batch(model))
    // Some models train some of their networks in some of the steps alone, such as the first of an epoch.
    var first = Self.batch(model)
    first.place = BatchPlace(index: 0, count: 9)
    losses = losses + (try model.trainStep(first))
    expectFinite(losses.entries.map(\.value.item))
    let after = make.tensors.filter(\.entry.isParameter)
    #expect(!after.isEmpty && after.count == before.count)
    for ((name, entry), old) in zip(after, before) {
      #expect(entry.tensor.isFinite && entry.tensor.floats != old.floats, "\(name) did not move")
    }
  }

  @Test(arguments: Registry.names) func theSameSeedGivesTheSameBits(_ name: String) throws {
    let runs = try (0..<2).map { _ -> [[Float]] in
      let (model, make) = try small(name, seed: 3)
      for _ in 0..<2 { _ = try model.trainStep(Self.batch(model)) }
      return make.tensors.map { $0.entry.tensor.floats }
    }
    #expect(runs[0] == runs[1])
  }

  @Test(arguments: Registry.names) func translationsHaveTheSizeOrAMultiple(_ name: String) throws {
    let (model, _) = try small(name)
    for target in model.targets {
      let x = Tensor.zeros([1, 32, 64, model.inputs.channels.a])
      let y = try Tape.paused { try model.translate(x, to: target, .evaluation) }
      let factor = model.inputs.enlargement
      #expect(y.shape == [1, 32 * factor, 64 * factor, model.inputs.channels.b])
      #expect(try !model.generator(for: target).entries.isEmpty)
    }
  }

  @Test(arguments: Registry.names) func otherTargetsAreUsageErrors(_ name: String) throws {
    let (model, _) = try small(name)
    for target in TranslationTarget.directions + [.domain("nowhere"), .attributes(["no"])]
    where !model.targets.contains(target) {
      let error = #expect(throws: GanError.self) {
        try model.translate(Tensor.zeros([1, 32, 32, 3]), to: target, .evaluation)
      }
      #expect(error?.code == .usage)
    }
  }
}

@Suite struct Pix2PixOptionTests {
  /// Every loss, norm, discriminator and initialisation trains.
  @Test(arguments: AdversarialLoss.allCases, NormKind.allCases) func combinations(
    _ loss: AdversarialLoss, _ norm: NormKind
  ) throws {
    let discriminators = DiscriminatorArchitecture.allCases
    for (index, kind) in InitializationKind.allCases.enumerated() {
      let discriminator = discriminators[index % discriminators.count]
      var options = Pix2Pix.Options()
      options.networks.generator = discriminator == .pixel ? .resnet(blocks: 1) : .unet(levels: 5)
      (options.networks.generatorWidth, options.networks.discriminatorWidth) = (2, 2)
      (options.adversarial.loss, options.networks.norm) = (loss, norm)
      (options.networks.discriminator, options.networks.initKind) = (discriminator, kind)
      let model = try Pix2Pix(options, ModelBuilder(seed: 1))
      var random = RandomStream(seed: 2)
      let pictures = Tensor.uniform([2, 64, 64, 3], from: &random) * 2 - 1
      let losses = try model.trainStep(TrainingBatch(a: pictures, b: -pictures))
      expectFinite(losses.entries.map(\.value.item))
      #expect(losses.entries.contains { $0.name == "D_GP" } == (loss == .wgangp))
    }
  }
}
