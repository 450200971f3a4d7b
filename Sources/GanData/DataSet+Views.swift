import GanBase

extension DataSet {
  /// What training sees of some pictures: for each of those from a step on, the batch of it alone in that epoch and in
  /// the following ones.
  /// - Parameters:
  ///   - step: from 1.
  ///   - most: pictures.
  /// - Throws: `GanError` (input) naming a picture that cannot be read or used.
  package func views(fromStep step: Int, pictures most: Int, epochs: Int) throws -> [[Batch]] {
    let (first, batch) = (step - 1).quotientAndRemainder(dividingBy: max(1, batchesPerEpoch))
    let orders = (first..<first + epochs).map { ($0, order(epoch: $0)) }
    let start = batch * request.batchSize
    return try (0..<min(most, count)).map { offset in
      let item = orders[0].1[(start + offset) % count]
      return try orders.map { epoch, order in
        let position = DataPosition(epoch: epoch, index: order.firstIndex(of: item) ?? 0)
        return try self.batch(items: [item], at: position, following: position)
      }
    }
  }

  /// The names of a picture's domains or attributes, from its row of labels; nil without labels.
  package func name(of labels: [Float]?) -> String? {
    labels.map { zip(domains, $0).filter { $0.1 == 1 }.map(\.0).joined(separator: "+") }
  }
}
