import GanBase
import GanTensor

/// Adam (Kingma and Ba 2015) as in PyTorch: eps is added after the bias correction of v; weight decay is
/// added to the gradient.
package final class Adam {
  package struct Settings: Equatable, Sendable {
    package var learningRate: Double
    package var beta1: Double
    package var beta2: Double
    package var epsilon: Double
    package var weightDecay: Double
    /// Whether schedules change the learning rate.
    package var followsSchedule = true

    package init(
      learningRate: Double = 2e-4, beta1: Double = 0.5, beta2: Double = 0.999, epsilon: Double = 1e-8,
      weightDecay: Double = 0
    ) {
      self.learningRate = learningRate
      (self.beta1, self.beta2, self.epsilon, self.weightDecay) = (beta1, beta2, epsilon, weightDecay)
    }
  }

  /// A parameter with its two averages; `name` is `<network>.<key>`.
  package struct Slot {
    package let name: String
    package let entry: NamedTensor
    package let m: Tensor, v: Tensor
  }

  package let settings: Settings
  /// The rate of the next step; schedules change it.
  package var learningRate: Double
  package let slots: [Slot]
  /// Steps taken so far.
  package var steps = 0
  /// Called just before a step changes the parameters.
  package var willStep: (() -> Void)?
  /// Called with the gradients just before each step.
  package var observer: (([Slot], [Tensor?]) -> Void)?

  package init(_ settings: Settings, over networks: [TensorStore]) {
    self.settings = settings
    learningRate = settings.learningRate
    slots = networks.flatMap { store in
      store.parameters.map { entry in
        Slot(
          name: "\(store.name).\(entry.key)", entry: entry,
          m: Tensor.zeros(entry.tensor.shape, type: entry.tensor.type),
          v: Tensor.zeros(entry.tensor.shape, type: entry.tensor.type))
      }
    }
  }

  /// The gradients of `loss` with respect to this optimizer's parameters alone.
  package func gradients(of loss: Tensor, keepGraph: Bool = false) throws -> [Tensor?] {
    try GanTensor.gradients(of: [loss], withRespectTo: slots.map(\.entry.tensor), keepGraph: keepGraph)
  }

  /// One step with given gradients; parameters without one are left alone.
  package func step(_ gradients: [Tensor?]) {
    observer?(slots, gradients)
    willStep?()
    steps += 1
    let correction1 = 1 - power(settings.beta1, steps), correction2 = 1 - power(settings.beta2, steps)
    for (slot, gradient) in zip(slots, gradients) {
      guard let gradient else { continue }
      slot.entry.tensor.adamStep(
        gradient, m: slot.m, v: slot.v, stepSize: learningRate / correction1, rootCorrection: correction2.squareRoot(),
        beta1: settings.beta1, beta2: settings.beta2, epsilon: settings.epsilon, weightDecay: settings.weightDecay)
    }
  }

  /// One step down `loss`.
  package func minimize(_ loss: Tensor) throws { step(try gradients(of: loss)) }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0, factor = base, rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return result
  }
}

extension Adam {
  /// The gradients of `loss` with respect to the parameters of several optimizers, from one backward pass.
  package static func gradients(
    of loss: Tensor, for optimizers: [Adam], keepGraph: Bool = false
  ) throws -> [[Tensor?]] {
    let found = try GanTensor.gradients(
      of: [loss], withRespectTo: optimizers.flatMap { $0.slots.map(\.entry.tensor) }, keepGraph: keepGraph)
    var start = 0
    return optimizers.map { optimizer in
      defer { start += optimizer.slots.count }
      return Array(found[start..<start + optimizer.slots.count])
    }
  }

  /// One step down `loss`, with gradients scaled down, if need be, until their common length is `norm` (Pascanu et al.
  /// 2013), as PyTorch does it.
  package func minimize(_ loss: Tensor, clippingTo norm: Double) throws {
    let gradients = try gradients(of: loss)
    let length = gradients.reduce(0) { $0 + ($1?.squared().sum().item ?? 0) }.squareRoot()
    let factor = norm / (length + 1e-6)
    // A dry run takes the branch that needs the most memory.
    step(factor < 1 || DryRun.isOn ? gradients.map { $0.map { $0 * factor } } : gradients)
  }
}
