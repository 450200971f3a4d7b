import GanNN
import GanTensor

/// DRIT++ (Lee et al. 2020) between any number of domains: as DRIT, with one set of networks for all of them, which are
/// told the domain by its label. A picture's translation goes to the domain of another picture of the batch.
package final class DRITPlusPlus: ImageTranslator {
  package static let info = ModelInfo(
    name: "dritpp", title: "DRIT++ (Lee et al. 2020)", paper: "arXiv:1905.01270", data: .domains,
    roundsLevels: false, discriminatorLosses: [["dis1_gan"], ["dis2_gan"]],
    files: [.of(["enc_c", "enc_a", "gen", "dis1", "dis2", "disContent"], "*.pth")])

  package static let pictureChannels = 3

  package let inputs: ModelInputs
  package private(set) var options: Options
  package let encC: ContentEncoder
  let encA: any AttributeEncoder
  package let gen: any AttributeDecoder
  /// Of translations with the attribute of a picture, and of those with a drawn one.
  package let dis1: Judge, dis2: Judge
  let disContent: ContentDiscriminator
  let noise: NoiseSource
  private let contentOptimizer: Optimizer
  private let optimizers: DRITOptimizers

  /// Those of pictures.
  package static func discriminators(_ options: Options) -> DiscriminatorKind {
    options.training.adversarial.discriminators
  }

  /// - Throws: `GanError` (usage) without names of domains.
  package init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    let networks = options.networks, initial = networks.initialization, channels = Self.pictureChannels
    let count = try options.domains.requiredNames(of: Self.info).count
    (dis1, dis2) = (Judge("dis1", options, make), Judge("dis2", options, make))
    disContent = make.network("disContent", initial) {
      ContentDiscriminator($0, channels: networks.content, halvings: networks.contentHalvings, outputs: count)
    }
    var contentSettings = options.training.contentOptimizer
    // The official program forgets it in its schedule.
    contentSettings.followsSchedule = false
    contentOptimizer = make.optimizer("disContent", contentSettings, over: disContent)
    encC = make.network("enc_c", initial) {
      ContentEncoder($0["conv"], inputs: channels, width: networks.contentWidth, blocks: 4)
    }
    encA = make.network("enc_a", initial) { networks.attributeEncoder($0, inputs: channels + count) }
    gen = make.network("gen", initial) { networks.decoder($0, outputs: channels, domains: count) }
    optimizers = DRITOptimizers(
      options.training.optimizer.generator, make, content: encC, attribute: encA, generator: gen)
    noise = make.noise
    inputs = ModelInputs(
      channels: (channels, channels), sizeRule: networks.sizeRule, leastTrainingSize: options.imageSize,
      exactTrainingSize: options.imageSize,
      // Halves are translated into each other's domains.
      batchRule: BatchRule(multiple: 2, least: 2, dropsIncomplete: true))
  }

  package var cycleOfSteps: Int {
    (options.judgesContents ? options.training.interval : 1) * options.training.adversarial.cycleOfSteps
  }
  package var domains: [String] { options.domains.names }

  package func trainStep(_ batch: TrainingBatch) throws -> Losses {
    options.enter(epoch: batch.place?.epoch)
    let (pictures, labels) = try batch.labelled()
    guard !options.judgesContents || options.training.trainsEverything(at: batch.place) else {
      return try updateContentDiscriminator(Tape.paused { content(pictures) }, labels)
    }
    guard options.training.adversarial.trainsGenerators(inStep: dis1.optimizer.steps + 1) else {
      return try updateDiscriminators(Tape.paused { translations(pictures, labels) }, pictures, labels)
    }
    let t = translations(pictures, labels)
    return try updateDiscriminators(t, pictures, labels) + updateGenerator(t, pictures, labels)
  }

  private func updateDiscriminators(_ t: Translations, _ x: Tensor, _ labels: Tensor) throws -> Losses {
    let game = options.training.adversarial, weight = options.classWeight
    return try dis1.update(real: x, fake: t.fakes, labels, game, classWeight: weight)
      + dis2.update(real: x, fake: t.randoms, labels, game, classWeight: weight)
  }

  private func updateContentDiscriminator(_ content: Tensor, _ labels: Tensor) throws -> Losses {
    let loss = contentScores(content).binaryCrossEntropy(labels)
    try contentOptimizer.minimize(loss, clippingTo: options.training.contentClip)
    return ["disContent": loss]
  }

  /// `[N,domains]`. In the official program the map has one pixel.
  package func contentScores(_ content: Tensor) -> Tensor { disContent(content).globalAverage() }

  private func updateGenerator(_ t: Translations, _ x: Tensor, _ labels: Tensor) throws -> Losses {
    let training = options.training
    var first = LossSum(), second = LossSum()
    if options.judgesContents {
      // A content should look like one of any other domain.
      first.add("gan_content", contentScores(t.content).binaryCrossEntropy(1 - labels))
    }
    let judged = dis1.judge(t.fakes, real: x, labels, training.adversarial)
    let judgedRandom = dis2.judge(t.randoms, real: x, labels, training.adversarial)
    first.add("gan", judged.gan)
    first.add("cls", judged.classification * options.generatorClassWeight)
    first.add("l1_self", t.selves.l1(x) * training.reconstructionWeight)
    first.add("l1_cross", t.recons.l1(x) * training.reconstructionWeight)
    first.add("kl_zc", t.content.squared().mean() * training.contentWeight)
    first.add("kl_za", t.code.divergence * training.klWeight)
    second.add("gan2", judgedRandom.gan)
    second.add("cls2", judgedRandom.classification * options.generatorClassWeight)
    let (foundA, foundB) = t.recoded.mean.halves
    second.add("z_l1", (foundA.l1(t.drawn) + foundB.l1(t.drawn)) * training.latentWeight)
    return try optimizers.minimize(first, then: second)
  }
}
