import CKernels

// Operations that only move elements.

extension Tensor {
  /// The same elements under another shape of equal count; shares memory.
  package func reshaped(to target: Shape) -> Tensor {
    precondition(target.count == count, "reshaping \(shape) to \(target)")
    if target == shape { return self }
    return Tensor(shape: target, type: type, storage: storage, node: nil).recorded(
      "reshape", as: .reshape(target), from: [self]
    ) {
      [shape] in [$0.gradient.reshaped(to: shape)]
    }
  }

  /// Axis `i` of the result is axis `order[i]` of this tensor.
  package func permuted(_ order: [Int]) -> Tensor {
    precondition(order.sorted() == Array(0..<shape.rank), "permuting \(shape) by \(order)")
    let target = Shape(order.map { shape[$0] })
    let result = Tensor(uninitialized: target, type)
    Permutation(order, of: shape).move(self, to: result)
    return result.recorded("permute", as: .permute(order), from: [self]) { backward in
      var inverse = [Int](repeating: 0, count: order.count)
      for (axis, source) in order.enumerated() { inverse[source] = axis }
      return [backward.gradient.permuted(inverse)]
    }
  }

  /// The elements `range` of one axis.
  package func sliced(_ range: Range<Int>, axis: Int) -> Tensor {
    precondition(range.lowerBound >= 0 && range.upperBound <= shape[axis], "slice \(range) of \(shape) axis \(axis)")
    let inner = shape.sizes[(axis + 1)...].reduce(1, *)
    let outer = shape.sizes[..<axis].reduce(1, *)
    let result = Tensor(uninitialized: shape.with(range.count, at: axis), type)
    copyRows(
      from: pointer(at: range.lowerBound * inner), step: shape[axis] * inner, to: result.pointer,
      step: range.count * inner, rows: outer, columns: range.count * inner, type)
    return result.recorded("slice", as: .slice(range, axis: axis), from: [self]) { [size = shape[axis]] in
      [$0.gradient.embedded(at: range.lowerBound, of: size, axis: axis)]
    }
  }

  /// Rows of the first axis in another order, or some of them; a constant.
  package func rows(_ indices: [Int]) -> Tensor {
    let size = count / max(shape[0], 1)
    let result = Tensor(uninitialized: shape.with(indices.count, at: 0), type)
    if DryRun.isOn { return result }
    for (place, index) in indices.enumerated() {
      result.pointer(at: place * size).copyMemory(from: pointer(at: index * size), byteCount: size * type.size)
    }
    return result
  }

  /// The adjoint of slicing: this tensor at `start` of an axis of `size`, zeros elsewhere.
  func embedded(at start: Int, of size: Int, axis: Int) -> Tensor {
    let inner = shape.sizes[(axis + 1)...].reduce(1, *)
    let outer = shape.sizes[..<axis].reduce(1, *)
    let result = Tensor.zeros(shape.with(size, at: axis), type: type)
    copyRows(
      from: pointer, step: shape[axis] * inner, to: result.pointer(at: start * inner), step: size * inner,
      rows: outer, columns: shape[axis] * inner, type)
    return result.recorded("embed", from: [self]) { [length = shape[axis]] in
      [$0.gradient.sliced(start..<start + length, axis: axis)]
    }
  }

  /// Concatenates tensors along one axis; the other sizes must be equal.
  package static func concatenated(_ parts: [Tensor], axis: Int) -> Tensor {
    precondition(!parts.isEmpty)
    let total = parts.reduce(0) { $0 + $1.shape[axis] }
    let result = Tensor(uninitialized: parts[0].shape.with(total, at: axis), parts[0].type)
    let inner = result.shape.sizes[(axis + 1)...].reduce(1, *)
    let outer = result.shape.sizes[..<axis].reduce(1, *)
    var start = 0
    for part in parts {
      let length = part.shape[axis]
      precondition(part.shape.with(total, at: axis) == result.shape, "joining \(part.shape) into \(result.shape)")
      copyRows(
        from: part.pointer, step: length * inner, to: result.pointer(at: start * inner), step: total * inner,
        rows: outer, columns: length * inner, part.type)
      start += length
    }
    return result.recorded("concatenate", as: .concatenate(axis: axis), from: parts) {
      [lengths = parts.map { $0.shape[axis] }] backward in
      var start = 0
      return zip(lengths, backward.needs).map { length, needed in
        defer { start += length }
        return needed ? backward.gradient.sliced(start..<start + length, axis: axis) : nil
      }
    }
  }

  /// These maps `[N,H,W,C]` concatenated with a vector `[N,K]` at every pixel: `[N,H,W,C+K]`.
  package func joined(with vector: Tensor) -> Tensor {
    let own = shape[3], added = vector.shape[1], all = own + added, pixels = shape[1] * shape[2]
    precondition(vector.shape == [shape[0], added], "joining \(vector.shape) to \(shape)")
    let result = Tensor(uninitialized: shape.with(all, at: 3), type)
    copyRows(from: pointer, step: own, to: result.pointer, step: all, rows: shape[0] * pixels, columns: own, type)
    for sample in 0..<shape[0] {
      copyRows(
        from: vector.pointer(at: sample * added), step: 0, to: result.pointer(at: sample * pixels * all + own),
        step: all, rows: pixels, columns: added, type)
    }
    return result.recorded("join", as: .join, from: [self, vector]) { backward in
      let gradient = backward.gradient
      return [
        backward.needs[0] ? gradient.sliced(0..<own, axis: 3) : nil,
        backward.needs[1]
          ? gradient.sliced(own..<all, axis: 3).sum(over: [1, 2]).reshaped(to: [gradient.shape[0], added]) : nil,
      ]
    }
  }

  /// This tensor's elements repeated to `target` (kernel of `broadcast`).
  static func expand(_ source: Tensor, _ zero: Tensor, _ target: Shape) -> Tensor {
    let mark = OpClock.begin(.elementwise)
    defer { OpClock.end(mark) }
    let result = Tensor(uninitialized: target, source.type)
    let plan = BroadcastPlan(source.shape, zero.shape, result: target)
    let steps = plan.innerSteps
    plan.forEachRun { offset, from, _, count in
      gk_binary(
        source.type.rawValue, Int32(GK_ADD), source.pointer(at: from), steps.p, zero.pointer, 0,
        result.pointer(at: offset), count, 0)
    }
    return result
  }
}

private func copyRows(
  from source: UnsafeMutableRawPointer, step: Int, to destination: UnsafeMutableRawPointer, step destinationStep: Int,
  rows: Int, columns: Int, _ type: ElementType
) {
  let mark = OpClock.begin(.rearranging)
  defer { OpClock.end(mark) }
  parallelRows(rows, of: max(columns, 1)) { range in
    gk_copy_rows(
      type.rawValue, source + range.lowerBound * step * type.size, step,
      destination + range.lowerBound * destinationStep * type.size, destinationStep, range.count, columns)
  }
}
