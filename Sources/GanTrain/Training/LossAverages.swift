import GanModels
import GanStore

/// Means of named losses. With a memory, older steps fade out: for the eye. Without, every step counts the same: for
/// the log, where a resumed run must continue the same sums.
struct LossAverages: Equatable {
  private(set) var names: [String] = []
  private var sums: [Double] = []
  private var weight = 0.0
  private let memory: Double

  /// - Parameter memory: what is left of a step's weight after the next one; 1 forgets nothing.
  init(memory: Double = 1) { self.memory = memory }

  var isEmpty: Bool { weight == 0 }

  var means: [(name: String, value: Double)] {
    zip(names, sums).map { ($0, weight == 0 ? 0 : $1 / weight) }
  }

  mutating func add(_ losses: [(name: String, value: Double)]) {
    let names = losses.map(\.name)
    if names != self.names { (self.names, sums, weight) = (names, names.map { _ in 0 }, 0) }
    for (index, loss) in losses.enumerated() { sums[index] = sums[index] * memory + loss.value }
    weight = weight * memory + 1
  }

  mutating func clear() { self = LossAverages(memory: memory) }
}

extension LossAverages {
  /// For a checkpoint.
  var json: JSONValue {
    [
      "names": .array(names.map { .string($0) }), "sums": .array(sums.map { .number($0) }), "weight": .number(weight),
    ]
  }

  /// nil where the value is not what `json` gives.
  init?(_ json: JSONValue) {
    guard let names = json["names"]?.array, let sums = json["sums"]?.array, let weight = json["weight"]?.number,
      names.count == sums.count, weight >= 0
    else { return nil }
    memory = 1
    self.names = names.compactMap(\.string)
    self.sums = sums.compactMap(\.number)
    self.weight = weight
    guard self.names.count == names.count, self.sums.count == sums.count else { return nil }
  }
}
