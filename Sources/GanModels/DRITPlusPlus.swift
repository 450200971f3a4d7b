import GanBase
import GanConfig
import GanNN
import GanTensor

/// DRIT++ (Lee et al. 2020) between any number of domains: as DRIT, with one set of networks for all of them, which are
/// told the domain by its label. A picture's translation goes to the domain of another picture of the batch.
public final class DRITPlusPlus: ImageTranslator {
  public static let info = ModelInfo(
    name: "dritpp", title: "DRIT++ (Lee et al. 2020)", paper: "arXiv:1905.01270", data: .domains)

  static let pictureChannels = 3

  public struct Options: DomainSettings, Equatable, Sendable {
    public var domains = DomainOptions()
    public var imageSize = 216
    public var networks = DRITNetworkOptions()
    public var discriminatorLayers = 6
    public var judgesContents = true
    public var classWeight = 1.0
    public var generatorClassWeight = 5.0
    public var training = DRITTrainingOptions()

    public init() {}

    public static let options: [Option<Options>] =
      Option.all(of: \.domains) + [
        .integer("image_size", \.imageSize, in: 16...2048, "height and width of the pictures to train on")
      ] + Option.all(of: \.networks) + [
        .integer("dis_layers", \.discriminatorLayers, in: 1...10, "layers of stride 2 in the discriminators of pictures"),
        .flag("content_dis", \.judgesContents, "have a discriminator of contents; without it every step trains everything"),
        .number("lambda_cls", \.classWeight, in: 0...1e6, "weight of the classification of real pictures by their domain"),
        .number("lambda_cls_g", \.generatorClassWeight, in: 0...1e6, "weight of the classification of translations"),
      ] + Option.all(of: \.training)

    public func problems() -> [SettingsProblem] {
      var problems = domains.problems() + sizeProblems()
      if domains.kind == .attributes {
        problems.append(
          SettingsProblem("labels", "labels: dritpp needs pictures of one domain each", help: "use folders of pictures"))
      }
      return problems
    }

    private func sizeProblems() -> [SettingsProblem] {
      if imageSize % 4 != 0 {
        return [SettingsProblem("image_size", "image_size: expected a multiple of 4, found \(imageSize)")]
      }
      if imageSize >> discriminatorLayers == 0 {
        let most = imageSize.bitWidth - 1 - imageSize.leadingZeroBitCount
        return [
          SettingsProblem(
            "dis_layers", "dis_layers \(discriminatorLayers) leaves nothing of pictures of \(imageSize)x\(imageSize)",
            help: "use at most \(most) layers")
        ]
      }
      let least = networks.leastJudgedSize
      if judgesContents, imageSize < least {
        return [
          SettingsProblem(
            "content_dis_layers",
            "content_dis_layers \(networks.contentHalvings) need pictures of \(least)x\(least), not \(imageSize)x\(imageSize)",
            help: "use fewer layers, or content_dis: false")
        ]
      }
      return []
    }
  }

  /// A discriminator of pictures with its optimizer.
  struct Judge {
    let name: String
    let network: LabelledDiscriminator
    let optimizer: Adam

    /// One step; real pictures are also classified.
    func update(real: Tensor, fake: Tensor, _ labels: Tensor, classWeight: Double) throws -> Losses {
      // The power iteration of spectral norm goes on from one to the other.
      let fakes = network(fake.detached(), Pass(.batch)), reals = network(real, Pass(.batch))
      let gan = (AdversarialLoss.vanilla.discriminator(reals.patches, isReal: true)
        + AdversarialLoss.vanilla.discriminator(fakes.patches, isReal: false)) * Double(real.shape[0])
      let classification = reals.domains.binaryCrossEntropy(labels)
      try optimizer.minimize(gan + classification * classWeight)
      return ["\(name)_gan": gan, "\(name)_cls": classification]
    }

    /// What the generator should make small.
    func judge(_ fake: Tensor, _ labels: Tensor) -> (gan: Tensor, classification: Tensor) {
      let judged = network(fake, Pass(.batch))
      let gan = AdversarialLoss.vanilla.generator(judged.patches) * Double(fake.shape[0])
      return (gan, judged.domains.binaryCrossEntropy(labels))
    }
  }

