import CKernels
import GanBase

/// A tensor seen as a matrix whose columns are its last axis.
struct MatrixLayout {
  let rows: Int, columns: Int

  init(_ shape: Shape) {
    columns = shape[-1]
    rows = shape.count / columns
  }

  /// Rows of one block of work.
  var grain: Int { max(1, elementGrain / columns) }
  var blocks: Int { ceilDiv(rows, grain) }
}

extension Tensor {
  /// This matrix times `u`, and the transposed matrix times that product, in one pass over the elements.
  func productsKernel(_ u: Tensor) -> (product: Tensor, back: [Double]) {
    let product = Tensor(uninitialized: [MatrixLayout(shape).rows], type)
    let back = weightedRowSums(product) { first, rows in
      gk_row_products(
        type.rawValue, pointer(at: first * shape[-1]), rows, shape[-1], u.pointer, product.pointer(at: first))
    }
    return (product, back)
  }

  /// The transposed matrix times `weights`.
  /// - Parameter prepare: called with the first of some rows and their number before they are weighted.
  func weightedRowSums(_ weights: Tensor, prepare: (Int, Int) -> Void = { _, _ in }) -> [Double] {
    let mark = OpClock.begin(.matrix)
    defer { OpClock.end(mark) }
    let layout = MatrixLayout(shape)
    let columns = layout.columns
    let partials = Partials(count: layout.blocks, width: columns)
    // Few enough rows to be in the cache the second time.
    let step = max(1, min(32, layout.grain))
    parallel(layout.rows, grain: layout.grain) { range in
      for first in stride(from: range.lowerBound, to: range.upperBound, by: step) {
        let rows = min(step, range.upperBound - first)
        prepare(first, rows)
        gk_weighted_row_sums(
          type.rawValue, pointer(at: first * columns), rows, columns, weights.pointer(at: first),
          partials[range.lowerBound / layout.grain])
      }
    }
    return Array(UnsafeBufferPointer(start: partials.total(of: 0..<layout.blocks), count: columns))
  }

  /// The dot product.
  func dotKernel(_ other: Tensor) -> Double {
    let mark = OpClock.begin(.matrix)
    defer { OpClock.end(mark) }
    let blocks = ceilDiv(count, elementGrain)
    let partials = Partials(count: max(1, blocks), width: 1)
    parallel(count, grain: elementGrain) { range in
      partials[range.lowerBound / elementGrain][0] = gk_dot(
        type.rawValue, pointer(at: range.lowerBound), other.pointer(at: range.lowerBound), range.count)
    }
    return partials.total(of: 0..<max(1, blocks))[0]
  }

  /// `a * self + b * v u^T`.
  func plusOuterKernel(_ a: Double, _ b: Double, _ v: Tensor, _ u: Tensor) -> Tensor {
    let mark = OpClock.begin(.matrix)
    defer { OpClock.end(mark) }
    let layout = MatrixLayout(shape)
    let columns = layout.columns
    let result = Tensor(uninitialized: shape, type)
    parallel(layout.rows, grain: layout.grain) { range in
      let first = range.lowerBound
      gk_scale_add_outer(
        type.rawValue, pointer(at: first * columns), range.count, columns, a, b, v.pointer(at: first), u.pointer,
        result.pointer(at: first * columns))
    }
    return result
  }
}
