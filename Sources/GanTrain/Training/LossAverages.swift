import GanStore

/// Means of named losses. With `memory` below 1 they are exponential moving averages, for display; with 1 every step
/// counts the same, for the log, whose sums a resumed run must continue. Steps may differ in which losses they have.
struct LossAverages: Equatable {
  private(set) var names: [String] = []
  private var sums: [Double] = []
  private var weights: [Double] = []
  private let memory: Double

  /// - Parameter memory: factor for the weights of earlier steps at each new one.
  init(memory: Double = 1) { self.memory = memory }

  var isEmpty: Bool { names.isEmpty }

  var means: [(name: String, value: Double)] {
    names.indices.map { (names[$0], sums[$0] / weights[$0]) }
  }

  mutating func add(_ losses: [(name: String, value: Double)]) {
    for (name, value) in losses {
      if let index = names.firstIndex(of: name) {
        sums[index] = sums[index] * memory + value
        weights[index] = weights[index] * memory + 1
      } else {
        names.append(name)
        sums.append(value)
        weights.append(1)
      }
    }
  }

  mutating func clear() { self = LossAverages(memory: memory) }
}

extension LossAverages {
  /// For a checkpoint.
  var json: JSONValue {
    [
      "names": .array(names.map { .string($0) }), "sums": .array(sums.map { .number($0) }),
      "weights": .array(weights.map { .number($0) }),
    ]
  }

  /// nil if the value does not have the form that `json` writes.
  init?(_ json: JSONValue) {
    guard let names = json["names"]?.array, let sums = json["sums"]?.array else { return nil }
    memory = 1
    self.names = names.compactMap(\.string)
    self.sums = sums.compactMap(\.number)
    // Checkpoints of earlier versions have a single weight for all.
    let all = json["weight"]?.number.map { [Double](repeating: $0, count: names.count) }
    guard let weights = json["weights"]?.array?.compactMap(\.number) ?? all else { return nil }
    self.weights = weights
    guard self.names.count == names.count, self.sums.count == sums.count, names.count == sums.count,
      weights.count == names.count, weights.allSatisfy({ $0 > 0 })
    else { return nil }
  }
}
