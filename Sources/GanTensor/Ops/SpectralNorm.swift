import CKernels

/// The largest singular value of a matrix and its singular vectors, as approximated by power iteration.
package struct SingularTriple {
  /// Over the columns, length 1: the output channels of a weight.
  package let u: Tensor
  /// Over the rows, length 1.
  package let v: Tensor
  package let value: Double
}

/// The smallest length to divide by.
private let leastLength = 1e-12

extension Tensor {
  /// One power iteration from `u` (Miyato et al. 2018, algorithm 1), with `M` this tensor as a matrix whose columns are
  /// the last axis: `v = M u`, `u = M^T v`, each of length 1. Both products take one pass over the matrix. Nothing is
  /// recorded.
  package func powerIteration(from u: Tensor) -> SingularTriple {
    let (product, back) = productsKernel(u)
    let length = max(product.dotKernel(product).squareRoot(), leastLength)
    let image = back.map { $0 / length }
    let value = image.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let divisor = max(value, leastLength)
    return SingularTriple(
      u: Tensor(image.map { $0 / divisor }, u.shape, type: type),
      v: product.unaryKernel(GK_AFFINE, 1 / length), value: value * (value / divisor))
  }

  /// The singular value for given vectors: `v^T M u`.
  package func singularTriple(u: Tensor, v: Tensor) -> SingularTriple {
    let value = zip(weightedRowSums(v), u.doubles).reduce(0) { $0 + $1.0 * $1.1 }
    // Copies, because the vectors of a layer are written in place.
    return SingularTriple(u: u.copied(), v: v.copied(), value: value)
  }

  /// This tensor divided by its singular value, whose vectors are treated as constants.
  package func divided(by triple: SingularTriple) -> Tensor {
    let value = triple.value
    return unaryKernel(GK_AFFINE, 1 / value).recorded(
      "spectral norm", from: [self], saving: [self, triple.u, triple.v]
    ) { backward in
      let (weight, u, v) = (backward.saved[0], backward.saved[1], backward.saved[2])
      guard backward.isRecorded else {
        let share = backward.gradient.dotKernel(weight) / (value * value)
        return [backward.gradient.plusOuterKernel(1 / value, -share, v, u)]
      }
      let outer = (v.reshaped(to: [v.count, 1]) * u.reshaped(to: [1, u.count])).reshaped(to: weight.shape)
      let inverse = (weight * outer).sum().reciprocal()
      return [backward.gradient * inverse - outer * ((backward.gradient * weight).sum() * inverse.squared())]
    }
  }
}
