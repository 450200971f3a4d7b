import CKernels
import GanBase

/// How elements move when axes are permuted. Axes that stay adjacent, in the same order, are merged.
struct Permutation {
  private struct Axis {
    var size: Int
    /// Elements between neighbours, in the source and in the result.
    var from: Int, to: Int
  }

  /// In the order of the result, outermost first.
  private var axes: [Axis] = []

  /// - Parameter order: axis `i` of the result is axis `order[i]` of the source.
  init(_ order: [Int], of source: Shape) {
    let (from, to) = (source.strides, Shape(order.map { source[$0] }).strides)
    for (place, axis) in order.enumerated() where source[axis] != 1 {
      if let outer = axes.last, outer.from == source[axis] * from[axis] {
        axes[axes.count - 1] = Axis(size: outer.size * source[axis], from: from[axis], to: to[place])
      } else {
        axes.append(Axis(size: source[axis], from: from[axis], to: to[place]))
      }
    }
  }

  func move(_ source: Tensor, to result: Tensor) {
    guard result.count > 0 else { return }
    var outer = axes
    let inner = outer.popLast() ?? Axis(size: 1, from: 1, to: 1)
    // The source's innermost axis: if it is also the result's, rows are copied, else matrices are transposed.
    let row = outer.firstIndex { $0.from == 1 }.map { outer.remove(at: $0) } ?? Axis(size: 1, from: 1, to: 1)
    let strip = max(16, elementGrain / inner.size)
    let strips = ceilDiv(row.size, strip)
    let items = outer.reduce(strips) { $0 * $1.size }
    parallelRows(items, of: inner.size * min(strip, row.size)) { range in
      for item in range {
        var (rest, index) = item.quotientAndRemainder(dividingBy: strips)
        var (from, to) = (index * strip, index * strip * row.to)
        let columns = min(strip, row.size - index * strip)
        for axis in outer.reversed() {
          (rest, index) = rest.quotientAndRemainder(dividingBy: axis.size)
          from += index * axis.from
          to += index * axis.to
        }
        if inner.from == 1 {
          gk_copy_rows(
            source.type.rawValue, source.pointer(at: from), inner.size, result.pointer(at: to), inner.size, 1,
            inner.size)
        } else {
          gk_transpose(
            source.type.rawValue, source.pointer(at: from), inner.from, result.pointer(at: to), row.to, inner.size,
            columns)
        }
      }
    }
  }
}
