import GanNN
import GanTensor

/// A sum of losses. Each is reported as it stands in the sum, its weight included.
struct LossSum {
  private let name: String
  private var terms: [(name: String, value: Tensor)] = []

  init(_ name: String) { self.name = name }

  mutating func add(_ name: String, _ value: Tensor) { terms.append((name, value)) }

  /// - Parameter type: of an empty sum.
  func total(_ type: ElementType) -> Tensor {
    guard let first = terms.first?.value else { return Tensor.zeros([], type: type) }
    return terms.dropFirst().reduce(first) { $0 + $1.value }
  }

  /// The terms, then their total.
  func losses(total: Tensor) -> Losses {
    terms.reduce([:]) { $0 + [$1.name: $1.value] } + [name: total]
  }
}

/// The optimizers of encoders and generator of DRIT and DRIT++.
struct DRITOptimizers {
  private let content: Adam, attribute: Adam, generator: Adam

  init(
    _ settings: Adam.Settings, _ make: ModelBuilder, content: TensorStore, attribute: TensorStore,
    generator: TensorStore
  ) {
    self.content = make.optimizer("enc_c", settings, over: content)
    self.attribute = make.optimizer("enc_a", settings, over: attribute)
    self.generator = make.optimizer("gen", settings, over: generator)
  }

  /// Two steps, of which the second leaves the attribute encoder alone: there its gradient would only say how drawn
  /// attributes should be hidden. Both gradients are taken at the weights before the first step, from one graph.
  func minimize(_ first: LossSum, then second: LossSum, type: ElementType) throws -> Losses {
    let totals = [first.total(type), second.total(type)]
    let all = [content, attribute, generator], some = [content, generator]
    let firstGradients = try Adam.gradients(of: totals[0], for: all, keepGraph: true)
    let secondGradients = try Adam.gradients(of: totals[1], for: some)
    for (optimizer, gradients) in zip(all, firstGradients) { optimizer.step(gradients) }
    for (optimizer, gradients) in zip(some, secondGradients) { optimizer.step(gradients) }
    return first.losses(total: totals[0]) + second.losses(total: totals[1])
  }
}
