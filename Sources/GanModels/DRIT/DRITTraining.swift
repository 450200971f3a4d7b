import GanNN
import GanTensor

/// The optimizers of encoders and generator of DRIT and DRIT++.
struct DRITOptimizers {
  private let content: Optimizer, attribute: Optimizer, generator: Optimizer

  init(
    _ settings: Optimizer.Settings, _ make: ModelBuilder, content: any Module, attribute: any Module,
    generator: any Module
  ) {
    self.content = make.optimizer("enc_c", settings, over: content)
    self.attribute = make.optimizer("enc_a", settings, over: attribute)
    self.generator = make.optimizer("gen", settings, over: generator)
  }

  /// Two steps, of which the second leaves the attribute encoder alone: there its gradient would only say how drawn
  /// attributes should be hidden. Both gradients are taken at the weights before the first step, from one graph.
  func minimize(_ first: LossSum, then second: LossSum) throws -> Losses {
    let totals = [first.total, second.total]
    let all = [content, attribute, generator], some = [content, generator]
    let firstGradients = try Optimizer.gradients(of: totals[0], for: all, keepGraph: true)
    let secondGradients = try Optimizer.gradients(of: totals[1], for: some)
    for (optimizer, gradients) in zip(all, firstGradients) { optimizer.step(gradients) }
    for (optimizer, gradients) in zip(some, secondGradients) { optimizer.step(gradients) }
    return first.terms + ["EG_total": totals[0]] + second.terms + ["Galone_total": totals[1]]
  }
}
