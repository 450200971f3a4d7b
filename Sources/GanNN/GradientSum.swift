import GanTensor

/// The gradients of a sum of losses, computed loss by loss: each graph is freed before the next one is built, so that a
/// step needs the memory of its largest part and not of all parts together.
package struct GradientSum {
  private let optimizer: Optimizer
  private var gradients: [Tensor?]

  package init(for optimizer: Optimizer) {
    self.optimizer = optimizer
    gradients = Array(repeating: nil, count: optimizer.slots.count)
  }

  /// The backward pass of `loss`, which frees its graph.
  /// - Throws: `GanError` (bug) for a graph that was freed before.
  package mutating func add(_ loss: Tensor) throws {
    for (index, gradient) in try optimizer.gradients(of: loss).enumerated() {
      guard let gradient else { continue }
      gradients[index] = gradients[index].map { $0 + gradient } ?? gradient
    }
  }

  /// One step of the optimizer down the sum.
  package func step() { optimizer.step(gradients) }
}
