import Foundation
import GanBase
import GanConfig
import GanNN
import GanTensor
import GanTestSupport
import Testing

@testable import GanModels

/// Switches of losses change what they should and nothing else.
@Suite struct LossSwitchTests {
  init() throws { try Engine.start(threads: 2) }

  private struct Trained {
    let model: any ImageTranslator, make: ModelBuilder

    /// The weights of networks whose names begin like that.
    func weights(_ prefixes: [String]) -> [[Float]] {
      make.networks.filter { store in prefixes.contains { store.name.hasPrefix($0) } }
        .flatMap { $0.parameters.map(\.tensor.floats) }
    }

    func step() throws -> [String: Double] {
      let losses = try model.trainStep(RegistryTests.batch(model)).entries
      return Dictionary(losses.map { ($0.name, $0.value.item) }) { first, _ in first }
    }
  }

  private func model(_ name: String, _ options: String...) throws -> Trained {
    var document = ConfigDocument(name: "test")
    for override in (RegistryTests.smallOptions[name] ?? []) + options.map({ "model.\($0)" }) {
      document.override(override)
    }
    let configured = try #require(Registry.model(name)).configure(&document)
    try document.finish()
    let make = ModelBuilder(seed: 1)
    return Trained(model: try configured.make(make), make: make)
  }

  /// Networks that only the discriminators' steps change, and a loss of the generators.
  private static let parts: [(model: String, discriminators: [String], loss: String)] = [
    ("pix2pix", ["D"], "G_L1"), ("cyclegan", ["D_"], "cycle_A"), ("unit", ["dis_"], "gen_cyc_x_a"),
    ("munit", ["dis_"], "gen_recon_x_a"), ("nicegan", ["dis"], "Generator_loss"), ("ugatit", ["dis"], "Generator_loss"),
    ("drit", ["disA", "disB"], "EG_total"), ("dritpp", ["dis1", "dis2"], "EG_total"), ("stargan", ["D"], "G.loss_rec"),
  ]

  @Test(arguments: parts)
  func generatorsAreTrainedInEveryNthStep(_ part: (model: String, discriminators: [String], loss: String)) throws {
    let key = part.model == "stargan" ? "n_critic" : "d_steps"
    let trained = try model(part.model, "\(key)=2")
    let others = trained.make.networks.map(\.name).filter { name in
      !part.discriminators.contains { name.hasPrefix($0) } && name != "disContent"
    }
    var ofD = trained.weights(part.discriminators), ofG = trained.weights(others)
    #expect(trained.model.cycleOfSteps % 2 == 0)
    for step in 1...4 {
      let losses = try trained.step()
      #expect(losses.keys.contains(part.loss) == (step % 2 == 0), "step \(step) logs \(losses.keys.sorted())")
      let (newD, newG) = (trained.weights(part.discriminators), trained.weights(others))
      #expect(newD != ofD && (newG != ofG) == (step % 2 == 0), "step \(step)")
      (ofD, ofG) = (newD, newG)
    }
  }

  /// Before the first step there is nothing else that could differ.
  @Test func smoothedLabelsChangeTheLossOnRealPicturesAlone() throws {
    let plain = try model("pix2pix").step(), smooth = try model("pix2pix", "label_smoothing=0.1").step()
    #expect(plain["D_fake"] == smooth["D_fake"])
    #expect(plain["D_real"] != smooth["D_real"])
  }

  @Test(arguments: ["pix2pix", "cyclegan", "unit", "munit", "drit", "dritpp", "stargan"])
  func wassersteinClipsTheDiscriminatorAlone(_ name: String) throws {
    let part = try #require(Self.parts.first { $0.model == name })
    let mode = ["unit", "munit"].contains(name) ? "gan_type" : "gan_mode"
    let trained = try model(name, "\(mode)=wgan", "clip=0.02", name == "stargan" ? "n_critic=1" : "d_steps=1")
    _ = try trained.step()
    func largest(_ weights: [[Float]]) -> Float { weights.joined().map(abs).max() ?? 0 }
    #expect(largest(trained.weights(part.discriminators)) == 0.02)
    let generators = trained.make.networks.map(\.name).filter { !$0.hasPrefix("D") && !$0.hasPrefix("dis") }
    #expect(largest(trained.weights(generators)) > 0.02)
  }

  /// Every loss of every model that has it: finite, and other weights than without.
  @Test(arguments: parts.map(\.model)) func penaltiesAndRelativisticLossesTrain(_ name: String) throws {
    let isUNIT = ["unit", "munit"].contains(name)
    let mode = isUNIT ? "gan_type=lsgan" : "gan_mode=lsgan"
    let part = try #require(Self.parts.first { $0.model == name })
    func trained(_ switches: String) throws -> [[Float]] {
      let trained = try model(name, mode, switches)
      expectFinite(Array(try trained.step().values), "\(name) \(switches)")
      return trained.weights(part.discriminators)
    }
    let plain = try trained("lambda_gp=10")
    for switches in ["relativistic=true", "gradient_penalty=wgangp", "gradient_penalty=r1", "gradient_penalty=dragan"] {
      #expect(try trained(switches) != plain, "\(name) \(switches)")
    }
  }

