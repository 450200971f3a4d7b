import GanModels
import GanNN
import GanTensor

/// A model that can be held against numbers of the official program.
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
  static func learningRate(from spec: Spec) throws -> Double { try spec.section("optimizer").number("lr") }

  static func undetermined(_ name: String, _ shape: Shape) -> Set<Int> { [] }

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
  /// Of the forward values with these keys (without `forward.`), which went through more networks.
  package var longForward: (keys: Set<String>, limit: Double) = ([], 0)
  /// Relative; a loss below `leastLoss` counts as that much, because terms of both signs may cancel.
  package var loss = 1e-4
  package var leastLoss = 1e-3
  /// Of the losses after the first step, where they are less exact.
  package var laterLoss: Double?
  package var gradient = 5e-4
  /// nil: `gradient` is the most for each tensor. Otherwise it is relative in length (L2), and a share of tensors may
  /// be off by more, but by no more than `most`: there a ReLU or an absolute value turned over, because a number near
  /// 0 was rounded.
  package var gradientOutliers: (share: Double, most: Double)?
  /// Buffers (running statistics, singular vectors), relative.
  package var buffer = 1e-3
  /// The same as they are, and those of single buffers; nil where they are measured relatively.
  package var bufferSize: (limit: Double, others: [String: Double])?
  /// Share of parameter elements that may be off by more than `weightStep` learning rates.
  package var weightShare = 1e-3
  package var weightStep = 0.1
  /// How far any parameter element may be off, in learning rates; nil where that is not looked at.
  package var weightMost: Double?
  /// |difference of the update| / |update| (L2) of each parameter tensor; nil where it is not looked at.
  package var update: Double? = 2e-2
  /// Mean difference of all parameter elements, in learning rates.
  package var weightMean: Double?
  /// Mean difference of each parameter tensor's elements, in learning rates.
  package var tensorMean: Double?
  /// Gradients that are 0 in exact arithmetic, over the largest weight gradient of their layer.
  package var zeroGradient: Double? = 1e-4
  /// The same, as they are.
  package var zeroGradientSize: Double?
  /// How far parameters without a gradient may be off, in learning rates; nil where rounding moves them at random.
  package var zeroGradientStep: Double?

  package init() {}
}
