import GanBase
import GanNN
import GanTensor

/// Makes a model's parts under names and keeps them: together they are the model's whole state.
public final class ModelBuilder {
  public private(set) var networks: [TensorStore] = []
  public private(set) var optimizers: [(name: String, optimizer: Adam)] = []
  public private(set) var pools: [(name: String, pool: ImagePool)] = []
  /// Draws of the training step (dropout, latent noise).
  public let noise: NoiseSource
  public let elementType: ElementType
  /// Reads weights of networks that are not trained from a file, in PyTorch's layouts and under its keys; nil where
  /// no step will be trained, for which alone there are such networks.
  public let readWeights: ((_ path: String) throws -> [String: Tensor])?
  /// false: weights begin as zeros and optimizers have nothing to optimize, for a model that is loaded and only used.
  public let isForTraining: Bool
  private let seed: UInt64

  /// Streams of one seed: 0 is the data's, 1 the step's noise, from 16 on one per network or pool.
  public enum Stream {
    public static let noise: UInt64 = 1
    static let firstPart: UInt64 = 16
  }

  public init(
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
  public func network<N>(
    _ name: String, _ initialization: Initialization, _ make: (Scope) throws -> N
  ) rethrows -> (network: N, store: TensorStore) {
    let initializer = Initializer(isForTraining ? initialization : .zero, random: nextStream())
    let store = TensorStore(name: name, initializer: initializer, elementType: elementType)
    let network = try make(store.root)
    networks.append(store)
    return (network, store)
  }

  public func optimizer(_ name: String, _ settings: Adam.Settings, over networks: TensorStore...) -> Adam {
    let optimizer = Adam(settings, over: isForTraining ? networks : [])
    optimizers.append((name, optimizer))
    return optimizer
  }

  public func pool(_ name: String, capacity: Int) -> ImagePool {
    let pool = ImagePool(capacity: capacity, random: nextStream())
    pools.append((name, pool))
    return pool
  }

  private func nextStream() -> RandomStream {
    RandomStream(seed: seed, stream: Stream.firstPart + UInt64(networks.count + pools.count))
  }

  /// Every tensor of every network as `<network>.<key>`.
  public var tensors: [(name: String, entry: NamedTensor)] {
    networks.flatMap { store in store.entries.map { ("\(store.name).\($0.key)", $0) } }
  }
}
