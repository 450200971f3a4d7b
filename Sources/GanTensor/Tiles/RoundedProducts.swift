import CKernels

/// Products of factors in bf16, computed in fp32.
enum RoundedProducts {
  /// The sum of `product` over those pairs of parts of `a` and `b` that matter: high and high, and with two parts high
  /// and low, low and high. The numbers are those of tiles except for the order of sums.
  static func sum(_ a: Tensor, _ b: Tensor, parts: Int, _ product: (Tensor, Tensor) -> Tensor) -> Tensor {
    let (a, b) = (a.splitToParts(parts), b.splitToParts(parts))
    guard parts == 2 else { return product(a[0], b[0]) }
    let sum = product(a[1], b[0])
    sum.accumulate(product(a[0], b[1]))
    sum.accumulate(product(a[0], b[0]))
    return sum
  }
}

extension Tensor {
  /// The elements rounded to bf16, and with two parts the remainders rounded to bf16.
  fileprivate func splitToParts(_ parts: Int) -> [Tensor] {
    let result = (0..<parts).map { _ in Tensor(uninitialized: shape, type) }
    func floats(_ tensor: Tensor, _ index: Int) -> UnsafeMutablePointer<Float> {
      tensor.pointer(at: index).assumingMemoryBound(to: Float.self)
    }
    parallelRows(count) { range in
      let first = range.lowerBound
      gk_tile_split(
        floats(self, first), range.count, floats(result[0], first), parts == 2 ? floats(result[1], first) : nil)
    }
    return result
  }
}
