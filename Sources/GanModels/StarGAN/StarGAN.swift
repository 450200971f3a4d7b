import GanBase
import GanNN
import GanTensor

/// StarGAN (Choi et al. 2018): one generator for all domains. It gets a picture and the label of the domain, or the
/// attributes, that the result should have; the discriminator tells real from fake pictures and finds their labels.
package final class StarGAN: LabelledTranslator, CyclicTranslator {
  package static let info = ModelInfo(
    name: "stargan", title: "StarGAN (Choi et al. 2018)", paper: "arXiv:1711.09020", data: .domains,
    learnsAttributes: true, discriminatorLosses: [["D.loss_real", "D.loss_fake"]],
    files: [.of("G", "*-G.ckpt"), .of("D", "*-D.ckpt")])

  package static let pictureChannels = 3

  package let inputs: ModelInputs
  package private(set) var options: Options
  package let g: StarGANGenerator
  package let d: StarGANDiscriminator
  private let gOptimizer: Optimizer, dOptimizer: Optimizer
  private let noise: NoiseSource

  package static func discriminators(_ options: Options) -> DiscriminatorKind { options.adversarial.discriminators }

  /// - Throws: `GanError` (usage) without names of domains.
  package init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    let first = try options.domains.requiredNames(of: Self.info).count, second = options.domains.second.count
    let labels = first + second, channels = Self.pictureChannels
    g = make.network("G", .pytorch) {
      StarGANGenerator(
        $0, channels: channels, labels: labels + (second > 0 ? 2 : 0), width: options.generatorWidth,
        blocks: options.generatorBlocks,
        switches: options.architecture.ofGenerator)
    }
    d = make.discriminator("D", .pytorch, pictures: [channels]) {
      StarGANDiscriminator(
        $0, channels: channels, size: options.imageSize, labels: labels, width: options.discriminatorWidth,
        layers: options.discriminatorLayers, switches: options.architecture.ofDiscriminator)
    }
    gOptimizer = make.optimizer("G", options.method.settings(options.generatorRate), over: g)
    dOptimizer = make.optimizer("D", options.method.settings(options.discriminatorRate), over: d)
    noise = make.noise
    inputs = ModelInputs(
      channels: (channels, channels), sizeRule: g.sizeRule, leastTrainingSize: options.imageSize,
      exactTrainingSize: options.imageSize, secondClasses: second)
  }

  package var cycleOfSteps: Int { options.adversarial.cycleOfSteps }
  package var domains: [String] { options.domains.allNames }

  /// The pictures of one data set with their labels, and with those of what they should become.
  private struct Lesson {
    let source: LabelSource
    let pictures: Tensor, labels: Tensor, targets: Tensor

    /// Of a draw or a loss: those of the second data set have a prefix.
    func name(_ name: String) -> String { (source == .second ? "second." : "") + name }
  }

  /// The discriminator learns in every step, the generator in every `n_critic`th, from the same pictures and labels.
  /// With two data sets both learn from the first one, then from the second.
  package func trainStep(_ batch: TrainingBatch) throws -> Losses {
    options.enter(epoch: batch.place?.epoch)
    var sets: [(LabelSource, Tensor, Tensor)] = []
    let (pictures, labels) = try batch.labelled()
    sets.append((.first, pictures, labels))
    if !options.domains.second.isEmpty {
      guard let second = batch.second else {
        throw GanError(.bug, "a model of two data sets got pictures of one")
      }
      sets.append((.second, second.pictures, second.labels))
    }
    let trainsGenerator = options.adversarial.trainsGenerators(inStep: dOptimizer.steps / sets.count + 1)
    var losses: Losses = [:]
    for (source, pictures, labels) in sets {
      // Each picture is to become what another one of the batch is.
      let order = noise.permutation(source == .second ? "second.rand_idx" : "rand_idx", pictures.shape[0])
      let lesson = Lesson(source: source, pictures: pictures, labels: labels, targets: labels.rows(order))
      losses = try losses + updateDiscriminator(lesson)
      if trainsGenerator { losses = try losses + updateGenerator(lesson) }
    }
    return losses
  }

  private func updateDiscriminator(_ lesson: Lesson) throws -> Losses {
    let pass = Pass(.batch), adversarial = options.adversarial, x = lesson.pictures
    let real = d(x, pass)
    let fake = Tape.paused { g(x, told(lesson.targets, lesson.source), pass) }
    d.judgedReal(real.scores)
    let judged = adversarial.discriminator(real: real.scores, fake: d.scores(fake, pass))
    var sum = LossSum()
    sum.add(lesson.name("D.loss_real"), judged.real)
    sum.add(lesson.name("D.loss_fake"), judged.fake)
    sum.add(
      lesson.name("D.loss_cls"), classification(real.logits, lesson.labels, lesson.source), weight: options.classWeight)
    if let penalty = try adversarial.unweightedPenalty(
      real: x, fake: fake, noise, lesson.name("alpha"), before: dOptimizer, offset: 0, critic: { [d.scores($0, pass)] })
    {
      sum.add(lesson.name("D.loss_gp"), penalty, weight: adversarial.appliedPenaltyWeight)
    }
    try adversarial.minimize(sum.total, with: dOptimizer)
    return sum.terms
  }

  private func updateGenerator(_ lesson: Lesson) throws -> Losses {
    let pass = Pass(.batch), x = lesson.pictures
    let fake = g(x, told(lesson.targets, lesson.source), pass)
    let judged = d(fake, pass)
    var sum = LossSum()
    sum.add(lesson.name("G.loss_fake"), options.adversarial.generator(judged.scores) { d.scores(x, pass) })
    sum.add(
      lesson.name("G.loss_rec"), g(fake, told(lesson.labels, lesson.source), pass).l1(x),
      weight: options.reconstructionWeight)
    sum.add(
      lesson.name("G.loss_cls"), classification(judged.logits, lesson.targets, lesson.source),
      weight: options.classWeight)
    try gOptimizer.minimize(sum.total)
    return sum.terms
  }

  /// How badly the logits of a data set's labels match these.
  private func classification(_ logits: Tensor, _ labels: Tensor, _ source: LabelSource) -> Tensor {
    let first = options.domains.names.count
    let logits =
      options.domains.second.isEmpty
      ? logits : logits.sliced(source == .first ? 0..<first : first..<logits.shape[1], axis: 1)
    switch source == .second ? .classes : options.domains.kind {
    case .classes: return logits.crossEntropy(oneHot: labels)
    case .attributes: return logits.summedBinaryCrossEntropy(labels)
    }
  }

  package func translate(_ pictures: Tensor, to target: TranslationTarget, _ pass: Pass) throws -> Tensor {
    g(pictures, try label(of: target, count: pictures.shape[0], type: pictures.type), pass)
  }

  package func translate(_ pictures: Tensor, label: Tensor, attribute: Tensor?, _ pass: Pass) throws -> Tensor {
    g(pictures, label, pass)
  }

  /// The same for all targets.
  package func generator(for target: TranslationTarget) throws -> TensorStore {
    _ = try label(of: target, count: 1, type: .float32)
    return g.tensors
  }

  // As the official program translates: running statistics are kept, but never used.
  package var testTimeStatistics: Pass.Statistics { .batchWithoutUpdate }
}
