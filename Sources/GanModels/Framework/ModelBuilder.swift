import GanBase
import GanNN
import GanTensor

/// Makes a model's parts under names and keeps them: together they are the model's whole state.
package final class ModelBuilder {
  package private(set) var networks: [TensorStore] = []
  package private(set) var optimizers: [(name: String, optimizer: Optimizer)] = []
  package private(set) var pools: [(name: String, pool: ImagePool)] = []
  /// Averages of the weights of some of the networks, if the run keeps any.
  package private(set) var averages: WeightAverages?
  /// What is done to all that discriminators see; set before the model is made.
  package var augmentation: DiscriminatorAugmentation?
  /// The stage of training that the model is made for; nil without stages. Set before the model is made.
  package var stage: StagePlace?
  /// Draws of the training step (dropout, latent noise).
  package let noise: NoiseSource
  package let elementType: ElementType
  /// Reads weights of networks that are not trained from a file, in PyTorch's layouts and under its keys; nil if
  /// no step will be trained: only training needs such networks.
  package let readWeights: ((_ path: String) throws -> [String: Tensor])?
  /// false: weights start as zeros and optimizers have no parameters, for a model that is loaded and only used.
  package let isForTraining: Bool
  private let seed: UInt64

  /// Streams of one seed: 0 is the data's, 1 the step's noise, from 16 on one per network or pool.
  package enum Stream {
    package static let noise: UInt64 = 1
    static let firstPart: UInt64 = 16
  }

  package init(
    seed: UInt64, noise: NoiseSource? = nil, elementType: ElementType = .float32, forTraining: Bool = true,
    readWeights: ((_ path: String) throws -> [String: Tensor])? = nil
  ) {
    self.seed = seed
    self.readWeights = readWeights
    self.noise = noise ?? RandomNoise(RandomStream(seed: seed, stream: Stream.noise))
    self.elementType = elementType
    isForTraining = forTraining
  }

  /// A network made by `make` from the root of its keys.
  package func network<N>(
    _ name: String, _ initialization: Initialization, _ make: (Scope) throws -> N
  ) rethrows -> N {
    let initializer = Initializer(isForTraining ? initialization : .zero, random: nextStream())
    let tensors = TensorStore(name: name, initializer: initializer, elementType: elementType)
    let network = try make(tensors.root)
    networks.append(tensors)
    return network
  }

  /// A network that judges pictures.
  /// - Parameter pictures: the channels of each picture that it sees at once.
  package func discriminator<N>(
    _ name: String, _ initialization: Initialization, pictures: [Int], _ make: (Scope) throws -> N
  ) rethrows -> N {
    let network = try network(name, initialization, make)
    networks.last?.augmentation = augmentation.map { ($0, pictures) }
    return network
  }

  /// - Parameter trains: whether it trains a parameter, by its `<network>.<key>`; nil for all.
  package func optimizer(
    _ name: String, _ settings: Optimizer.Settings, over networks: any Module..., trains: ((String) -> Bool)? = nil
  ) -> Optimizer {
    var settings = settings
    settings.learningRate *= stage?.stage.rate ?? 1
    let optimizer = Optimizer(settings, over: isForTraining ? networks.map(\.tensors) : [], where: trains)
    optimizers.append((name, optimizer))
    return optimizer
  }

  package func pool(_ name: String, capacity: Int) -> ImagePool {
    let pool = ImagePool(capacity: capacity, random: nextStream())
    pools.append((name, pool))
    return pool
  }

  /// Keeps averages of the weights of these networks, once all optimizers have been made.
  package func average(_ names: [String], _ rule: WeightAverages.Rule) {
    averages = WeightAverages(
      of: networks.filter { names.contains($0.name) }, rule, optimizers: optimizers.map(\.optimizer))
  }

  private func nextStream() -> RandomStream {
    RandomStream(seed: seed, stream: Stream.firstPart + UInt64(networks.count + pools.count))
  }

  /// Every tensor of every network as `<network>.<key>`.
  package var tensors: [(name: String, entry: NamedTensor)] {
    networks.flatMap { store in store.entries.map { ("\(store.name).\($0.key)", $0) } }
  }
}
