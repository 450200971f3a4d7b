import GanBase
import GanTensor

/// How an optimizer turns gradients into steps.
package enum OptimizerKind: String, CaseIterable, Sendable {
  /// Kingma and Ba 2015, as in PyTorch: eps is added after the bias correction of v.
  case adam
  /// Hinton's lecture 6e of 2012, as in PyTorch: eps is added after the root; without momentum, not centred.
  case rmsprop

  /// The averages that it keeps of each parameter's gradients: m of themselves, v of their squares.
  package var averages: [String] {
    switch self {
    case .adam: ["m", "v"]
    case .rmsprop: ["v"]
    }
  }
}

/// Changes parameters step by step. Weight decay is added to the gradient.
package final class Optimizer {
  package struct Settings: Equatable, Sendable {
    package var kind: OptimizerKind
    package var learningRate: Double
    /// Of Adam: how much of the averages of gradients and of their squares each step keeps.
    package var beta1: Double
    package var beta2: Double
    /// Of RMSprop: how much of the average of squared gradients each step keeps.
    package var alpha = 0.99
    package var epsilon: Double
    package var weightDecay: Double
    /// Whether schedules change the learning rate.
    package var followsSchedule = true

    package init(
      _ kind: OptimizerKind = .adam, learningRate: Double = 2e-4, beta1: Double = 0.5, beta2: Double = 0.999,
      epsilon: Double = 1e-8, weightDecay: Double = 0
    ) {
      (self.kind, self.learningRate) = (kind, learningRate)
      (self.beta1, self.beta2, self.epsilon, self.weightDecay) = (beta1, beta2, epsilon, weightDecay)
    }
  }

  /// A parameter with the averages of its gradients; `name` is `<network>.<key>`.
  package struct Slot {
    package let name: String
    package let entry: NamedTensor
    /// In the order of `OptimizerKind.averages`.
    package let averages: [(name: String, tensor: Tensor)]
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

  /// - Parameter isTrained: whether it changes the parameter of that name; nil: all.
  package init(_ settings: Settings, over networks: [TensorStore], where isTrained: ((String) -> Bool)? = nil) {
    self.settings = settings
    learningRate = settings.learningRate
    let parameters = networks.flatMap { store in
      store.parameters.map { (name: "\(store.name).\($0.key)", entry: $0) }
    }
    slots = parameters.filter { isTrained?($0.name) ?? true }.map { name, entry in
      Slot(
        name: name, entry: entry,
        averages: settings.kind.averages.map { ($0, Tensor.zeros(entry.tensor.shape, type: entry.tensor.type)) })
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
    switch settings.kind {
    case .adam: adamStep(gradients)
    case .rmsprop: rmspropStep(gradients)
    }
  }

  private func adamStep(_ gradients: [Tensor?]) {
    let correction1 = 1 - power(settings.beta1, steps), correction2 = 1 - power(settings.beta2, steps)
    for (slot, gradient) in zip(slots, gradients) {
      guard let gradient else { continue }
      slot.entry.tensor.adamStep(
        gradient, m: slot.averages[0].tensor, v: slot.averages[1].tensor,
        stepSize: learningRate / correction1, rootCorrection: correction2.squareRoot(), beta1: settings.beta1,
        beta2: settings.beta2, epsilon: settings.epsilon, weightDecay: settings.weightDecay)
    }
  }

  private func rmspropStep(_ gradients: [Tensor?]) {
    for (slot, gradient) in zip(slots, gradients) {
      guard let gradient else { continue }
      slot.entry.tensor.rmspropStep(
        gradient, v: slot.averages[0].tensor, stepSize: learningRate, alpha: settings.alpha,
        epsilon: settings.epsilon, weightDecay: settings.weightDecay)
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

extension Optimizer {
  /// The gradients of `loss` with respect to the parameters of several optimizers, from one backward pass.
  package static func gradients(
    of loss: Tensor, for optimizers: [Optimizer], keepGraph: Bool = false
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
