import GanBase
import GanConfig
import GanNN
import GanTensor

/// A model: its options, its networks, its training step, and what it does with a picture. Nothing about files,
/// logging, batching or threads is in it.
package protocol ImageTranslator: TrainableModel, TranslatingModel, SendableMetatype {
  associatedtype Options: Settings
  static var info: ModelInfo { get }

  /// What a configuration for new pictures begins with.
  static var recipe: TrainingRecipe { get }
  /// The options for training pictures of that height and width: the paper's, except for what the size rules out.
  static func options(fitting size: Int) -> Options
  /// The paper's schedule for these options; nil for the usual one.
  static func schedule(of options: Options) -> TrainingSchedule?
  /// What augmentation needs to know of its discriminators.
  static func discriminators(_ options: Options) -> DiscriminatorKind

  /// The parts of which `networks` of a stage of training may name some; empty if every stage trains everything.
  static func stageParts(_ options: Options) -> [String]
  /// Whether `stages` gives any.
  static var hasOwnStages: Bool { get }
  /// The stages of a training whose configuration has none, for training pictures of at most that size; empty for none.
  static func stages(_ options: Options, width: Int, height: Int) -> [TrainingStage]
  /// What is wrong with stages; nil if nothing is.
  static func problem(with stages: [TrainingStage], _ options: Options) -> SettingsProblem?

  /// - Parameter make: makes networks and optimizers under names, which are the checkpoint's keys. With stages of
  ///   training, `make.stage` is that for which the model is made.
  init(_ options: Options, _ make: ModelBuilder) throws
}

/// How a model is trained.
package protocol TrainableModel: AnyObject {
  /// The pictures that it takes.
  var inputs: ModelInputs { get }

  /// One step of every optimizer on one batch.
  func trainStep(_ batch: TrainingBatch) throws -> Losses

  /// Steps after which the kinds of steps repeat, for models whose steps are not all alike.
  var cycleOfSteps: Int { get }

  /// Called when a stage of training begins, after all tensors of the same names and shapes have been taken over.
  func begin(after previous: PreviousStage) throws

  /// The columns of a row of the sample sheet.
  func samples(_ batch: TrainingBatch, _ pass: Pass) throws -> [Sample]
}

/// How a model translates.
package protocol TranslatingModel: AnyObject {
  /// Where it can translate to, the usual one first. Models of attributes also translate to several at once.
  var targets: [TranslationTarget] { get }
  /// What labels and targets are about; empty for models of two sides.
  var domains: [String] { get }

  /// The translation of `[N,H,W,C]` in [-1,1]; sizes follow `ModelInputs.sizeRule`.
  /// - Throws: `GanError` (usage) for a target that this model does not have.
  func translate(_ pictures: Tensor, to target: TranslationTarget, _ pass: Pass) throws -> Tensor

  /// The network behind `translate`, as official programs store it.
  func generator(for target: TranslationTarget) throws -> TensorStore

  /// Which statistics the official program normalises with when it translates.
  var testTimeStatistics: Pass.Statistics { get }
  /// Whether a translation draws numbers: dropout, or random styles.
  var needsTestTimeNoise: Bool { get }
}

/// One picture of a sample row, with the label of its column.
package struct Sample {
  package let label: String
  /// `[N,H,W,C]` in [-1,1].
  package let pictures: Tensor
  /// Drawn as thin lines, for each picture; empty for none.
  package let boxes: [[Box]]

  package init(_ label: String, _ pictures: Tensor, boxes: [[Box]] = []) {
    (self.label, self.pictures, self.boxes) = (label, pictures, boxes)
  }
}

extension ImageTranslator {
  package static func discriminators(_ options: Options) -> DiscriminatorKind {
    .unreached(reason: "its discriminators do not support it")
  }

  package static func stageParts(_ options: Options) -> [String] { [] }
  package static var hasOwnStages: Bool { false }
  package static func stages(_ options: Options, width: Int, height: Int) -> [TrainingStage] { [] }
  package static func problem(with stages: [TrainingStage], _ options: Options) -> SettingsProblem? { nil }
  package func begin(after previous: PreviousStage) throws {}

  package var cycleOfSteps: Int { 1 }
  package var testTimeStatistics: Pass.Statistics { .running }
  package var needsTestTimeNoise: Bool { false }
  package var targets: [TranslationTarget] { Self.info.targets }
  package var domains: [String] { [] }

  /// - Throws: `GanError` (usage) for a target that the model does not have.
  func require(_ target: TranslationTarget) throws {
    guard targets.contains(target) else { throw refusal(of: target) }
  }

  /// The error for a target that a model does not have.
  func refusal(of target: TranslationTarget) -> GanError {
    let known = targets.map(\.name).joined(separator: ", ")
    let help =
      Self.info.data == .domains
      ? "it has no directions but domains, for --domain: \(known)" : "its directions are: \(known)"
    return .usage("\(Self.info.name) cannot translate \(target)", help: help)
  }
}
