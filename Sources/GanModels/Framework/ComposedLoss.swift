import GanTensor

/// A weighted sum of losses, which are also reported one by one.
struct ComposedLoss {
  let total: Tensor
  /// The sum under its name, then what it consists of, without weights.
  let terms: Losses

  init(_ name: String, _ parts: [(weight: Double, name: String, value: Tensor)]) {
    let weighted = parts.map { $0.value * $0.weight }
    let total = weighted.dropFirst().reduce(weighted[0], +)
    self.init(total: total, terms: parts.reduce([name: total]) { $0 + [$1.name: $1.value] })
  }

  private init(total: Tensor, terms: Losses) { (self.total, self.terms) = (total, terms) }

  static func + (a: ComposedLoss, b: ComposedLoss) -> ComposedLoss {
    ComposedLoss(total: a.total + b.total, terms: a.terms + b.terms)
  }
}