  @Test func lazyPenaltiesComeAtTheirInterval() throws {
    let trained = try model("pix2pix", "gradient_penalty=r1", "gp_interval=3")
    let steps = try (0..<5).map { _ in try trained.step().keys.contains("D_GP") }
    #expect(steps == [true, false, false, true, false])
    let often = try model("pix2pix", "gradient_penalty=r1").step(),
      seldom = try model(
        "pix2pix", "gradient_penalty=r1", "gp_interval=4"
      ).step()
    expectClose(try #require(seldom["D_GP"]), 4 * (try #require(often["D_GP"])), relative: 1e-6)
  }

  /// Losses for pairs move the generator and are logged with their weights.
  @Test(arguments: [
    ("lambda_feat", "G_feat"), ("lambda_ssim", "G_SSIM"), ("lambda_gdl", "G_GDL"), ("lambda_ffl", "G_FFL"),
  ])
  func lossesForPairs(_ key: String, _ name: String) throws {
    let plain = try model("pix2pix"), once = try model("pix2pix", "\(key)=1"), twice = try model("pix2pix", "\(key)=2")
    let losses = try plain.step(), first = try once.step(), second = try twice.step()
    let value = try #require(first[name])
    #expect(value > 0 && second[name] == 2 * value && losses[name] == nil)
    for shared in ["D_real", "D_fake", "G_GAN", "G_L1"] { #expect(losses[shared] == first[shared], "\(shared)") }
    expectClose(try #require(first["G"]), try #require(losses["G"]) + value, relative: 1e-5)
    #expect(plain.weights(["D"]) == once.weights(["D"]) && plain.weights(["G"]) != once.weights(["G"]))
  }

  @Test(arguments: [
    ("pix2pix", ["relativistic=true", "gan_mode=wgan"], "relativistic: true does not go with gan_mode: wgan"),
    ("cyclegan", ["label_smoothing=0.1", "gan_mode=hinge"], "label_smoothing does not go with gan_mode: hinge"),
    ("pix2pix", ["label_smoothing=0.1", "relativistic=true"], "label_smoothing does not go with relativistic: true"),
    ("pix2pix", ["clip=0.01"], "clip does not go with gan_mode: vanilla"),
    ("unit", ["clip=0.01", "gan_type=hinge"], "clip does not go with gan_type: hinge"),
    ("pix2pix", ["gan_mode=wgan", "clip=0.1", "gradient_penalty=r1"], "clip and gradient_penalty: r1 bound"),
    ("cyclegan", ["gradient_penalty=r1", "lambda_gp=0"], "gradient_penalty: r1 with lambda_gp: 0 does nothing"),
    ("pix2pix", ["gan_mode=wgangp", "gradient_penalty=dragan"], "gradient_penalty: dragan does not go with"),
    ("stargan", ["gradient_penalty=r1"], "gradient_penalty: r1 does not go with gan_mode: wgangp"),
    ("pix2pix", ["gp_interval=4"], "there is no gradient penalty"),
    ("pix2pix", ["lambda_vgg=1"], "the perceptual distance needs vgg_weights"),
    ("nicegan", ["gan_mode=wgan"], "spectral normalisation"), ("ugatit", ["gan_mode=wgan"], "spectral normalisation"),
    ("drit", ["gan_mode=wgan", "dis_spectral_norm=true"], "dis_spectral_norm: true"),
    ("cyclegan", ["gan_mode=wgan", "spectral_norm=both"], "spectral_norm: both"),
    ("munit", ["gan_type=wgan", "spectral_norm=discriminator"], "gan_type: wgan bounds"),
    ("cyclegan", ["lambda_ssim=1"], "lambda_ssim"), ("stargan", ["d_steps=2"], "d_steps"),
  ])
  func combinationsThatCannotBeAreRefused(_ name: String, _ options: [String], _ message: String) throws {
    var document = ConfigDocument(name: "test")
    for override in (RegistryTests.smallOptions[name] ?? []) + options.map({ "model.\($0)" }) {
      document.override(override)
    }
    _ = try #require(Registry.model(name)).configure(&document)
    let error = #expect(throws: GanError.self) { try document.finish() }
    #expect(error?.code == .usage)
    #expect(error?.diagnostics.contains { $0.message.contains(message) } == true, "\(error.map { "\($0)" } ?? "")")
  }

  /// The number is PyTorch's, in Float64, for weights and pictures from the same formulas.
  @Test func perceptualDistanceOfPairs() throws {
    func wave(_ shape: Shape, _ phase: Double) -> Tensor {
      Tensor((0..<shape.count).map { (index: Int) -> Double in sin(0.7 * Double(index) + phase) * 0.3 }, shape)
    }
    var weights: [String: Tensor] = [:], number = 0
    for (block, depth) in [2, 2, 3, 3, 3].enumerated() {
      for layer in 1...depth {
        let name = "conv\(block + 1)_\(layer)", phase = Double(number)
        weights[name + ".weight"] = wave([4, number == 0 ? 3 : 4, 3, 3], phase)
        weights[name + ".bias"] = wave([4], phase + 0.5)
        number += 1
      }
    }
    let vgg = try VGGFeatures(weights, path: "test", type: .float64)
    func pictures(_ seed: Double) -> Tensor {
      let shape: Shape = [1, 16, 18, 3]
      return Tensor(
        (0..<shape.count).map { (index: Int) -> Double in
          let angle = 0.37 * Double(index) * seed + 0.11 * Double(index % 7)
          return sin(angle) * 0.8
        }, shape)
    }
    let x = pictures(1).variable()
    let distance = vgg.pairDistance(x, pictures(1.7))
    expectClose(distance.item, 31.147897791993426, relative: 1e-9)
    let gradient = try #require(try gradients(of: [distance], withRespectTo: [x])[0])
    expectClose(gradient.squared().sum().item.squareRoot(), 50.826099002859756, relative: 1e-9)
    #expect(vgg.pairDistance(x, pictures(1)).item == 0)
  }
}
