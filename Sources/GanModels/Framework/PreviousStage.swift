import GanBase
import GanNN
import GanTensor

/// What a stage of training takes over from the one before: all tensors of the same names and shapes, the averages of
/// optimizers that train exactly the same parameters, pools of the same size, and the state of random streams. All else
/// begins anew.
package struct PreviousStage {
  /// The networks' tensors as `<network>.<key>`.
  package let tensors: [String: Tensor]
  private let before: ModelBuilder

  /// - Parameter builder: made the model of that stage; it must not be trained any more.
  package init(_ builder: ModelBuilder) {
    before = builder
    tensors = Dictionary(builder.tensors.map { ($0.name, $0.entry.tensor) }, uniquingKeysWith: { first, _ in first })
  }

  /// Puts what fits into a new model.
  /// - Parameter sizesChange: whether pictures have another size now, so that those in pools are of no use.
  /// - Throws: the errors of the model's own part of it.
  package func enter(_ builder: ModelBuilder, _ model: any ImageTranslator, sizesChange: Bool) throws {
    for (name, entry) in builder.tensors where !entry.isConstant {
      guard let tensor = tensors[name], tensor.shape == entry.tensor.shape else { continue }
      entry.tensor.assign(tensor)
    }
    for (name, optimizer) in builder.optimizers {
      guard let old = before.optimizers.first(where: { $0.name == name })?.optimizer else { continue }
      optimizer.goOn(from: old)
    }
    if let noise = builder.noise as? RandomNoise, let old = before.noise as? RandomNoise { noise.stream = old.stream }
    for (name, pool) in builder.pools {
      guard let old = before.pools.first(where: { $0.name == name })?.pool else { continue }
      pool.random = old.random
      if !sizesChange { pool.pictures = Array(old.pictures.prefix(pool.capacity)) }
    }
    if let strength = builder.augmentation?.strength, let old = before.augmentation?.strength {
      strength.putBack(old.state)
    }
    try model.begin(after: self)
  }
}

extension Optimizer {
  /// Takes over steps and averages of one that trains the same parameters; otherwise it stays new.
  fileprivate func goOn(from old: Optimizer) {
    guard old.settings.kind == settings.kind, old.slots.map(\.name) == slots.map(\.name),
      zip(old.slots, slots).allSatisfy({ $0.entry.tensor.shape == $1.entry.tensor.shape })
    else { return }
    steps = old.steps
    for (slot, before) in zip(slots, old.slots) {
      for (average, other) in zip(slot.averages, before.averages) { average.tensor.assign(other.tensor) }
    }
  }
}
