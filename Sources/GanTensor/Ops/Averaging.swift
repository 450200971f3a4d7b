import CKernels

extension Tensor {
  /// Moves every element towards that of `value` in place: by `share` of what lies between them.
  package func approach(_ value: Tensor, share: Double) {
    precondition(value.shape == shape && value.type == type, "\(shape) cannot approach \(value.shape)")
    let mark = OpClock.begin(.optimizer)
    defer { OpClock.end(mark) }
    parallelRows(count) { range in
      let first = range.lowerBound
      gk_approach(type.rawValue, pointer(at: first), value.pointer(at: first), range.count, share)
    }
    storage.version += 1
  }

  /// Exchanges the elements of two tensors in place; graphs that saved them become invalid.
  package func exchange(with other: Tensor) {
    precondition(other.shape == shape && other.type == type, "\(shape) cannot be exchanged with \(other.shape)")
    parallelRows(count) { range in
      gk_exchange(pointer(at: range.lowerBound), other.pointer(at: range.lowerBound), range.count * type.size)
    }
    storage.version += 1
    other.storage.version += 1
  }
}
