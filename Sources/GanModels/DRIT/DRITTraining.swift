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
  /// - Parameter objects: of the picture, with the optimizers of the networks that look at them.
  func minimize(_ first: LossSum, then second: LossSum, _ objects: PictureObjects? = nil) throws -> Losses {
    let totals = [first.total, second.total]
    let there = objects.map { [$0.branches.there.optimizer] } ?? []
    let back = objects.map { [$0.branches.back.optimizer] } ?? []
    // The way back is in no loss of the second sum.
    let all = [content, attribute, generator] + there + back, some = [content, generator] + there
    let firstGradients = try Optimizer.gradients(of: totals[0], for: all, keepGraph: true)
    let secondGradients = try Optimizer.gradients(of: totals[1], for: some)
    for (optimizer, gradients) in zip(all, firstGradients) { optimizer.step(gradients) }
    for (optimizer, gradients) in zip(some, secondGradients) { optimizer.step(gradients) }
    return first.terms + ["EG_total": totals[0]] + second.terms + ["Galone_total": totals[1]]
  }
}
