import GanNN
import GanTensor

extension DRITPlusPlus {
  /// A discriminator of pictures with its optimizer.
  package struct Judge {
    package let name: String
    package let network: LabelledDiscriminator
    let optimizer: Optimizer
    private let noise: NoiseSource

    init(_ name: String, _ options: Options, _ make: ModelBuilder) {
      self.name = name
      let networks = options.networks
      network = make.discriminator(name, networks.initialization, pictures: [pictureChannels]) {
        LabelledDiscriminator(
          $0, inputs: pictureChannels, width: networks.discriminatorWidth, layers: options.discriminatorLayers,
          kernel: max(1, options.imageSize >> options.discriminatorLayers), domains: options.domains.names.count,
          isSpectral: networks.isSpectral)
      }
      optimizer = make.optimizer(name, options.training.optimizer.discriminator, over: network)
      noise = make.noise
    }

    /// One step; real pictures are also classified.
    func update(
      real: Tensor, fake: Tensor, _ labels: Tensor, _ adversarial: AdversarialOptions, classWeight: Double
    ) throws -> Losses {
      // The power iteration of spectral norm goes on from one to the other.
      let fakes = network(fake.detached(), Pass(.batch)), reals = network(real, Pass(.batch))
      network.judgedReal(reals.patches)
      let judged = adversarial.discriminator(real: reals.patches, fake: fakes.patches).total
      let penalty = try adversarial.penalty(real: real, fake: fake, noise, "alpha", before: optimizer) {
        [network($0, Pass(.batchWithoutUpdate)).patches]
      }
      let gan = (penalty.map { judged + $0 } ?? judged) * Double(real.shape[0])
      let classification = reals.domains.binaryCrossEntropy(labels)
      try adversarial.minimize(gan + classification * classWeight, with: optimizer)
      return ["\(name)_gan": gan, "\(name)_cls": classification]
    }

    /// What the generator should make small.
    func judge(
      _ fake: Tensor, real: Tensor, _ labels: Tensor, _ adversarial: AdversarialOptions
    ) -> (gan: Tensor, classification: Tensor) {
      let judged = network(fake, Pass(.batch))
      let gan =
        adversarial.generator(judged.patches) { network(real, Pass(.batchWithoutUpdate)).patches }
        * Double(fake.shape[0])
      return (gan, judged.domains.binaryCrossEntropy(labels))
    }
  }
}
