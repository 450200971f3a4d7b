import GanNN
import GanTensor

extension DRIT {
  /// A discriminator of pictures with its optimizer.
  package struct Judge {
    package let network: DRITDiscriminator
    let optimizer: Optimizer
    private let noise: NoiseSource

    init(_ name: String, _ options: Options, channels: Int, _ make: ModelBuilder) {
      let networks = options.networks
      network = make.discriminator(name, networks.initialization, pictures: [channels]) {
        DRITDiscriminator(
          $0, inputs: channels, width: networks.discriminatorWidth, layers: options.layers, scales: options.scales,
          isSpectral: networks.isSpectral)
      }
      optimizer = make.optimizer(name, options.training.optimizer.discriminator, over: network)
      noise = make.noise
    }

    private func loss(real: Tensor, fake: Tensor, _ adversarial: AdversarialOptions) -> Tensor {
      // The power iteration of spectral norm goes on from one to the other.
      let fakes = network(fake, Pass(.batch)), reals = network(real, Pass(.batch))
      network.judgedReal(reals)
      return adversarial.discriminator(real: reals, fake: fakes).total
    }

    /// One step on fakes, each against the same real pictures. A gradient penalty takes the first of them.
    func update(real: Tensor, fakes: [Tensor], _ adversarial: AdversarialOptions) throws -> Tensor {
      let losses = fakes.map { loss(real: real, fake: $0.detached(), adversarial) }
      let judged = losses.dropFirst().reduce(losses[0], +)
      let penalty = try adversarial.penalty(
        real: real, fake: fakes[0], noise, "alpha", before: optimizer
      ) { network($0, Pass(.batchWithoutUpdate)) }
      let total = penalty.map { judged + $0 } ?? judged
      try adversarial.minimize(total, with: optimizer)
      return total
    }

    /// What the generator should make small.
    func judge(_ fake: Tensor, real: Tensor, _ adversarial: AdversarialOptions) -> Tensor {
      adversarial.generator(network(fake, Pass(.batch))) { network(real, Pass(.batchWithoutUpdate)) }
    }
  }
}
