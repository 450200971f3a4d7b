import GanBase
import GanStore

/// Which weights of a checkpoint are used.
package enum WeightChoice: String, CaseIterable, Sendable {
  /// The averages, where there are any.
  case auto
  /// The averages (`train.ema`).
  case ema
  /// Those of the last step.
  case raw
}

extension CheckpointFile {
  /// What the names of averages of weights begin with: `ema.<network>.<key>`.
  package static let averagePrefix = "ema"

  package var holdsAverages: Bool { tensors.contains { $0.name.hasPrefix(Self.averagePrefix + ".") } }

  /// Whether a choice means the averages of this checkpoint.
  /// - Parameter option: what to name in the error.
  /// - Throws: `GanError` (usage) if averages are wanted that it does not hold.
  package func usesAverages(_ choice: WeightChoice, option: String) throws -> Bool {
    guard choice != .raw else { return false }
    let holds = holdsAverages
    if choice == .ema, !holds {
      throw GanError.usage(
        "\(option): the checkpoint holds no averages of its weights", at: path,
        help: "the run keeps none (train.ema), so that there is nothing to choose")
    }
    return holds
  }

  /// The tensor of a network by its key.
  /// - Parameter averaged: whether averages replace the weights, where there are any: buffers and other networks have
  ///   none.
  package func tensor(_ key: String, of network: String, averaged: Bool) -> StoredTensor? {
    (averaged ? self["\(Self.averagePrefix).\(network).\(key)"] : nil) ?? self["\(network).\(key)"]
  }
}
