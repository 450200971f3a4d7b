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
