extension Tensor {
  /// The sum of all elements, a scalar.
  package func sum() -> Tensor {
    sumKernel(outer: 1, reduced: count, inner: 1, shape: []).recorded("sum", from: [self]) { [shape] in
      [$0.gradient.broadcast(to: shape)]
    }
  }

  /// The mean of all elements, a scalar.
  package func mean() -> Tensor { sum().scaled(by: 1 / Double(count)) }

  /// The sum over `axes`, which stay with size 1.
  package func sum(over axes: [Int]) -> Tensor {
    GraphTrace.whole(.sum(axes: axes), from: [self]) { summed(over: axes) }
  }

  private func summed(over axes: [Int]) -> Tensor {
    var current = self
    var rest = Set(axes)
    while let last = rest.max() {
      var first = last
      while rest.contains(first - 1) { first -= 1 }
      current = current.sum(overAxes: first...last)
      for axis in first...last { rest.remove(axis) }
    }
    return current
  }

  package func mean(over axes: [Int]) -> Tensor {
    GraphTrace.whole(.mean(axes: axes), from: [self]) {
      summed(over: axes).scaled(by: 1 / Double(axes.reduce(1) { $0 * shape[$1] }))
    }
  }

  private func sum(overAxes axes: ClosedRange<Int>) -> Tensor {
    let sizes = shape.sizes
    let outer = sizes[..<axes.lowerBound].reduce(1, *)
    let inner = sizes[(axes.upperBound + 1)...].reduce(1, *)
    let reduced = sizes[axes].reduce(1, *)
    let kept = Shape(sizes.indices.map { axes.contains($0) ? 1 : sizes[$0] })
    return sumKernel(outer: outer, reduced: reduced, inner: inner, shape: kept).recorded("sum", from: [self]) {
      [shape] in [$0.gradient.broadcast(to: shape)]
    }
  }

  /// Repeats axes of size 1 (and missing leading ones) to `target`.
  package func broadcast(to target: Shape) -> Tensor {
    if shape == target { return self }
    let zero = Tensor.zeros(Shape([Int](repeating: 1, count: target.rank)), type: type)
    let result = Tensor.expand(self, zero, target)
    return result.recorded("broadcast", from: [self]) { [shape] in [$0.gradient.summed(to: shape)] }
  }

  /// The adjoint of broadcasting: sums the axes that `target` repeats.
  func summed(to target: Shape) -> Tensor {
    if shape == target { return self }
    let missing = shape.rank - target.rank
    let axes = (0..<shape.rank).filter { $0 < missing || (target[$0 - missing] == 1 && shape[$0] != 1) }
    return sum(over: axes).reshaped(to: target)
  }

  func summed(to target: Shape, if needed: Bool) -> Tensor? { needed ? summed(to: target) : nil }
}
