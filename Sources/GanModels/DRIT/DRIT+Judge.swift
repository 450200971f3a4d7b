import GanNN
import GanTensor

extension DRIT {
  /// A discriminator of pictures with its optimizer.
  package struct Judge {
    package let network: DRITDiscriminator
    let optimizer: Optimizer

    init(_ name: String, _ options: Options, channels: Int, _ make: ModelBuilder) {
      let networks = options.networks
      network = make.network(name, networks.initialization) {
        DRITDiscriminator(
          $0, inputs: channels, width: networks.discriminatorWidth, layers: options.layers, scales: options.scales,
          isSpectral: networks.isSpectral)
      }
      optimizer = make.optimizer(name, options.training.optimizer.discriminator, over: network)
    }

    private func loss(real: Tensor, fake: Tensor) -> Tensor {
      // The power iteration of spectral norm goes on from one to the other.
      let fakes = network(fake, Pass(.batch)), reals = network(real, Pass(.batch))
      return AdversarialLoss.vanilla.discriminator(real: reals, fake: fakes)
    }

    /// One step on fakes, each against the same real pictures.
    func update(real: Tensor, fakes: [Tensor]) throws -> Tensor {
      let losses = fakes.map { loss(real: real, fake: $0.detached()) }
      let total = losses.dropFirst().reduce(losses[0], +)
      try optimizer.minimize(total)
      return total
    }

    /// What the generator should make small.
    func judge(_ fake: Tensor) -> Tensor { AdversarialLoss.vanilla.generator(network(fake, Pass(.batch))) }
  }
}
