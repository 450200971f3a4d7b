import CKernels

extension Tensor {
  /// The sum of `product` over those pairs of parts that count: high and high, and with two parts high and low, low and
  /// high. The numbers are those of tiles but for the order of sums.
  func productsOfParts(_ other: Tensor, _ parts: Int, _ product: (Tensor, Tensor) -> Tensor) -> Tensor {
    Precision.with(.highest) {
      let (a, b) = (splitToParts(parts), other.splitToParts(parts))
      guard parts == 2 else { return product(a[0], b[0]) }
      let sum = product(a[1], b[0])
      sum.accumulate(product(a[0], b[1]))
      sum.accumulate(product(a[0], b[0]))
      return sum
    }
  }

  /// The nearest bf16 numbers, and with two parts those nearest to the rest.
  private func splitToParts(_ parts: Int) -> [Tensor] {
    let result = (0..<parts).map { _ in Tensor(uninitialized: shape, type) }
    func floats(_ tensor: Tensor, _ index: Int) -> UnsafeMutablePointer<Float> {
      tensor.pointer(at: index).assumingMemoryBound(to: Float.self)
    }
    parallel(count, grain: elementGrain) { range in
      let first = range.lowerBound
      gk_tile_split(
        floats(self, first), range.count, floats(result[0], first), parts == 2 ? floats(result[1], first) : nil)
    }
    return result
  }
}
