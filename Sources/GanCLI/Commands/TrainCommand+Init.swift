import GanStore
import GanTrain

/// `train --init`
extension TrainCommand {
  /// `--init` as an override of `train.init`, so that it is recorded in the run.
  static func initialWeights(_ arguments: ParsedArguments) -> [String] {
    let sources = arguments.list("--init")
    return sources.isEmpty ? [] : ["train.init=" + JSONValue.array(sources.map { .string($0) }).encoded]
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
