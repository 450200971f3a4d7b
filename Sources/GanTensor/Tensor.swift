import CKernels
import GanBase

/// A contiguous array of numbers with a shape, and, if gradients are needed, its node on the tape.
/// Tensors are values: no operation changes one, only optimizers and buffers write in place.
package final class Tensor {
  package let shape: Shape
  package let type: ElementType
  let storage: Storage
  /// nil: a constant. Otherwise what made this tensor, or a leaf.
  let node: Node?

  init(shape: Shape, type: ElementType, storage: Storage, node: Node?) {
    self.shape = shape
    self.type = type
    self.storage = storage
    self.node = node
  }

  /// A tensor with uninitialized elements, to be filled by a kernel.
  convenience init(uninitialized shape: Shape, _ type: ElementType) {
    self.init(shape: shape, type: type, storage: Storage(bytes: shape.count * type.size), node: nil)
  }

  package convenience init(_ values: [Float], _ shape: Shape, type: ElementType = .float32) {
    precondition(values.count == shape.count, "\(values.count) values for shape \(shape)")
    self.init(uninitialized: shape, type)
    if DryRun.isOn { return }
    values.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      if type == .float32 {
        pointer.copyMemory(from: base, byteCount: source.count * 4)
      } else {
        gk_f64_from_f32(base, pointer.assumingMemoryBound(to: Double.self), source.count)
      }
    }
  }

  package convenience init(_ values: [Double], _ shape: Shape, type: ElementType = .float64) {
    precondition(values.count == shape.count, "\(values.count) values for shape \(shape)")
    self.init(uninitialized: shape, type)
    if DryRun.isOn { return }
    values.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      if type == .float64 {
        pointer.copyMemory(from: base, byteCount: source.count * 8)
      } else {
        gk_f32_from_f64(base, pointer.assumingMemoryBound(to: Float.self), source.count)
      }
    }
  }

  /// A tensor of fp32 whose elements `fill` sets, all of them; not called in a dry run (see `DryRun`).
  package convenience init(_ shape: Shape, fill: (UnsafeMutableBufferPointer<Float>) throws -> Void) rethrows {
    self.init(uninitialized: shape, .float32)
    if DryRun.isOn { return }
    try fill(UnsafeMutableBufferPointer(start: pointer.assumingMemoryBound(to: Float.self), count: count))
  }

  /// All elements equal to `value`.
  package convenience init(repeating value: Double, _ shape: Shape, type: ElementType = .float32) {
    self.init(uninitialized: shape, type)
    if DryRun.isOn { return }
    if value == 0 { zeroFill() } else { fill(value) }
  }

  package static func zeros(_ shape: Shape, type: ElementType = .float32) -> Tensor {
    Tensor(repeating: 0, shape, type: type)
  }

  package var count: Int { shape.count }
  var pointer: UnsafeMutableRawPointer { storage.pointer }

  /// The address of element `index`.
  func pointer(at index: Int) -> UnsafeMutableRawPointer { storage.pointer + index * type.size }

  /// Whether gradients can flow through this tensor.
  package var isTracked: Bool { node != nil }

  /// The same elements without a node, as PyTorch's `detach`.
  package func detached() -> Tensor {
    node == nil ? self : Tensor(shape: shape, type: type, storage: storage, node: nil)
  }

  /// The same elements as a leaf: gradients can be computed with respect to it.
  package func variable() -> Tensor { Tensor(shape: shape, type: type, storage: storage, node: Node.leaf()) }

  // MARK: Reading

  package var floats: [Float] {
    if DryRun.isOn { return [Float](repeating: 0, count: count) }
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let base = buffer.baseAddress {
        if type == .float32 {
          memcpyFloats(base)
        } else {
          gk_f32_from_f64(pointer.assumingMemoryBound(to: Double.self), base, count)
        }
      }
      initialized = count
    }
  }

  package var doubles: [Double] {
    if DryRun.isOn { return [Double](repeating: 0, count: count) }
    return [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let base = buffer.baseAddress {
        if type == .float64 {
          UnsafeMutableRawPointer(base).copyMemory(from: pointer, byteCount: count * 8)
        } else {
          gk_f64_from_f32(pointer.assumingMemoryBound(to: Float.self), base, count)
        }
      }
      initialized = count
    }
  }

  /// The value of a tensor with one element.
  package var item: Double {
    precondition(count == 1, "item of a tensor of shape \(shape)")
    if DryRun.isOn { return 0 }
    return type == .float32
      ? Double(pointer.load(as: Float.self)) : pointer.load(as: Double.self)
  }

  /// Whether no element is an infinity or NaN.
  package var isFinite: Bool { DryRun.isOn || gk_count_not_finite(type.rawValue, pointer, count) == 0 }

  /// A copy of the elements in separate memory.
  package func copied() -> Tensor {
    let result = Tensor(uninitialized: shape, type)
    if !DryRun.isOn { result.pointer.copyMemory(from: pointer, byteCount: count * type.size) }
    return result
  }

  /// Calls `body` with the elements' memory. In a dry run (see `DryRun`) they are zeros.
  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    let bytes = count * type.size
    if DryRun.isOn { return try [UInt8](repeating: 0, count: bytes).withUnsafeBytes(body) }
    return try body(UnsafeRawBufferPointer(start: pointer, count: bytes))
  }

  package func converted(to target: ElementType) -> Tensor {
    if target == type { return detached() }
    let result = Tensor(uninitialized: shape, target)
    if DryRun.isOn { return result }
    if target == .float32 {
      gk_f32_from_f64(
        pointer.assumingMemoryBound(to: Double.self), result.pointer.assumingMemoryBound(to: Float.self), count)
    } else {
      gk_f64_from_f32(
        pointer.assumingMemoryBound(to: Float.self), result.pointer.assumingMemoryBound(to: Double.self), count)
    }
    return result
  }

  // MARK: Writing in place (parameters, buffers, optimizer state)

  /// Replaces the elements; graphs that saved the old ones become invalid. In a dry run (see `DryRun`) they stay.
  package func assign(_ values: Tensor) {
    precondition(values.shape == shape && values.type == type, "assigning \(values.shape) to \(shape)")
    if !DryRun.isOn { pointer.copyMemory(from: values.pointer, byteCount: count * type.size) }
    storage.version += 1
  }

  /// `assign` of `values.permuted(order)`.
  package func assign(_ values: Tensor, permuted order: [Int]) {
    precondition(
      Shape(order.map { values.shape[$0] }) == shape && values.type == type, "assigning \(values.shape) to \(shape)")
    Permutation(order, of: values.shape).move(values, to: self)
    storage.version += 1
  }

  private func memcpyFloats(_ destination: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(destination).copyMemory(from: pointer, byteCount: count * 4)
  }

  private func zeroFill() {
    // Writing to new pages would take them from the system before anybody needs them.
    if storage.isZero { return }
    parallelRows(count) { range in
      pointer(at: range.lowerBound).initializeMemory(as: UInt8.self, repeating: 0, count: range.count * type.size)
    }
  }

  private func fill(_ value: Double) {
    if type == .float32 {
      pointer.initializeMemory(as: Float.self, repeating: Float(value), count: count)
    } else {
      pointer.initializeMemory(as: Double.self, repeating: value, count: count)
    }
  }
}
