import GanModels
import GanStore

/// Means of named losses, each over the steps that had it. With a memory, older steps fade out: for the eye. Without,
/// every step counts the same: for the log, where a resumed run must continue the same sums.
struct LossAverages: Equatable {
  private struct Average: Equatable {
    let name: String
    var sum = 0.0
    var weight = 0.0
  }

  /// In the order of the latest step; those that it did not have are at the end.
  private var averages: [Average] = []
  private let memory: Double

  /// - Parameter memory: what is left of a step's weight after the next one; 1 forgets nothing.
  init(memory: Double = 1) { self.memory = memory }

  var isEmpty: Bool { averages.isEmpty }

  var means: [(name: String, value: Double)] { averages.map { ($0.name, $0.sum / $0.weight) } }

  mutating func add(_ losses: [(name: String, value: Double)]) {
    let known = Dictionary(averages.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let present = Set(losses.map(\.name))
    averages =
      losses.map { loss in
        var average = known[loss.name] ?? Average(name: loss.name)
        average.sum = average.sum * memory + loss.value
        average.weight = average.weight * memory + 1
        return average
      } + averages.filter { !present.contains($0.name) }
  }

  mutating func clear() { averages = [] }
}

extension LossAverages {
  /// For a checkpoint.
  var json: JSONValue {
    [
      "names": .array(averages.map { .string($0.name) }), "sums": .array(averages.map { .number($0.sum) }),
      "weights": .array(averages.map { .number($0.weight) }),
    ]
  }

  /// nil where the value is not what `json` gives.
  init?(_ json: JSONValue) {
    guard let names = json["names"]?.array, let sums = json["sums"]?.array, let weights = json["weights"]?.array,
      names.count == sums.count, names.count == weights.count
    else { return nil }
    memory = 1
    for (name, (sum, weight)) in zip(names, zip(sums, weights)) {
      guard let name = name.string, let sum = sum.number, let weight = weight.number, weight > 0 else { return nil }
      averages.append(Average(name: name, sum: sum, weight: weight))
    }
  }
}
