import GanStore
import GanTrain

/// `train --init`
extension TrainCommand {
  /// `--init` as a change of the configuration, so that the run remembers it.
  static func initialWeights(_ arguments: ParsedArguments) -> [String] {
    let sources = arguments.list("--init")
    return sources.isEmpty ? [] : ["train.init=" + JSONValue.array(sources.map { .string($0) }).encoded]
  }

  /// Gives the networks of a new run the weights that its configuration names, and shows what became of each.
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