  let options: Options
  let encC: ContentEncoder
  let encA: any AttributeEncoder
  let gen: any AttributeDecoder
  /// Of translations with the attribute of a picture, and of those with a drawn one.
  let dis1: Judge, dis2: Judge
  let disContent: ContentDiscriminator
  let generatorStore: TensorStore
  let noise: NoiseSource
  private let contentOptimizer: Adam
  private let optimizers: DRITOptimizers

  /// - Throws: `GanError` (usage) where no domains are named.
  public init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    let networks = options.networks, channels = Self.pictureChannels, count = options.domains.names.count
    guard count > 0 else {
      throw GanError.usage(
        "dritpp needs the names of its domains", help: "name them in the order of labels: model.domains: [a, b, c]")
    }
    let adam = options.training.adam.settings, initial = DRITNetworkOptions.initialization
    func judge(_ name: String) -> Judge {
      let (network, store) = make.network(name, initial) {
        LabelledDiscriminator(
          $0, inputs: channels, width: networks.discriminatorWidth, layers: options.discriminatorLayers,
          kernel: max(1, options.imageSize >> options.discriminatorLayers), domains: count,
          isSpectral: networks.isSpectral)
      }
      return Judge(name: name, network: network, optimizer: make.optimizer(name, adam, over: store))
    }
    (dis1, dis2) = (judge("dis1"), judge("dis2"))
    let content = make.network("disContent", initial) {
      ContentDiscriminator($0, channels: networks.content, halvings: networks.contentHalvings, outputs: count)
    }
    disContent = content.network
    var contentAdam = options.training.contentAdam
    // The official program forgets it in its schedule.
    contentAdam.followsSchedule = false
    contentOptimizer = make.optimizer("disContent", contentAdam, over: content.store)
    let encC = make.network("enc_c", initial) {
      ContentEncoder($0["conv"], inputs: channels, width: networks.contentWidth, blocks: 4)
    }
    let encA = make.network("enc_a", initial) { networks.attributeEncoder($0, inputs: channels + count) }
    let gen = make.network("gen", initial) { networks.decoder($0, outputs: channels, domains: count) }
    (self.encC, self.encA, self.gen, generatorStore) = (encC.network, encA.network, gen.network, gen.store)
    optimizers = DRITOptimizers(
      content: make.optimizer("enc_c", adam, over: encC.store),
      attribute: make.optimizer("enc_a", adam, over: encA.store),
      generator: make.optimizer("gen", adam, over: gen.store))
    noise = make.noise
  }

  public var channels: (a: Int, b: Int) { (Self.pictureChannels, Self.pictureChannels) }
  public var sizeRule: SizeRule { options.networks.sizeRule }
  public var leastTrainingSize: Int { options.imageSize }
  public var exactTrainingSize: Int? { options.imageSize }
  /// Halves are translated into each other's domains.
  public var batchRule: BatchRule { BatchRule(multiple: 2, least: 2, isFull: true) }
  public var domains: [String] { options.domains.names }

  public func trainStep(_ batch: TrainingBatch) throws -> Losses {
    let pictures = batch.a, labels = try batch.requiredLabels()
    guard !options.judgesContents || options.training.isFull(batch.place) else {
      return try updateContentDiscriminator(Tape.paused { content(pictures) }, labels)
    }
    let t = translations(pictures, labels)
    let weight = options.classWeight
    let losses =
      try dis1.update(real: pictures, fake: t.fakes, labels, classWeight: weight)
      + dis2.update(real: pictures, fake: t.randoms, labels, classWeight: weight)
    return try losses + updateGenerator(t, pictures, labels)
  }

  private func updateContentDiscriminator(_ content: Tensor, _ labels: Tensor) throws -> Losses {
    let loss = contentScores(content).binaryCrossEntropy(labels)
    try contentOptimizer.minimize(loss, clippingTo: options.training.contentClip)
    return ["disContent": loss]
  }

  /// `[N,domains]`. In the official program the map has one pixel.
  func contentScores(_ content: Tensor) -> Tensor { disContent(content).globalAverage() }

  private func updateGenerator(_ t: Translations, _ x: Tensor, _ labels: Tensor) throws -> Losses {
    let training = options.training
    var first = LossSum("EG_total"), second = LossSum("Galone_total")
    if options.judgesContents {
      // A content should look like one of any other domain.
      first.add("gan_content", contentScores(t.content).binaryCrossEntropy(1 - labels))
    }
    let judged = dis1.judge(t.fakes, labels), judgedRandom = dis2.judge(t.randoms, labels)
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
    return try optimizers.minimize(first, then: second, type: x.type)
  }
}
