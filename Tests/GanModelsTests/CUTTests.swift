import Foundation
import GanBase
import GanConfig
import GanNN
import GanTensor
import GanTestSupport
import Testing

@testable import GanModels

@Suite struct CUTTests {
  init() throws { try Engine.start(threads: 2) }

  private func options(_ change: (inout CUTOptions) -> Void = { _ in }) -> CUTOptions {
    var options = CUTOptions()
    options.generator = .resnet(blocks: 4)
    (options.networks.generatorWidth, options.networks.discriminatorWidth) = (4, 4)
    (options.embeddingWidth, options.patches) = (8, 16)
    change(&options)
    return options
  }

  private func model(
    _ options: CUTOptions, _ noise: NoiseSource? = nil, type: ElementType = .float32
  ) throws -> CUT {
    try CUT(options, ModelBuilder(seed: 1, noise: noise, elementType: type))
  }

  private func pictures(_ count: Int = 1, height: Int = 32, width: Int = 40, seed: UInt64 = 4) -> Tensor {
    var random = RandomStream(seed: seed)
    return Tensor.uniform([count, height, width, 3], from: &random) * 2 - 1
  }

  /// Counts of the official program.
  @Test(arguments: Antialiasing.allCases) func parameterCounts(kind: Antialiasing) throws {
    var options = CUTOptions()
    options.networks.antialias.kind = kind
    let down = options.networks.antialias.smoothsHalving, up = options.networks.antialias.smoothsDoubling
    let model = try CUT(options, ModelBuilder(seed: 1, forTraining: false))
    #expect(model.g.tensors.parameterCount == 11_378_179)
    #expect(model.d.tensors.parameterCount == 2_764_737)
    #expect(model.f.tensors.parameterCount == 560_384)
    #expect(model.g.tensors.buffers.count == (down ? 2 : 0) + (up ? 2 : 0))
    #expect(model.d.tensors.buffers.count == (down ? 3 : 0))
    for tap in [0, 30 - (down ? 0 : 2) - (up ? 0 : 2)] { #expect(model.g.channels(ofTap: tap) == 3) }
  }

  /// The list without smoothing is CycleGAN's.
  @Test func withoutAntialiasingItIsTheResNet() throws {
    let plain = TensorStore(name: "G", initializer: Initializer(.xavier(gain: 1), random: RandomStream(seed: 5)))
    let tapped = TensorStore(name: "G", initializer: Initializer(.xavier(gain: 1), random: RandomStream(seed: 5)))
    let none = AntialiasOptions()
    let a = ResNetGenerator(plain.root, inputs: 3, outputs: 3, width: 4, blocks: 2, norm: .instance, dropout: false)
    let b = TappedGenerator(tapped.root, channels: 3, width: 4, blocks: 2, norm: .instance, dropout: false, none)
    #expect(plain.entries.map(\.key) == tapped.entries.map(\.key))
    #expect(a(pictures(), .evaluation).floats == b(pictures(), .evaluation).floats)
  }

  @Test func modesDecideWhatIsLeftOpen() {
    var fast = CUTOptions()
    fast.mode = .fastcut
    let (cut, resolved) = (CUTOptions().resolved(), fast.resolved())
    #expect((cut.hasIdentity, cut.flips, cut.contrastWeight?.wrappedValue) == (true, false, 1))
    #expect((resolved.hasIdentity, resolved.flips, resolved.contrastWeight?.wrappedValue) == (false, true, 10))
    #expect(CUT.schedule(of: cut) == TrainingSchedule(epochs: 200, decayEpochs: 200))
    #expect(CUT.schedule(of: fast) == TrainingSchedule(epochs: 150, decayEpochs: 50))
    (fast.hasIdentity, fast.contrastWeight) = (true, Scheduled(wrappedValue: 3))
    #expect(fast.resolved().hasIdentity == true && fast.resolved().contrastWeight?.wrappedValue == 3)
  }

  @Test func whatCannotWorkIsRefused() {
    func problem(_ change: (inout CUTOptions) -> Void) -> String {
      options(change).problems().map(\.message).joined(separator: " ")
    }
    #expect(problem { _ in } == "")
    #expect(problem { $0.taps = [8, 4, 8] }.contains("8 is there more than once"))
    #expect(problem { $0.taps = [0, 27] }.contains("no layer 27"))
    #expect(problem { $0.taps = [0, 26] } == "")
    #expect(problem { $0.generator = .unet("unet_256") }.contains("U-Net"))
    #expect(problem { $0.channels = 2 }.contains("1 or 3"))
  }

  /// A sampled border pixel is that of the padded map, and a mirrored place that of the mirrored map.
  @Test func placesAreThoseOfTheWholeMap() throws {
    let x = pictures(2)
    for border in [0, 3] {
      let map = TappedMap(x, border: border), whole = map.whole
      #expect(whole.shape == [2, 32 + 2 * border, 40 + 2 * border, 3] && map.places == whole.count / 6)
      let places = Array(stride(from: 0, to: map.places, by: 7))
      #expect(map.vectors(at: places, of: 1..<2).floats == whole.pixels(at: places, of: 1..<2).floats)
      #expect(
        map.vectors(at: places, of: 0..<2, isMirrored: true).floats
          == whole.flipped().pixels(at: places, of: 0..<2).floats)
    }
    #expect(x.flipped().flipped().floats == x.floats && x.flipped().floats != x.floats)
    // Row 0 of the padded picture is row 3, column 0 is column 3.
    #expect(TappedMap(x, border: 3).vectors(at: [0], of: 0..<1).floats == x.pixels(at: [3 * 40 + 3], of: 0..<1).floats)
  }

