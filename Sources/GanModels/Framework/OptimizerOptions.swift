import GanConfig
import GanNN

/// The optimizers of a model.
package struct OptimizerOptions: Settings, Equatable, Sendable {
  package var learningRate = 2e-4
  /// nil: that of the generators.
  package var discriminatorRate: Double?
  package var method = OptimizerMethod()
  package var weightDecay = 0.0

  package init() {}
  init(learningRate: Double, weightDecay: Double) {
    (self.learningRate, self.weightDecay) = (learningRate, weightDecay)
  }

  package static let options: [Option<OptimizerOptions>] =
    [
      .number("learning_rate", \.learningRate, in: 0...1, "initial learning rate"),
      .optionalNumber(
        "learning_rate_d", \.discriminatorRate, in: NumberRange(0...1),
        "initial learning rate of the discriminators (two time scales: Heusel et al. 2017); null: learning_rate"),
    ] + Option.all(of: \.method) + [
      .number("weight_decay", \.weightDecay, in: 0...1, "L2 penalty on the weights, added to the gradient")
    ]

  package func problems() -> [SettingsProblem] { method.problems() }

  /// Of generators, and of encoders that are trained with them.
  var generator: Optimizer.Settings { method.settings(learningRate, weightDecay: weightDecay) }
  var discriminator: Optimizer.Settings {
    method.settings(discriminatorRate ?? learningRate, weightDecay: weightDecay)
  }
}

/// The kind of optimizer, with what the kinds need.
package struct OptimizerMethod: Settings, Equatable, Sendable {
  package var kind = OptimizerKind.adam
  package var beta1 = 0.5
  package var beta2 = 0.999

  package init() {}

  package static let options: [Option<OptimizerMethod>] = [
    .choice(
      "optimizer", \.kind, "adam (Kingma and Ba 2015), or rmsprop (Hinton 2012), which WGAN was trained with"),
    .number("beta1", \.beta1, in: 0...0.9999, "Adam's decay rate for the average of gradients"),
    .number("beta2", \.beta2, in: 0...0.999999, "Adam's decay rate for the average of squared gradients"),
  ]

  package func problems() -> [SettingsProblem] {
    guard kind != .adam else { return [] }
    let usual = OptimizerMethod()
    return [("beta1", beta1, usual.beta1), ("beta2", beta2, usual.beta2)].filter { $0.1 != $0.2 }.map {
      SettingsProblem(
        $0.0, "\($0.0) belongs to optimizer: adam, and \(kind.rawValue) has none", help: "leave \($0.0) out")
    }
  }

  func settings(_ learningRate: Double, weightDecay: Double = 0) -> Optimizer.Settings {
    Optimizer.Settings(
      kind, learningRate: learningRate, beta1: beta1, beta2: beta2, weightDecay: weightDecay)
  }
}
