/// The sizes of a tensor's axes, outermost first; `[]` is a scalar. Pictures are `[N,H,W,C]`.
package struct Shape: Hashable, ExpressibleByArrayLiteral, CustomStringConvertible, Sendable {
  package let sizes: [Int]

  package init(_ sizes: [Int]) { self.sizes = sizes }
  package init(arrayLiteral sizes: Int...) { self.sizes = sizes }

  package var rank: Int { sizes.count }
  package var count: Int { sizes.reduce(1, *) }
  package subscript(_ axis: Int) -> Int { sizes[axis < 0 ? sizes.count + axis : axis] }
  package var description: String { "[" + sizes.map(String.init).joined(separator: ",") + "]" }

  /// Elements between neighbours along each axis of a contiguous tensor.
  package var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) { strides[axis] = strides[axis + 1] * sizes[axis + 1] }
    return strides
  }

  /// This shape with `size` on one axis.
  package func with(_ size: Int, at axis: Int) -> Shape {
    var copy = sizes
    copy[axis] = size
    return Shape(copy)
  }

  /// The shape of an elementwise result: axes are aligned from the last one; a size of 1 (or a
  /// missing axis) repeats, as in NumPy and PyTorch. nil when the shapes do not fit.
  package static func broadcast(_ a: Shape, _ b: Shape) -> Shape? {
    if a == b { return a }
    let rank = max(a.rank, b.rank)
    var sizes = [Int](repeating: 1, count: rank)
    for offset in 1...max(rank, 1) where offset <= rank {
      let p = offset <= a.rank ? a.sizes[a.rank - offset] : 1
      let q = offset <= b.rank ? b.sizes[b.rank - offset] : 1
      guard p == q || p == 1 || q == 1 else { return nil }
      sizes[rank - offset] = p == 1 ? q : p
    }
    return Shape(sizes)
  }
}
