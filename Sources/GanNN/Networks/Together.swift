import GanTensor

/// The results of `network` for several batches. Batches of equal shapes go through it as one, which prepares its weights
/// and sums up their gradients only once.
/// - Parameters:
///   - batches: the tensors of each, `[N,...]`.
///   - separately: for networks whose results depend on the rest of the batch (batch norm), or on the order of passes
///     (dropout, power iterations).
/// - Returns: the results of each batch.
package func together(
  _ batches: [[Tensor]], separately: Bool = false, through network: ([Tensor]) -> [Tensor]
) -> [[Tensor]] {
  let shapes = batches.map { $0.map(\.shape) }
  guard !separately, let first = batches.first, shapes.allSatisfy({ $0 == shapes[0] }) else {
    return batches.map(network)
  }
  let inputs = first.indices.map { input in Tensor.concatenated(batches.map { $0[input] }, axis: 0) }
  let results = network(inputs)
  return batches.indices.map { batch in
    results.map {
      let size = $0.shape[0] / batches.count
      return $0.sliced(batch * size..<(batch + 1) * size, axis: 0)
    }
  }
}

/// The same for a network of one input and one result.
package func together(
  _ batches: [Tensor], separately: Bool = false, through network: (Tensor) -> Tensor
) -> [Tensor] {
  together(batches.map { [$0] }, separately: separately) { [network($0[0])] }.map { $0[0] }
}
