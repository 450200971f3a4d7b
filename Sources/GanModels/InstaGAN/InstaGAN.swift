import GanConfig
import GanNN
import GanTensor

/// InstaGAN (Mo et al. 2019): pictures are translated together with the masks of their instances, whose shapes may
/// change. G_A leads from A to B, G_B back; D_A judges pictures of B, D_B of A. If a picture has many instances, a few are
/// translated at a time, each time in the picture that came out before.
package final class InstaGAN: TwoSidedTranslator {
  package static let info = ModelInfo(
    name: "instagan", title: "InstaGAN (Mo et al. 2019)", paper: "arXiv:1812.10889", data: .unaligned,
    needsMasks: true, targets: [.aToB, .bToA], roundsLevels: false, discriminatorLosses: [["D_A"], ["D_B"]],
    files: ["G_A", "G_B", "D_A", "D_B"].map { .of($0, "latest_net_\($0).pth") })

  /// The authors', for pictures of animals.
  package static let recipe = TrainingRecipe(size: 200, loadSize: 220)

  package let inputs: ModelInputs
  package let gA: SetGenerator, gB: SetGenerator, dA: SetDiscriminator, dB: SetDiscriminator
  package private(set) var options: InstaGANOptions
  let gOptimizer: Optimizer
  /// One each, because a discriminator that has nothing to judge must not move, nor count a step.
  let dAOptimizer: Optimizer, dBOptimizer: Optimizer
  let poolA: ImagePool, poolB: ImagePool
  let noise: NoiseSource

  package init(_ options: InstaGANOptions, _ make: ModelBuilder) throws {
    self.options = options
    let channels = Self.channels, normal = Initialization.normal(gain: 0.02)
    func generator(_ scope: Scope) -> SetGenerator {
      SetGenerator(
        scope, channels: channels, width: options.generatorWidth, blocks: options.blocks,
        upsampling: options.upsampling.kind)
    }
    func discriminator(_ scope: Scope) -> SetDiscriminator {
      SetDiscriminator(scope, channels: channels, width: options.discriminatorWidth)
    }
    gA = make.network("G_A", normal, generator)
    gB = make.network("G_B", normal, generator)
    // The official rule for initial weights does not find those that are spectrally normalised.
    dA = make.network("D_A", .pytorch, discriminator)
    dB = make.network("D_B", .pytorch, discriminator)
    gOptimizer = make.optimizer("G", options.optimizer.generator, over: gA, gB)
    dAOptimizer = make.optimizer("D_A", options.optimizer.discriminator, over: dA)
    dBOptimizer = make.optimizer("D_B", options.optimizer.discriminator, over: dB)
    poolA = make.pool("fake_A", capacity: options.poolSize)
    poolB = make.pool("fake_B", capacity: options.poolSize)
    noise = make.noise
    inputs = ModelInputs(
      channels: (channels, channels), masks: options.instances.most, sizeRule: gA.sizeRule,
      leastTrainingSize: SetDiscriminator.leastSize)
  }

  /// Of pictures, without their masks.
  package static let channels = 3

  package func trainStep(_ batch: TrainingBatch) throws -> Losses { Losses(meansOf: try subSteps(batch)) }

  /// A step for each group of instances.
  /// - Returns: the losses of each, of those directions that have instances left.
  package func subSteps(_ batch: TrainingBatch) throws -> [Losses] {
    options.enter(epoch: batch.place?.epoch)
    let (a, b) = try batch.sides()
    var ofA = selected(a, "perm_A").map(InstanceWork.init), ofB = selected(b, "perm_B").map(InstanceWork.init)
    var losses: [Losses] = []
    for start in stride(from: 0, to: options.instances.most, by: options.instances.atOnce) {
      let group = start..<start + options.instances.atOnce
      for index in ofA.indices { ofA[index].begin(group) }
      for index in ofB.indices { ofB[index].begin(group) }
      guard (ofA + ofB).contains(where: { $0.group != nil }) else { break }
      losses.append(try subStep(&ofA, &ofB))
    }
    return losses
  }

  /// The pictures with the instances that are translated, in their order.
  package func selected(_ pictures: Tensor, _ key: String) -> [InstancePicture] {
    InstancePicture.all(in: pictures, channels: Self.channels).map { picture, _ in
      options.instances.chosen(of: picture) { noise.permutation(key, $0) }
    }
  }

  package func generator(for target: TranslationTarget) throws -> TensorStore {
    try choose(target, aToB: gA, bToA: gB).tensors
  }

  // There is no batch norm; spectral norm belongs to the discriminators.
  package var testTimeStatistics: Pass.Statistics { .batchWithoutUpdate }
}

/// A picture on its way: some instances are translated, others not yet.
struct InstanceWork {
  /// As it was, with all instances that will be translated.
  let original: InstancePicture
  /// With all that was translated so far.
  private var picture: Tensor
  /// The masks that came out, `[K,H,W,1]` each.
  private(set) var translated: [Tensor] = []
  /// What is translated next; nil if nothing is left.
  private(set) var group: InstancePicture?

  init(_ original: InstancePicture) { (self.original, picture) = (original, original.picture) }

  /// Turns to the instances of a range, as far as they are there.
  mutating func begin(_ range: Range<Int>) {
    let rest = range.clamped(to: 0..<original.count)
    group = rest.isEmpty ? nil : InstancePicture(picture, masks: original.group(rest).masks)
  }

  /// Notes the translation of the group.
  mutating func end(with translation: InstancePicture) {
    picture = translation.picture.detached()
    if let masks = translation.masks { translated.append(masks.detached()) }
  }
}

extension Losses {
  /// The mean of each loss over those of the steps that have it.
  init(meansOf steps: [Losses]) {
    self = [:]
    var names: [String] = []
    for name in steps.flatMap(\.entries).map(\.name) where !names.contains(name) { names.append(name) }
    for name in names {
      let values = steps.flatMap(\.entries).filter { $0.name == name }.map(\.value)
      let sum = values.dropFirst().reduce(values[0], +)
      self = self + [name: values.count == 1 ? sum : sum / Double(values.count)]
    }
  }
}
