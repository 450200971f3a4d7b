import CKernels
import GanBase

extension Tensor {
  /// The sum over the middle of `[outer, reduced, inner]`, as a tensor of `shape` (outer * inner elements).
  /// Partial sums of fixed blocks are added in order, in double.
  func sumKernel(outer: Int, reduced: Int, inner: Int, shape: Shape) -> Tensor {
    let mark = OpClock.begin(.reduction)
    defer { OpClock.end(mark) }
    let result = Tensor(uninitialized: shape, type)
    let rowsPerBlock = max(1, elementGrain / inner)
    let blocks = max(1, ceilDiv(reduced, rowsPerBlock))
    let partials = Partials(count: outer * blocks, width: inner)
    parallel(outer * blocks, grain: max(1, elementGrain / max(1, min(reduced, rowsPerBlock) * inner))) { range in
      for item in range {
        let (index, block) = item.quotientAndRemainder(dividingBy: blocks)
        let first = block * rowsPerBlock
        let rows = min(rowsPerBlock, reduced - first)
        if rows > 0 {
          gk_sum_rows(type.rawValue, pointer(at: (index * reduced + first) * inner), rows, inner, partials[item])
        }
      }
    }
    for index in 0..<outer {
      let sums = partials.total(of: index * blocks..<(index + 1) * blocks)
      if !DryRun.isOn { result.store(sums, width: inner, at: index * inner) }
    }
    return result
  }

  /// Writes `width` doubles as elements.
  func store(_ values: UnsafePointer<Double>, width: Int, at offset: Int) {
    if type == .float32 {
      gk_f32_from_f64(values, pointer(at: offset).assumingMemoryBound(to: Float.self), width)
    } else {
      pointer(at: offset).copyMemory(from: values, byteCount: width * 8)
    }
  }
}

/// Rows of partial sums in double, zero at first.
final class Partials {
  private let storage: Storage
  private let values: UnsafeMutablePointer<Double>
  /// The sums in a dry run.
  private let zeros: UnsafeMutablePointer<Double>?
  let width: Int

  init(count: Int, width: Int) {
    self.width = width
    storage = Storage(bytes: count * width * 8)
    values = storage.pointer.assumingMemoryBound(to: Double.self)
    zeros = DryRun.isOn ? .allocate(capacity: width) : nil
    if let zeros {
      zeros.initialize(repeating: 0, count: width)
    } else {
      values.initialize(repeating: 0, count: count * width)
    }
  }

  deinit { zeros?.deallocate() }

  subscript(_ row: Int) -> UnsafeMutablePointer<Double> { values + row * width }

  /// Adds the rows to the first of them, in order.
  func total(of rows: Range<Int>) -> UnsafeMutablePointer<Double> {
    if let zeros { return zeros }
    let sum = self[rows.lowerBound]
    for row in rows.dropFirst() {
      let next = self[row]
      for index in 0..<width { sum[index] += next[index] }
    }
    return sum
  }
}
