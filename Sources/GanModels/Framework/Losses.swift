import GanTensor

/// The named losses of a step, in the order in which they are logged. Scalars.
package struct Losses: ExpressibleByDictionaryLiteral {
  package private(set) var entries: [(name: String, value: Tensor)]

  package init() { entries = [] }

  package init(dictionaryLiteral elements: (String, Tensor)...) { entries = elements.map { ($0, $1.detached()) } }

  package static func + (a: Losses, b: Losses) -> Losses {
    var all = a
    all.entries += b.entries
    return all
  }

  /// The sum of the first entry of each, the second of each, and so on.
  static func sumInTurn(_ a: Losses, _ b: Losses) -> Tensor {
    let values = zip(a.entries, b.entries).flatMap { [$0.value, $1.value] }
    return values.dropFirst().reduce(values[0], +)
  }
}

/// A weighted sum of losses, which logs every term under its official name.
package struct LossSum {
  /// Every term without its weight, in the order of adding.
  private(set) package var terms: Losses = [:]
  private var sum: Tensor?

  package init() {}

  /// Adds `weight * loss` to the sum and logs `loss`.
  /// - Returns: `weight * loss`.
  @discardableResult
  package mutating func add(_ name: String, _ loss: Tensor, weight: Double = 1) -> Tensor {
    let weighted = weight == 1 ? loss : loss * weight
    add(weighted)
    terms = terms + [name: loss]
    return weighted
  }

  /// Adds `weight * (a + b)` to the sum and logs both.
  package mutating func add(_ a: (name: String, loss: Tensor), _ b: (name: String, loss: Tensor), weight: Double) {
    add((a.loss + b.loss) * weight)
    terms = terms + [a.name: a.loss, b.name: b.loss]
  }

  private mutating func add(_ value: Tensor) { sum = sum.map { $0 + value } ?? value }

  /// What an optimizer minimizes.
  package var total: Tensor {
    guard let sum else { preconditionFailure("a sum of no losses") }
    return sum
  }
}
