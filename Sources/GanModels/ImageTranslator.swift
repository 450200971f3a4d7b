import GanBase
import GanConfig
import GanNN
import GanTensor

/// Which pictures a model learns from.
public enum DataKind: String, CaseIterable, Sendable {
  /// Pairs that show the same thing.
  case aligned
  /// Two folders without pairs.
  case unaligned
  /// A folder per domain.
  case domains
}

/// What is known of a model before one is made.
public struct ModelInfo: Sendable {
  /// As it is written in configurations: lower-case.
  public let name: String
  public let title: String
  public let paper: String
  public let data: DataKind
  public let targets: [TranslationTarget]
}

/// Where a translation leads.
public enum TranslationTarget: String, CaseIterable, Sendable {
  case aToB = "AtoB"
  case bToA = "BtoA"
}

/// Pictures of one training step, `[N,H,W,C]` in [-1,1].
public struct TrainingBatch {
  public var a: Tensor
  public var b: Tensor
  /// nil where there are no epochs.
  public var place: BatchPlace?

  public init(a: Tensor, b: Tensor, place: BatchPlace? = nil) { (self.a, self.b, self.place) = (a, b, place) }
}

/// Where in its epoch a batch is, for models whose steps are not all alike.
public struct BatchPlace: Equatable, Sendable {
  /// From 0.
  public var index: Int
  /// Batches of the epoch, a last one that is not full included.
  public var count: Int

  public init(index: Int, count: Int) { (self.index, self.count) = (index, count) }
}

/// Which batches a model can be trained on.
public struct BatchRule: Equatable, Sendable {
  /// The number of pictures must be a multiple of this.
  public var multiple = 1
  public var least = 1
  /// Whether an epoch's last batch is left out where it is not full.
  public var isFull = false
}

/// The named losses of a step, in the order in which they are shown. Scalars.
public struct Losses: ExpressibleByDictionaryLiteral {
  public private(set) var entries: [(name: String, value: Tensor)]

  public init(dictionaryLiteral elements: (String, Tensor)...) { entries = elements.map { ($0, $1.detached()) } }

  public mutating func append(_ name: String, _ value: Tensor) { entries.append((name, value.detached())) }

  public static func + (a: Losses, b: Losses) -> Losses {
    var all = a
    all.entries += b.entries
    return all
  }
}

/// One picture of a sample row, with the label of its column.
public struct Sample {
  public let label: String
  /// `[N,H,W,C]` in [-1,1].
  public let pictures: Tensor

  public init(_ label: String, _ pictures: Tensor) { (self.label, self.pictures) = (label, pictures) }
}

/// A model: its networks, its training step, and what it does with a picture. Nothing about files, logging,
/// batching or threads is in it.
public protocol ImageTranslator: AnyObject {
  associatedtype Options: Settings
  static var info: ModelInfo { get }

  /// - Parameter make: makes networks and optimizers under names, which are the checkpoint's keys.
  init(_ options: Options, _ make: ModelBuilder) throws

  /// One step of every optimizer on one batch.
  func trainStep(_ batch: TrainingBatch) throws -> Losses

  /// The translation of `[N,H,W,C]` in [-1,1]; sizes follow `sizeRule`.
  /// - Throws: `GanError` (usage) for a target that this model does not have.
  func translate(_ pictures: Tensor, to target: TranslationTarget, _ pass: Pass) throws -> Tensor

  /// The network behind `translate`, as official programs store it.
  func generator(for target: TranslationTarget) throws -> TensorStore

  /// Which translation and further columns a sample row shows.
  func samples(_ batch: TrainingBatch, _ pass: Pass) throws -> [Sample]

  /// How official programs normalise and drop out when they translate.
  var testTimeStatistics: Pass.Statistics { get }
  var hasTestTimeDropout: Bool { get }

  var sizeRule: SizeRule { get }
  /// The least height and width of training pictures, discriminators included.
  var leastTrainingSize: Int { get }
  /// Channels of A and B.
  var channels: (a: Int, b: Int) { get }
  var batchRule: BatchRule { get }
}

extension ImageTranslator {
  public var testTimeStatistics: Pass.Statistics { .running }
  public var hasTestTimeDropout: Bool { false }
  public var batchRule: BatchRule { BatchRule() }

  /// The error for a target that a model does not have.
  func refuse(_ target: TranslationTarget) -> GanError {
    let known = Self.info.targets.map(\.rawValue).joined(separator: ", ")
    return .usage("\(Self.info.name) cannot translate \(target.rawValue)", help: "its directions are: \(known)")
  }
}
