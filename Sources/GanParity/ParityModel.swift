import GanModels
import GanNN
import GanTensor

/// A model that can be compared with numbers of the official program.
protocol ParityModel: ImageTranslator {
  /// The options that `spec.json` stands for.
  static func options(from spec: Spec) throws -> Options

  /// The learning rate in whose units differences of weights are measured.
  static func learningRate(from spec: Spec) throws -> Double

  /// Which `forward.*` values the model computes, without that prefix, from the first step's inputs and the initial
  /// weights; nothing is recorded for gradients. Pictures and maps are `[N,H,W,C]`.
  func forwardValues(_ fixture: ParityFixture, noise: NoiseSource, type: ElementType) throws -> [String: Tensor]

  /// The batch of a step, counted from 1.
  func batch(_ fixture: ParityFixture, step: Int, type: ElementType) throws -> TrainingBatch

  static var limits: ParityLimits { get }

  /// How many steps a fixture has.
  static func steps(_ spec: Spec) throws -> Int

  /// Whether the fixture's weights have the tensor of this name.
  static func isStored(_ name: String, _ spec: Spec) throws -> Bool

  /// A training step.
  /// - Returns: its losses under the names of the fixture, and further `forward.*` values.
  func replay(
    _ batch: TrainingBatch, step: Int, _ fixture: ParityFixture, _ noise: ParityNoise
  ) throws -> (losses: Losses, forward: [String: Tensor])

  /// Elements of a parameter whose gradient is 0 in exact arithmetic, so that rounding decides where they move: indices
  /// into PyTorch's layout. They are not compared.
  static func undetermined(_ name: String, _ shape: Shape) -> Set<Int>

  /// Further `forward.*` values, those that need gradients.
  func gradientValues(_ fixture: ParityFixture, noise: NoiseSource, type: ElementType) throws -> [String: Tensor]

  /// Further `forward.*` values, those that networks put out in the first training step.
  /// - Parameter outputs: by network, what it put out under which name, call by call.
  static func trainingValues(_ outputs: [String: Trace]) -> [String: Tensor]

  /// Values of the fixture's further files.
  func furtherValues(_ fixture: ParityFixture, type: ElementType) throws -> [ParityValue]
}

extension ParityModel {
  static var limits: ParityLimits { ParityLimits() }

  /// The pictures `real_A` and `real_B` of a step.
  func batch(_ fixture: ParityFixture, step: Int, type: ElementType) throws -> TrainingBatch {
    try pairedBatch(fixture, step: step, "real_A", "real_B", type: type)
  }

  static func learningRate(from spec: Spec) throws -> Double { try spec.section("optimizer").number("lr") }

  static func undetermined(_ name: String, _ shape: Shape) -> Set<Int> { [] }

  /// Steps of several kinds are listed in `schedule`.
  static func steps(_ spec: Spec) throws -> Int {
    try spec.has("schedule") ? spec.texts("schedule").count : spec.integer("steps")
  }

  static func isStored(_ name: String, _ spec: Spec) throws -> Bool { true }

  func replay(
    _ batch: TrainingBatch, step: Int, _ fixture: ParityFixture, _ noise: ParityNoise
  ) throws -> (losses: Losses, forward: [String: Tensor]) {
    (try trainStep(batch), [:])
  }

  func gradientValues(_ fixture: ParityFixture, noise: NoiseSource, type: ElementType) throws -> [String: Tensor] {
    [:]
  }

  static func trainingValues(_ outputs: [String: Trace]) -> [String: Tensor] { [:] }

  func furtherValues(_ fixture: ParityFixture, type: ElementType) throws -> [ParityValue] { [] }
}

/// A value beside the official one. Both have PyTorch's layouts.
package struct ParityValue {
  package let key: String
  package let found: Tensor, expected: Tensor
}

/// How far values may be off. "Relative" is the largest difference in a tensor over its largest expected value.
package struct ParityLimits: Sendable {
  package var forward = 2e-4
  /// Limit of the forward values with these keys (without `forward.`), which went through more networks.
  package var longForward: (keys: Set<String>, limit: Double) = ([], 0)
  /// Relative to the loss, or to `leastLoss` if that is larger, because terms of both signs may cancel.
  package var loss = 1e-4
  package var leastLoss = 1e-3
  /// Limit of the losses after the first step, if it differs.
  package var laterLoss: Double?
  package var gradient = 5e-4
  /// nil: `gradient` is the limit of every element. Otherwise it is the limit of the relative L2 error of a tensor, which
  /// a share of the tensors may exceed, up to `most`: a ReLU or an absolute value changes branch when a number near 0 is
  /// rounded.
  package var gradientOutliers: (share: Double, most: Double)?
  /// Buffers (running statistics, singular vectors), relative.
  package var buffer = 1e-3
  /// Absolute limit for buffers, with exceptions by name; nil if `buffer` applies.
  package var bufferSize: (limit: Double, others: [String: Double])?
  /// Share of parameter elements that may be off by more than `weightStep` learning rates.
  package var weightShare = 1e-3
  package var weightStep = 0.1
  /// Limit of the error of any parameter element, in learning rates; nil for none.
  package var weightMost: Double?
  /// |difference of the update| / |update| (L2) of each parameter tensor; nil for no limit.
  package var update: Double? = 2e-2
  /// Mean difference of all parameter elements, in learning rates.
  package var weightMean: Double?
  /// Mean difference of each parameter tensor's elements, in learning rates.
  package var tensorMean: Double?
  /// Limit of gradients that are 0 in exact arithmetic, relative to the largest weight gradient of their layer.
  package var zeroGradient: Double? = 1e-4
  /// The same limit, absolute.
  package var zeroGradientSize: Double?
  /// Limit of the error of parameters without a gradient, in learning rates; nil if rounding moves them at random.
  package var zeroGradientStep: Double?

  package init() {}
}
