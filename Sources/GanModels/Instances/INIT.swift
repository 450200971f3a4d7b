import GanBase
import GanConfig
import GanNN
import GanTensor

/// Instance-level image-to-image translation (Shen et al. 2019): MUNIT that also learns from single objects, which boxes
/// show in training. The same autoencoders take whole pictures, objects, and backgrounds; a coarse style, of a picture
/// or its background, may dress an object, but never an object's style a picture. Translations need no boxes.
///
/// The authors have published neither program nor numbers; where their text leaves it open, docs/models.md says what
/// this does.
package final class INIT: StyleTranslator {
  package static let info = ModelInfo(
    name: "init", title: "INIT (Shen et al. 2019)", paper: "arXiv:1905.01744", data: .unaligned, boxes: .both,
    targets: [.aToB, .bToA], discriminatorLosses: MUNIT.info.discriminatorLosses,
    files: ["gen", "dis", "disobj"].map { .ofBothDomains($0) })

  package let inputs: ModelInputs
  package let gen: DomainGenerators<MUNITGenerator>
  /// Of pictures, and of objects.
  package let discriminators: DomainDiscriminators, objectDiscriminators: DomainDiscriminators
  package private(set) var options: Options
  package var pictureOptions: MUNIT.Options { options.pictures }
  package let perceptual: PerceptualLoss
  package let noise: NoiseSource

  package static func discriminators(_ options: Options) -> DiscriminatorKind {
    MUNIT.discriminators(options.pictures)
  }

  package init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    let pictures = options.pictures, networks = pictures.networks, channels = pictures.channels.both
    gen = DomainGenerators(networks, channels: channels, pictures.optimizer, make) {
      MUNITGenerator($0, channels: $1, networks.plan, styleSize: pictures.styleSize, mlpWidth: pictures.mlpWidth)
    }
    discriminators = DomainDiscriminators(networks, channels: channels, pictures.optimizer, make)
    objectDiscriminators = DomainDiscriminators(
      options.objectNetworks, channels: channels, pictures.optimizer, make, name: "disobj")
    perceptual = try PerceptualLoss(pictures.perceptual, make)
    noise = make.noise
    let sizeRule = networks.plan.sizeRule
    inputs = ModelInputs(
      channels: channels, sizeRule: sizeRule,
      leastTrainingSize: max(discriminators.leastSize, sizeRule.least, MUNITGenerator.leastStyleSize))
  }

  package var cycleOfSteps: Int {
    pictureOptions.game.adversarial.cycleOfSteps * (options.globalStyle == .alternate ? 2 : 1)
  }

  package func trainStep(_ batch: TrainingBatch) throws -> Losses {
    options.enter(epoch: batch.place?.epoch)
    let real = try batch.sides(), game = pictureOptions.game.adversarial
    let contents = contents(of: real), objects = objects(of: batch, real)
    let fake = Tape.paused { fakes(contents, styles("dis", of: real, contents)) }
    var losses = try discriminators.update(real: real, fake: fake, game, weight: pictureOptions.ganWeight)
    let trainsGenerators = game.trainsGenerators(inStep: discriminators.steps)
    // The generators change only at the end, so that the same translations of objects serve both steps.
    let made = objects.map { objects in
      trainsGenerators ? translations(of: objects, real) : Tape.paused { translations(of: objects, real) }
    }
    if let objects, let made {
      losses =
        try losses
        + objectDiscriminators.update(
          real: objects.crops, fakes: made.fakes.map { ($0.a.detached(), $0.b.detached()) }, game,
          weight: pictureOptions.ganWeight)
    }
    guard trainsGenerators else { return losses }
    return try losses + updateGenerators(real, contents, objects, made)
  }

  private func updateGenerators(
    _ real: (a: Tensor, b: Tensor), _ contents: (a: Tensor, b: Tensor), _ objects: Objects?, _ made: ObjectTranslations?
  ) throws -> Losses {
    let t = translations(contents, styles("gen", of: real, contents), ownStyles: ownStyles(of: real))
    let adv = discriminators.judge((t.fakeA, t.fakeB), real: real, pictureOptions.game.adversarial)
    var sum = LossSum()
    try addPictureLosses(t, real: real, contents, adv, to: &sum)
    if let objects, let made { addObjectLosses(made, of: objects, to: &sum) }
    try gen.optimizer.minimize(sum.total)
    return sum.terms + ["gen_total": sum.total]
  }

  /// The styles that pictures are translated with: drawn, or in every second step of the generators those of the
  /// pictures of the other side.
  package func styles(
    _ phase: String, of real: (a: Tensor, b: Tensor), _ contents: (a: Tensor, b: Tensor)
  ) -> (a: Tensor, b: Tensor) {
    let isDrawn = options.globalStyle == .random || gen.optimizer.steps % 2 == 0
    return isDrawn ? randomStyles(phase, for: contents) : ownStyles(of: real)
  }

  package static func options(fitting size: Int) -> Options {
    var options = Options()
    options.pictures = MUNIT.options(fitting: size)
    options.objectSize = min(options.objectSize, max(32, size / 2))
    options.objectScales = min(options.objectScales, judgedScales(options.objectSize))
    return options
  }
}