  /// Keys that the translation has met are those of another pass, and both paths give the same losses.
  @Test func keysOfTheTranslationAreThoseOfTheEncoder() throws {
    let model = try model(options { $0.taps = [0, 4, 9, 13, 2] }), pass = Pass(.batch)
    let translations = model.translateAll(pictures(2), pictures(2, seed: 9), pass)
    let contrasts = model.contrasts(translations, pass)
    #expect(model.taps == [0, 2, 4, 9, 13] && contrasts.count == 2 && !translations.areMirrored)
    let separate = CUT.contrastOfEncoder(model, translations, pass)
    for (found, expected) in zip(contrasts, separate) {
      for (a, b) in zip(found.keys, expected) { expectClose(a.doubles, b.doubles, absolute: 1e-5) }
      #expect(found.keys.allSatisfy { !$0.isTracked } && found.queries.allSatisfy(\.isTracked))
    }
  }

  /// Plain arithmetic for the loss of a group, in Float64.
  @Test(arguments: [1, 2], [0.07, 2]) func contrastEqualsThePlainFormula(_ groups: Int, _ temperature: Double) {
    var random = RandomStream(seed: 3)
    let q = Tensor((0..<6 * 5).map { _ in Double(random.uniform(-1, 1)) }, [6, 5])
    let k = Tensor((0..<6 * 5).map { _ in Double(random.uniform(-1, 1)) }, [6, 5])
    let found = PatchContrast.losses(queries: q, keys: k, groups: groups, temperature: temperature)
    let (a, b, size) = (q.doubles, k.doubles, 6 / groups)
    let expected = (0..<6).map { row -> Double in
      func product(_ other: Int) -> Double { (0..<5).reduce(0) { $0 + a[row * 5 + $1] * b[other * 5 + $1] } }
      let first = row / size * size
      let negatives = (first..<first + size).map { $0 == row ? -10 : product($0) }
      let logits = ([product(row)] + negatives).map { $0 / temperature }
      return log(logits.reduce(0) { $0 + exp($1) }) - logits[0]
    }
    expectClose(found.doubles, expected, absolute: 1e-9)
  }

  @Test func vectorsOfZerosHaveGradients() throws {
    let f = try model(options()).f
    let zeros = Tensor.zeros([3, 3]).variable()
    let gradient = try #require(try gradients(of: [f(zeros, tap: 0).sum()], withRespectTo: [zeros])[0])
    #expect(gradient.isFinite)
  }

  /// A mirrored step learns what an unmirrored one would from mirrored pictures, if the places are mirrored too.
  @Test func mirroredStepsCompareTheSamePlaces() throws {
    let a = pictures(), b = pictures(seed: 9)
    let model = try model(options { $0.mode = .fastcut }, FixedNoise(mirrored: true))
    let translations = model.translateAll(a, b, Pass(.batch))
    #expect(translations.areMirrored && translations.count == 1)
    expectClose(translations.pictures(0).doubles, model.g(a.flipped(), Pass(.batch)).doubles, absolute: 1e-6)
    let contrast = model.contrasts(translations, Pass(.batch))[0]
    // The query at a place is the vector of the map mirrored back.
    let map = contrast.maps[1].whole.flipped(), places = translations.places[0][1]
    #expect(map.shape == [1, 32, 40, 8] && places == (0..<16).map { 80 * $0 })
    let expected = model.f(map.pixels(at: places, of: 0..<1), tap: 1)
    expectClose(contrast.queries[1].doubles, expected.doubles, absolute: 1e-6)
    let key = model.g(a, taps: model.taps, onlyTaps: true, Pass(.batch)).maps[1].vectors(at: places, of: 0..<1)
    expectClose(contrast.keys[1].doubles, model.f(key, tap: 1).doubles, absolute: 1e-6)
  }

