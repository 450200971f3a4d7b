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
  /// Pictures with labels: a folder per domain, or a list of attributes.
  case domains

}

/// What is known of a model before one is made.
public struct ModelInfo: Sendable {
  /// As it is written in configurations: lower-case.
  public let name: String
  public let title: String
  public let paper: String
  public let data: DataKind
  /// Whether labels may be attributes, of which a picture has any number.
  public let learnsAttributes: Bool
  /// Of every model of this kind; where they depend on its domains, `ImageTranslator.targets` tells them.
  public let targets: [TranslationTarget]
  /// Whether the official program rounds levels when it writes pictures; otherwise it cuts their fraction.
  public let roundsLevels: Bool
  /// Where the official program keeps its networks, those that translate first.
  public let files: [OfficialFile]

  public init(
    name: String, title: String, paper: String, data: DataKind, learnsAttributes: Bool = false,
    targets: [TranslationTarget] = [], roundsLevels: Bool = true, files: [OfficialFile]
  ) {
    (self.name, self.title, self.paper, self.data, self.targets) = (name, title, paper, data, targets)
    (self.learnsAttributes, self.roundsLevels, self.files) = (learnsAttributes, roundsLevels, files)
  }

  /// What follows "learns from".
  public var pictures: String {
    switch data {
    case .aligned: "pairs of pictures"
    case .unaligned: "two folders of pictures without pairs"
    case .domains: "pictures with labels: a folder per domain" + (learnsAttributes ? ", or a list of attributes" : "")
    }
  }

  /// The official file that holds a network.
  public func file(of network: String) -> OfficialFile? {
    files.first { $0.parts.contains { $0.network == network } }
  }
}

/// Pictures of one training step, `[N,H,W,C]` in [-1,1].
public struct TrainingBatch {
  public var a: Tensor
  /// Where pictures have labels instead of a second side, the same as `a`.
  public var b: Tensor
  /// `[N,D]` over the model's domains, 0 or 1: one 1 for the domain of each picture of `a`, or one for each of its
  /// attributes. nil for models of two sides.
  public var labels: Tensor?

  /// nil where there are no epochs.
  public var place: BatchPlace?

  public init(a: Tensor, b: Tensor) { (self.a, self.b) = (a, b) }

  public init(_ pictures: Tensor, labels: Tensor) { (a, b, self.labels) = (pictures, pictures, labels) }

  /// - Throws: `GanError` (bug) where there are no labels, for models that need them.
  package func requiredLabels() throws -> Tensor {
    guard let labels else { throw GanError(.bug, "pictures without labels reached a model of domains") }
    return labels
  }
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

  /// What a batch must be.
  public var words: String { multiple == 1 ? "at least \(least)" : "a multiple of \(multiple)" }
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
public protocol ImageTranslator: AnyObject, SendableMetatype {
  associatedtype Options: Settings
  static var info: ModelInfo { get }

  /// What a configuration for new pictures begins with.
  static var recipe: TrainingRecipe { get }
  /// The options for training pictures of that height and width: the paper's, but for what the size makes impossible.
  static func options(fitting size: Int) -> Options

  /// - Parameter make: makes networks and optimizers under names, which are the checkpoint's keys.
  init(_ options: Options, _ make: ModelBuilder) throws

  /// One step of every optimizer on one batch.
  func trainStep(_ batch: TrainingBatch) throws -> Losses

  /// The translation of `[N,H,W,C]` in [-1,1]; sizes follow `sizeRule`.
  /// - Throws: `GanError` (usage) for a target that this model does not have.
  func translate(_ pictures: Tensor, to target: TranslationTarget, _ pass: Pass) throws -> Tensor

  /// Where it can translate to, the usual one first. Models of attributes also translate to several at once.
  var targets: [TranslationTarget] { get }

  /// What `TrainingBatch.labels` and translations are about; empty for models of two sides.
  var domains: [String] { get }

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
  /// The one height and width of training pictures; nil where it is free.
  var exactTrainingSize: Int? { get }
  /// Channels of A and B.
  var channels: (a: Int, b: Int) { get }
  var batchRule: BatchRule { get }
  /// Steps until the work of a step repeats, for models whose steps are not all alike.
  var cycleOfSteps: Int { get }
}

extension ImageTranslator {
  public var testTimeStatistics: Pass.Statistics { .running }
  public var hasTestTimeDropout: Bool { false }
  public var batchRule: BatchRule { BatchRule() }
  public var cycleOfSteps: Int { 1 }
  public var exactTrainingSize: Int? { nil }
  public var targets: [TranslationTarget] { Self.info.targets }
  public var domains: [String] { [] }

  /// - Throws: `GanError` (usage) for a target that the model does not have.
  func require(_ target: TranslationTarget) throws {
    guard targets.contains(target) else { throw refuse(target) }
  }

  /// The error for a target that a model does not have.
  func refuse(_ target: TranslationTarget) -> GanError {
    let known = targets.map(\.name).joined(separator: ", ")
    let help =
      Self.info.data == .domains
      ? "it has no directions but domains, for --domain: \(known)" : "its directions are: \(known)"
    return .usage("\(Self.info.name) cannot translate \(target.words)", help: help)
  }
}
