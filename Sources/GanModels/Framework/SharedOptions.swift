import GanConfig
import GanNN

// Options that several families of models have.

/// Channels of the pictures of both sides.
package struct ChannelOptions: Settings, Equatable, Sendable {
  package var a = 3
  package var b = 3

  package init() {}

  package static let options: [Option<ChannelOptions>] = [
    .integer("input_channels", \.a, in: 1...3, "channels of A, the input: 3, or 1 for grey"),
    .integer("output_channels", \.b, in: 1...3, "channels of B, the output: 3, or 1 for grey"),
  ]

  package func problems() -> [SettingsProblem] { channelProblems([("input_channels", a), ("output_channels", b)]) }

  package var both: (a: Int, b: Int) { (a, b) }

  /// The problem that a loss with the weight `key` has with different channels in A and B.
  func mustAgree(for key: String, _ loss: String) -> [SettingsProblem] {
    a == b
      ? []
      : [SettingsProblem(key, "\(loss) needs as many channels in A as in B", help: "set \(key): 0")]
  }
}

/// Pictures are grey or coloured; two channels are neither.
func channelProblems(_ channels: [(key: String, count: Int)]) -> [SettingsProblem] {
  channels.filter { $0.count == 2 }.map {
    SettingsProblem($0.key, "\($0.key): pictures have 1 or 3 channels, found 2")
  }
}

/// The optimizers of a model.
package struct AdamOptions: Settings, Equatable, Sendable {
  package var learningRate = 2e-4
  package var beta1 = 0.5
  package var beta2 = 0.999
  package var weightDecay = 0.0

  package init() {}
  init(learningRate: Double, weightDecay: Double) {
    (self.learningRate, self.weightDecay) = (learningRate, weightDecay)
  }

  package static let options: [Option<AdamOptions>] = [
    .number("learning_rate", \.learningRate, in: 0...1, "initial learning rate of Adam"),
    .number("beta1", \.beta1, in: 0...0.9999, "Adam's decay rate for the average of gradients"),
    .number("beta2", \.beta2, in: 0...0.999999, "Adam's decay rate for the average of squared gradients"),
    .number("weight_decay", \.weightDecay, in: 0...1, "L2 penalty on the weights, added to the gradient"),
  ]

  var settings: Adam.Settings {
    Adam.Settings(learningRate: learningRate, beta1: beta1, beta2: beta2, weightDecay: weightDecay)
  }
}
