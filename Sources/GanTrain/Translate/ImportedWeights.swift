import Foundation
import GanBase
import GanConfig
import GanData
import GanModels
import GanNN
import GanStore
import GanTensor

/// A generator's weights from a file of an official program (a state_dict), put into a model of this one.
public struct ImportedWeights {
  public let path: String
  public let model: ModelConfiguration
  public let target: TranslationTarget
  /// Running statistics that old files hold for norms without any; official programs drop them too.
  public private(set) var dropped: [String] = []
  /// Counters of batches that old files lack; they begin at 0.
  public private(set) var supplied: [String] = []
  private let pairDirection: Direction
  private let builder: ModelBuilder

  /// - Parameters:
  ///   - path: written by `torch.save`, or safetensors.
  ///   - configuration: its section `model` tells what the weights belong to.
  ///   - target: which generator they are; nil for the model's first direction.
  ///   - seed: for the other networks' weights, which are random.
  /// - Throws: `GanError`: (usage) for faults of the configuration, (checkpoint) for a file that cannot be read, or
  ///   naming up to ten tensors that are missing, too many or of another shape.
  public init(file path: String, configuration: String, target: TranslationTarget?, seed: UInt64) throws {
    self.path = path
    var document = try ConfigDocument(file: configuration)
    (model, pairDirection) = try TrainedModel.read(&document)
    builder = ModelBuilder(seed: seed)
    let translator = try model.configured.make(builder)
    self.target = target ?? translator.targets.first ?? .aToB
    let generator = try translator.generator(for: self.target)
    try fill(generator, with: Self.withoutPrefix(WeightFile.tensors(of: path)))
  }

  private mutating func fill(_ generator: TensorStore, with tensors: [StoredTensor]) throws {
    let known = Set(generator.entries.map(\.key))
    let extra = tensors.filter { !known.contains($0.name) }
    dropped = extra.map(\.name).filter(Self.isRunningStatistic)
    var faults = extra.filter { !Self.isRunningStatistic($0.name) }
      .map { Diagnostic("\($0.name) is no tensor of this generator", at: path) }
    let found = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    supplied = generator.buffers.map(\.key).filter { Self.isCounter($0) && found[$0] == nil }
    do {
      try generator.load(from: path, optional: { Self.isCounter($0.key) }) { found[$0] }
    } catch let error as GanError {
      // Of both kinds some, for together they tell which network it is.
      faults = error.diagnostics.prefix(max(5, 10 - faults.count)) + faults
    }
    if let bad = generator.entries.first(where: { !$0.tensor.isFinite }), faults.isEmpty {
      faults.append(Diagnostic("\(bad.key) holds numbers that are not finite", at: path))
    } else if !faults.isEmpty {
      faults = Array(faults.prefix(10))
      faults[faults.count - 1].help =
        "the configuration's section model must describe this network: generator, ngf, norm, dropout and channels"
    }
    guard faults.isEmpty else { throw GanError(.checkpoint, faults) }
  }

  // MARK: Reading

  /// Networks that were wrapped for several GPUs carry the prefix `module.` on every key.
  private static func withoutPrefix(_ tensors: [StoredTensor]) -> [StoredTensor] {
    let prefix = "module."
    guard tensors.allSatisfy({ $0.name.hasPrefix(prefix) }) else { return tensors }
    return tensors.map { tensor in
      var tensor = tensor
      tensor.name.removeFirst(prefix.count)
      return tensor
    }
  }

  private static func isCounter(_ key: String) -> Bool { key.hasSuffix(".num_batches_tracked") }

  private static func isRunningStatistic(_ key: String) -> Bool {
    isCounter(key) || key.hasSuffix(".running_mean") || key.hasSuffix(".running_var")
  }

  // MARK: Writing

  /// Writes a checkpoint for `translate` and `export`. It holds no state of a training, so none can be resumed from it.
  /// - Parameter program: this program's version.
  public func writeCheckpoint(to path: String, program: String) throws {
    let state: JSONValue = [
      "imported": .string((self.path as NSString).lastPathComponent), "direction": .string(target.name), "step": 0,
    ]
    let metadata = [
      ModelMetadata.config: configurationText, ModelMetadata.model: model.configured.info.name,
      ModelMetadata.state: state.encoded, ModelMetadata.program: program,
      ModelMetadata.engine: Engine.kernels,
    ]
    let tensors = builder.tensors.map { TensorSource($0.name, official: $0.entry) }
    try CheckpointFile.write(to: path, tensors: tensors, metadata: metadata)
  }

  private var configurationText: String {
    var writer = ConfigWriter()
    model.write(to: &writer)
    writer.section("data")
    writer.value("direction", pairDirection.rawValue, help: "which side is the model's input; BtoA: B")
    return writer.text
  }
}
