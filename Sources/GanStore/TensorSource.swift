/// A tensor to be written. The bytes are requested when they are about to be written, so nothing is copied in between.
package struct TensorSource {
  package typealias Sink = (UnsafeRawBufferPointer) throws -> Void

  package let name: String
  package let type: StoredType
  package let shape: [Int]
  /// Calls the sink once, with all bytes (contiguous, little-endian). Runs once for each file that is written.
  let provide: (_ sink: Sink) throws -> Void

  package init(name: String, type: StoredType, shape: [Int], provide: @escaping (_ sink: Sink) throws -> Void) {
    (self.name, self.type, self.shape, self.provide) = (name, type, shape, provide)
  }

  package init(_ tensor: StoredTensor) {
    self.init(name: tensor.name, type: tensor.type, shape: tensor.shape) { try tensor.withBytes($0) }
  }

  package init(name: String, shape: [Int], floats: [Float]) {
    self.init(name: name, type: .F32, shape: shape) { try floats.withUnsafeBytes($0) }
  }

  package init(name: String, shape: [Int], integers: [Int64]) {
    self.init(name: name, type: .I64, shape: shape) { try integers.withUnsafeBytes($0) }
  }

  package init(name: String, shape: [Int], bytes: [UInt8]) {
    self.init(name: name, type: .U8, shape: shape) { try bytes.withUnsafeBytes($0) }
  }
}
