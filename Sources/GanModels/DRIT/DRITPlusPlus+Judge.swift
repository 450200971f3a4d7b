import GanNN
import GanTensor

extension DRITPlusPlus {
  /// A discriminator of pictures with its optimizer.
  package struct Judge {
    package let name: String
    package let network: LabelledDiscriminator
    let optimizer: Optimizer

    init(_ name: String, _ options: Options, _ make: ModelBuilder) {
      self.name = name
      let networks = options.networks
      network = make.network(name, networks.initialization) {
        LabelledDiscriminator(
          $0, inputs: pictureChannels, width: networks.discriminatorWidth, layers: options.discriminatorLayers,
          kernel: max(1, options.imageSize >> options.discriminatorLayers), domains: options.domains.names.count,
          isSpectral: networks.isSpectral)
      }
      optimizer = make.optimizer(name, options.training.optimizer.discriminator, over: network)
    }

    /// One step; real pictures are also classified.
    func update(real: Tensor, fake: Tensor, _ labels: Tensor, classWeight: Double) throws -> Losses {
      // The power iteration of spectral norm goes on from one to the other.
      let fakes = network(fake.detached(), Pass(.batch)), reals = network(real, Pass(.batch))
      let gan =
        (AdversarialLoss.vanilla.discriminator(reals.patches, isReal: true)
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
}
