/// Reverse-mode differentiation of `sum of <output, seed>` with respect to `variables`.
/// Only the paths that lead to `variables` are followed, so nothing needs to be frozen.
/// - Parameters:
///   - outputs: scalars, or tensors with a seed (the gradient that arrives at them).
///   - variables: leaves or any tracked tensors on the way.
///   - keepGraph: keeps the graph for another backward pass; otherwise saved tensors are
///     freed as soon as they have been used.
///   - createGraph: records the backward pass too, so that the result can be differentiated again.
/// - Returns: a gradient per variable; nil if the outputs do not depend on it.
/// - Throws: `GanError` (bug) for a graph that was freed or whose saved tensors were overwritten.
package func gradients(
  of outputs: [Tensor], seeds: [Tensor?] = [], withRespectTo variables: [Tensor], keepGraph: Bool = false,
  createGraph: Bool = false
) throws -> [Tensor?] {
  var pending: [ObjectIdentifier: Tensor] = [:]
  let targets = Set(variables.compactMap { $0.node.map(ObjectIdentifier.init) })
  let order = relevantNodes(from: outputs.compactMap(\.node), to: targets)
  let relevant = Set(order.map(ObjectIdentifier.init))
  var found: [ObjectIdentifier: Tensor] = [:]
  let keeps = keepGraph || createGraph
  try Tape.recording(createGraph) {
    for (index, output) in outputs.enumerated() {
      guard let node = output.node, relevant.contains(ObjectIdentifier(node)) else { continue }
      let seed = (index < seeds.count ? seeds[index] : nil) ?? Tensor(repeating: 1, output.shape, type: output.type)
      precondition(seed.shape == output.shape, "a seed of shape \(seed.shape) for \(output.shape)")
      accumulate(seed, for: node, in: &pending)
    }
    for node in order {
      let identity = ObjectIdentifier(node)
      guard let gradient = pending.removeValue(forKey: identity) else { continue }
      if targets.contains(identity) { found[identity] = gradient }
      if node.isLeaf { continue }
      let inputs = node.inputs
      let needs = inputs.map { $0.map { relevant.contains(ObjectIdentifier($0)) } ?? false }
      if needs.contains(true) {
        let results = try node.gradients(gradient, needs: needs)
        for (input, result) in zip(inputs, results) {
          guard let input, let result, relevant.contains(ObjectIdentifier(input)) else { continue }
          accumulate(result, for: input, in: &pending)
        }
      }
      if !keeps { node.free() }
    }
  }
  return variables.map { variable in variable.node.flatMap { found[ObjectIdentifier($0)] } }
}

private func accumulate(_ gradient: Tensor, for node: Node, in pending: inout [ObjectIdentifier: Tensor]) {
  let identity = ObjectIdentifier(node)
  pending[identity] = pending[identity].map { $0 + gradient } ?? gradient
}

/// The nodes between `outputs` and `targets`, both included, latest first.
private func relevantNodes(from outputs: [Node], to targets: Set<ObjectIdentifier>) -> [Node] {
  var reached: [ObjectIdentifier: Node] = [:]
  var stack = outputs
  while let node = stack.popLast() {
    guard reached.updateValue(node, forKey: ObjectIdentifier(node)) == nil else { continue }
    stack.append(contentsOf: node.inputs.compactMap { $0 })
  }
  var relevant = Set<ObjectIdentifier>()
  var order: [Node] = []
  for node in reached.values.sorted(by: { $0.sequence < $1.sequence }) {
    let leads = node.inputs.contains { $0.map { relevant.contains(ObjectIdentifier($0)) } ?? false }
    if leads || targets.contains(ObjectIdentifier(node)) {
      relevant.insert(ObjectIdentifier(node))
      order.append(node)
    }
  }
  return order.reversed()
}
