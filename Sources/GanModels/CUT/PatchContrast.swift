import GanTensor

/// The PatchNCE loss (Park et al. 2020, section 3.2): the vector of a translated patch, the query, should tell the
/// vector of the same patch in the source, its key, from those of the other patches.
enum PatchContrast {
  /// Stands in the official list of logits for the patch itself.
  private static let ownPlace = -10.0

  /// The cross entropy of each query, `[count]`.
  /// - Parameters:
  ///   - queries: `[count,width]`, unit vectors.
  ///   - keys: of the same patches; no gradient flows into them.
  ///   - groups: of equally many rows, which are compared among themselves.
  static func losses(queries: Tensor, keys: Tensor, groups: Int, temperature: Double) -> Tensor {
    let keys = keys.detached()
    if groups == 1 { return losses(queries, keys, temperature) }
    let size = queries.shape[0] / groups
    let parts = (0..<groups).map { group in
      let rows = group * size..<(group + 1) * size
      return losses(queries.sliced(rows, axis: 0), keys.sliced(rows, axis: 0), temperature)
    }
    return Tensor.concatenated(parts, axis: 0)
  }

  private static func losses(_ queries: Tensor, _ keys: Tensor, _ temperature: Double) -> Tensor {
    let count = queries.shape[0]
    // The diagonal holds the positives. The official program has them in a column of their own, and a constant in their
    // places; the constant is the additional column here.
    let products = queries.matmul(keys, transposeOther: true)
    let constant = Tensor(repeating: ownPlace, [count, 1], type: queries.type)
    let logits = Tensor.concatenated([products, constant], axis: 1) / temperature
    let largest = logits.detached().reshaped(to: [count, count + 1, 1, 1]).globalMaximum()
    let positives = (queries * keys).sum(over: [1]) / temperature
    return ((logits - largest).exp().sum(over: [1]).log() + largest - positives).reshaped(to: [count])
  }
}
