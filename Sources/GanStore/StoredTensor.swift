import GanBase

/// A named tensor as it lies in a file. Its bytes stay in the file until they are asked for.
public struct StoredTensor: Sendable {
  public var name: String
  public let type: StoredType
  /// As stored; for PyTorch weights O,I,kh,kw. Empty for a scalar.
  public let shape: [Int]
  /// Contiguous, last axis fastest, little-endian; `elementCount * type.size` bytes, not necessarily aligned.
  public let bytes: ByteView
  /// The file it was read from, for messages.
  public let path: String?

  init(name: String, type: StoredType, shape: [Int], bytes: ByteView, path: String?) {
    (self.name, self.type, self.shape, self.bytes, self.path) = (name, type, shape, bytes, path)
  }

  public var elementCount: Int { bytes.count / type.size }

  /// - Throws: `GanError` (checkpoint) where the tensor has another shape.
  public func expect(shape expected: [Int]) throws {
    guard shape != expected else { return }
    throw problem("expected shape \(expected), found \(shape)")
  }

  func problem(_ message: String, help: String? = nil) -> GanError {
    GanError.checkpoint("tensor '\(name)': \(message)", at: path, help: help)
  }
}

extension StoredTensor {
  /// The elements as fp32: halves are widened, doubles rounded, truth values become 0 and 1.
  /// - Throws: `GanError` (checkpoint) for an integer that fp32 cannot hold exactly.
  public func floats() throws -> [Float] {
    try [Float](unsafeUninitializedCapacity: elementCount) { buffer, filled in
      try copyFloats(to: UnsafeMutableBufferPointer(rebasing: buffer[..<elementCount]))
      filled = elementCount
    }
  }

  /// `floats()` into memory that exists already; it must hold exactly `elementCount` elements.
  public func copyFloats(to target: UnsafeMutableBufferPointer<Float>) throws {
    guard target.count == elementCount else {
      throw GanError(.bug, "tensor '\(name)' has \(elementCount) elements, the target holds \(target.count)")
    }
    switch type {
    case .F32: bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(target).copyMemory(from: $0) }
    case .F64: convert(Double.self, target) { Float($0) }
    case .F16: convert(Float16.self, target) { Float($0) }
    case .BF16: convert(UInt16.self, target) { Float(bitPattern: UInt32($0) << 16) }
    case .I64: try convertExactly(Int64.self, target)
    case .I32: try convertExactly(Int32.self, target)
    case .I16: convert(Int16.self, target) { Float($0) }
    case .I8: convert(Int8.self, target) { Float($0) }
    case .U8: convert(UInt8.self, target) { Float($0) }
    case .BOOL: convert(UInt8.self, target) { $0 == 0 ? 0 : 1 }
    }
  }

  /// The elements as fp64.
  /// - Throws: `GanError` (checkpoint) for an integer that fp64 cannot hold exactly.
  public func doubles() throws -> [Double] {
    switch type {
    case .F64: return values(Double.self) { $0 }
    case .I64, .I32:
      return try integers().map {
        guard let exact = Double(exactly: $0) else { throw problem("\($0) does not fit a double exactly") }
        return exact
      }
    default: return try floats().map(Double.init)
    }
  }

  /// The elements as integers; floating-point elements must be whole numbers.
  /// - Throws: `GanError` (checkpoint) naming the first element that is no integer.
  public func integers() throws -> [Int64] {
    switch type {
    case .I64: return values(Int64.self) { $0 }
    case .I32: return values(Int32.self) { Int64($0) }
    case .I16: return values(Int16.self) { Int64($0) }
    case .I8: return values(Int8.self) { Int64($0) }
    case .U8: return values(UInt8.self) { Int64($0) }
    case .BOOL: return values(UInt8.self) { $0 == 0 ? 0 : 1 }
    case .F64, .F32, .F16, .BF16:
      return try doubles().map {
        guard let exact = Int64(exactly: $0) else { throw problem("expected integers, found \($0)") }
        return exact
      }
    }
  }

  private func values<Stored: BitwiseCopyable, Value>(_ stored: Stored.Type, _ value: (Stored) -> Value) -> [Value] {
    [Value](unsafeUninitializedCapacity: elementCount) { buffer, filled in
      convert(stored, buffer, value)
      filled = elementCount
    }
  }

  @inline(__always)
  private func convert<Stored: BitwiseCopyable, Value>(
    _ stored: Stored.Type, _ target: UnsafeMutableBufferPointer<Value>, _ value: (Stored) -> Value
  ) {
    bytes.withUnsafeBytes { source in
      for index in 0..<elementCount {
        let element = source.loadUnaligned(fromByteOffset: index * MemoryLayout<Stored>.stride, as: stored)
        target.initializeElement(at: index, to: value(element))
      }
    }
  }

  private func convertExactly<Stored: FixedWidthInteger & BitwiseCopyable>(
    _ stored: Stored.Type, _ target: UnsafeMutableBufferPointer<Float>
  ) throws {
    var inexact: Stored?
    convert(stored, target) { element in
      if let exact = Float(exactly: element) { return exact }
      inexact = element
      return .nan
    }
    if let inexact { throw problem("\(inexact) does not fit an fp32 number exactly") }
  }
}
