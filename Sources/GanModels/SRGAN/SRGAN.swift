import GanBase
import GanNN
import GanTensor

/// SRGAN (Ledig et al. 2017): makes large pictures of small ones. A generator learns to undo a bicubic reduction; a
/// discriminator tells its pictures from sharp ones, so that it invents details where they are lost. Without the
/// discriminator it is SRResNet.
package final class SRGAN: DirectTranslator {
  package static let info = ModelInfo(
    name: "srgan", title: "SRGAN (Ledig et al. 2017)", paper: "arXiv:1609.04802", data: .single, targets: [.aToB],
    discriminatorLosses: [["D_real", "D_fake"]], files: [.of("G", "srgan_G.pth"), .of("D", "srgan_D.pth")])

  package let inputs: ModelInputs
  package let g: SRGANGenerator, d: SRGANDiscriminator
  package private(set) var options: Options
  private let gOptimizer: Optimizer, dOptimizer: Optimizer
  private let vgg: VGGFeatures?

  package static func discriminators(_ options: Options) -> DiscriminatorKind { .scores(middle: 0) }

  /// - Throws: `GanError` (checkpoint) for a file that is no VGG network.
  package init(_ options: Options, _ make: ModelBuilder) throws {
    self.options = options
    g = make.network("G", .pytorch) {
      SRGANGenerator($0, width: options.generatorWidth, blocks: options.blocks, doublings: options.scale.doublings)
    }
    d = make.discriminator("D", .pytorch, pictures: [3]) {
      SRGANDiscriminator($0, size: options.imageSize, width: options.discriminatorWidth)
    }
    gOptimizer = make.optimizer("G", options.optimizer.generator, over: g)
    dOptimizer = make.optimizer("D", options.optimizer.discriminator, over: d)
    vgg = try options.$contentWeight.most > 0 ? VGGFeatures(file: options.weightsFile, make) : nil
    inputs = ModelInputs(
      channels: (3, 3), sizeRule: g.sizeRule, enlargement: options.scale.factor,
      leastTrainingSize: options.imageSize, exactTrainingSize: options.imageSize)
  }

  /// - Parameter batch: A: small pictures; B: the sharp ones.
  package func trainStep(_ batch: TrainingBatch) throws -> Losses {
    options.enter(epoch: batch.place?.epoch)
    let (small, sharp) = try batch.sides()
    let enlarged = g(small, Pass(.batch))
    let ofD = try options.adversarialWeight > 0 ? updateDiscriminator(sharp, enlarged.detached()) : [:]
    var sum = LossSum()
    sum.add("G_MSE", (enlarged - sharp).squared().mean(), weight: options.pixelWeight)
    if options.contentWeight > 0 {
      sum.add("G_VGG", try contentDistance(enlarged, sharp), weight: options.contentWeight)
    }
    if options.adversarialWeight > 0 {
      let loss = AdversarialLoss.vanilla.generator(d(enlarged, Pass(.batch)))
      sum.add("G_GAN", loss, weight: options.adversarialWeight)
    }
    try gOptimizer.minimize(sum.total)
    return sum.terms + ["G": sum.total] + ofD
  }

  private func updateDiscriminator(_ sharp: Tensor, _ enlarged: Tensor) throws -> Losses {
    let real = d(sharp, Pass(.batch)), fake = d(enlarged, Pass(.batch))
    d.judgedReal(real)
    var sum = LossSum()
    sum.add("D_real", AdversarialLoss.vanilla.discriminator(real, isReal: true))
    sum.add("D_fake", AdversarialLoss.vanilla.discriminator(fake, isReal: false))
    try dOptimizer.minimize(sum.total)
    return sum.terms
  }

  /// The VGG loss (equation 5), with features divided by 12.75 as in section 3.2, and the mean over their channels too.
  private func contentDistance(_ enlarged: Tensor, _ sharp: Tensor) throws -> Tensor {
    guard let vgg else {
      throw GanError(.bug, "training with lambda_vgg above 0, but without a reader of vgg_weights")
    }
    let block = options.contentLayer.block, target = Tape.paused { vgg.lastActivation(sharp, block: block) }
    return (vgg.lastActivation(enlarged, block: block) - target).squared().mean() * (1 / (12.75 * 12.75))
  }

  package func network(for target: TranslationTarget) throws -> any Network {
    try require(target)
    return g
  }

  package func samples(_ batch: TrainingBatch, _ pass: Pass) throws -> [Sample] {
    let (small, sharp) = try batch.sides()
    return [Sample("bicubic", small), Sample("output", g(small, pass)), Sample("target", sharp)]
  }
}