  /// Against differences in Float64, with the keys as constants: through taps on the picture, on raw convolutions, on
  /// blocks and behind them, and through the translation itself.
  @Test(arguments: [true, false]) func gradientsAreThoseOfTheLoss(mirrored: Bool) throws {
    let model = try model(
      options {
        $0.generator = .resnet(blocks: 1)
        $0.taps = [0, 4, 8, 11, 12, 14]
        ($0.networks.generatorWidth, $0.networks.initGain, $0.embeddingWidth) = (2, 1, 24)
        ($0.hasIdentity, $0.flips) = (true, true)
      }, FixedNoise(mirrored: mirrored), type: .float64)
    // Without biases some vectors would be zero, where the loss has a kink.
    for entry in model.f.tensors.parameters where entry.key.hasSuffix("bias") {
      entry.tensor.assign(Tensor(repeating: 0.2, entry.tensor.shape, type: .float64))
    }
    let a = pictures(height: 16, width: 20).converted(to: .float64)
    let b = pictures(height: 16, width: 20, seed: 9).converted(to: .float64), pass = Pass(.batch)
    let known = model.contrasts(model.translateAll(a, b, pass), pass)
    func loss() -> Double {
      let found = model.contrasts(model.translateAll(a, b, pass), pass)
      return zip(found, known).reduce(0) { sum, pair in
        sum
          + zip(pair.0.queries, pair.1.keys).reduce(0) {
            $0 + PatchContrast.losses(queries: $1.0, keys: $1.1, groups: 1, temperature: 0.07).mean().item / 6
          }
      }
    }
    #expect(abs(loss() - known[0].loss.item - known[1].loss.item) < 1e-12)
    let entries = (model.g.tensors.parameters + model.f.tensors.parameters).filter {
      // Biases before norms that nothing looks at have no influence.
      !["model.1.bias", "model.12.conv_block.1.bias", "model.12.conv_block.5.bias", "model.18.bias"].contains($0.key)
    }
    let found = try gradients(of: [known[0].loss + known[1].loss], withRespectTo: entries.map(\.tensor))
    for (entry, gradient) in zip(entries, found) {
      let values = entry.tensor.doubles, place = values.count / 2
      let sides = [1e-7, -1e-7].map { step -> Double in
        var moved = values
        moved[place] += step
        entry.tensor.assign(Tensor(moved, entry.tensor.shape))
        return loss()
      }
      entry.tensor.assign(Tensor(values, entry.tensor.shape))
      let expected = (sides[0] - sides[1]) / 2e-7, actual = try #require(gradient, "\(entry.key)").doubles[place]
      #expect(abs(actual - expected) < 1e-5 * max(1, abs(expected)), "\(entry.key): \(actual), not \(expected)")
    }
  }

  /// Every loss, norm, kind of discriminator and of resampling trains, and pictures of A and B may differ in size.
  @Test(arguments: NormKind.allCases, [true, false]) func combinations(_ norm: NormKind, _ smooth: Bool) throws {
    for (index, loss) in AdversarialLoss.allCases.enumerated() {
      let discriminators = DiscriminatorArchitecture.allCases
      let model = try model(
        options {
          $0.networks.norm = norm
          $0.networks.dropout = index == 1
          $0.networks.discriminator = discriminators[index % discriminators.count]
          $0.networks.antialias.kind = smooth ? (index == 2 ? .down : .both) : (index == 2 ? .up : .none)
          $0.mode = index % 2 == 0 ? .cut : .fastcut
          $0.sharesNegatives = index == 3
          $0.adversarial.loss = loss
        })
      let b = index == 2 ? pictures(2, height: 48) : pictures(2, seed: 8)
      for _ in 0..<2 {
        let losses = try model.trainStep(TrainingBatch(a: pictures(2), b: b))
        expectFinite(losses.entries.map(\.value.item))
        #expect(losses.entries.contains { $0.name == "NCE_Y" } == (index % 2 == 0))
      }
    }
  }
}

extension CUT {
  /// The unit vectors of the keys by passes of their own.
  fileprivate static func contrastOfEncoder(_ model: CUT, _ translations: Translations, _ pass: Pass) -> [[Tensor]] {
    zip(translations.sources, translations.places).map { source, places in
      let maps = model.g(source, taps: model.taps, onlyTaps: true, pass).maps
      return zip(maps, places).enumerated().map { number, sampled in
        model.f(sampled.0.vectors(at: sampled.1, of: 0..<source.shape[0]), tap: number)
      }
    }
  }
}

/// Mirrors or not, and chooses places at equal distances.
private final class FixedNoise: NoiseSource {
  private let mirrored: Bool
  init(mirrored: Bool) { self.mirrored = mirrored }

  func dropoutMask(_ key: String, _ shape: Shape, p: Double, type: ElementType) -> Tensor {
    Tensor(repeating: 1, shape, type: type)
  }
  func uniform(_ key: String, _ shape: Shape, type: ElementType) -> Tensor {
    Tensor(repeating: mirrored ? 0.9 : 0.1, shape, type: type)
  }
  func normal(_ key: String, _ shape: Shape, type: ElementType) -> Tensor { Tensor.zeros(shape, type: type) }
  func permutation(_ key: String, _ count: Int) -> [Int] { Array(0..<count) }
  func choice(_ key: String, _ count: Int, of all: Int) -> [Int] { (0..<count).map { $0 * all / count } }
}
