import Foundation
import GanStore
import GanTrain

/// `train --init`
extension TrainCommand {
  static let initOptions = [
    OptionSpecification(
      "--init", value: "FILE|RUN", repeatable: true, help: "start the new run with these weights"),
    OptionSpecification(
      "--init-networks", value: "NAMES",
      help: "the only networks that start with them, such as G,D (default: all that fit)"
    ),
    OptionSpecification(
      "--init-weights", value: "ema|raw",
      help: "averages of a run's weights (train.ema), or those of its last step (default: ema if it kept any)"),
  ]

  /// `--init` and its companions as overrides of `train.init` and so on, so that they are recorded in the run.
  /// - Throws: `GanError` (usage) for a choice of weights that does not exist.
  static func initialWeights(_ arguments: ParsedArguments) throws -> [String] {
    func list(_ key: String, _ texts: [String]) -> [String] {
      texts.isEmpty ? [] : ["train.\(key)=" + JSONValue.array(texts.map { .string($0) }).encoded]
    }
    let names = arguments.list("--init-networks").flatMap { $0.split(separator: ",") }
      .map { $0.trimmingCharacters(in: .whitespaces) }
    let weights = try arguments.choice("--init-weights", among: ["ema", "raw"])
    return list("init", arguments.list("--init")) + list("init_networks", names)
      + (weights.map { ["train.init_weights=\($0)"] } ?? [])
  }

  /// Loads the initial weights that the configuration names, and prints the origin of each network's weights.
  static func loadInitialWeights(_ parts: inout TrainingParts, _ console: Console) throws {
    guard let weights = try parts.loadInitialWeights() else { return }
    var table = TextTable([.leading, .leading])
    for (name, origin) in weights.networks { table.add([name, origin]) }
    for (index, line) in table.lines.enumerated() {
      console.notice((index == 0 ? "init:   " : "        ") + line)
    }
    if !weights.unused.isEmpty { console.notice("        not used: " + weights.unused.joined(separator: ", ")) }
  }
}
