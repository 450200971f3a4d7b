import GanBase

/// A named tensor as it lies in a file. Its bytes stay in the file until they are asked for.
package struct StoredTensor: Sendable {
  package var name: String
  package let type: StoredType
  /// As stored; for PyTorch weights O,I,kh,kw. Empty for a scalar.
  package let shape: [Int]
  /// The file it was read from, for messages.
  package let path: FilePath?
  /// The CRC-32 that the bytes must have, if the file states it.
  var checksum: String?
  private let content: Content

  enum Content: Sendable {
    case memory(ByteView)
    case file(InputFile, Range<Int>)
  }

  init(name: String, type: StoredType, shape: [Int], content: Content, path: FilePath?) {
    (self.name, self.type, self.shape, self.content, self.path) = (name, type, shape, content, path)
  }

  init(name: String, type: StoredType, shape: [Int], bytes: ByteView, path: FilePath?) {
    self.init(name: name, type: type, shape: shape, content: .memory(bytes), path: path)
  }

  package var byteCount: Int {
    switch content {
    case .memory(let bytes): bytes.count
    case .file(_, let range): range.count
    }
  }

  package var elementCount: Int { byteCount / type.size }

  /// - Throws: `GanError` (checkpoint) if the tensor has another shape.
  package func expect(shape expected: [Int]) throws {
    guard shape != expected else { return }
    throw problem("expected shape \(expected), found \(shape)")
  }

  func problem(_ message: String, help: String? = nil) -> GanError {
    GanError.checkpoint("tensor '\(name)': \(message)", at: path, help: help)
  }
}

extension StoredTensor {
  /// The bytes: contiguous, last axis fastest, little-endian, not necessarily aligned. Those in a file are read
  /// each time.
  /// - Throws: what `body` throws, and `GanError` (checkpoint) if the file was cut short since it was opened, or
  ///   the checksum does not match.
  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    switch content {
    case .memory(let bytes): return try bytes.withUnsafeBytes(body)
    case .file:
      let copy = try ByteView(HeapBytes(count: byteCount) { try copyBytes(to: $0) })
      return try copy.withUnsafeBytes(body)
    }
  }

  /// - Parameter target: of exactly `byteCount` bytes.
  private func copyBytes(to target: UnsafeMutableRawBufferPointer) throws {
    switch content {
    case .memory(let bytes): bytes.withUnsafeBytes { target.copyMemory(from: $0) }
    case .file(let file, let range): try file.read(at: range.lowerBound, into: target)
    }
    guard let checksum else { return }
    let found = CRC32.text(CRC32.checksum(UnsafeRawBufferPointer(target)))
    guard found == checksum else {
      throw problem(
        "its checksum does not match: expected \(checksum), found \(found)",
        help: "the file is damaged: use an earlier checkpoint, or copy it again")
    }
  }

  /// The elements as fp32: halves are widened, doubles rounded, truth values become 0 and 1.
  /// - Throws: `GanError` (checkpoint) for an integer that fp32 cannot hold exactly.
  package func floats() throws -> [Float] {
    try [Float](unsafeUninitializedCapacity: elementCount) { buffer, filled in
      try copyFloats(to: UnsafeMutableBufferPointer(rebasing: buffer[..<elementCount]))
      filled = elementCount
    }
  }

  /// `floats()` into memory that exists already; it must hold exactly `elementCount` elements.
  package func copyFloats(to target: UnsafeMutableBufferPointer<Float>) throws {
    guard target.count == elementCount else {
      throw GanError(.bug, "tensor '\(name)' has \(elementCount) elements, the target holds \(target.count)")
    }
    switch type {
    case .F32: try copyBytes(to: UnsafeMutableRawBufferPointer(target))
    case .F64: try convert(Double.self, target) { Float($0) }
    case .F16: try convert(Float16.self, target) { Float($0) }
    case .BF16: try convert(UInt16.self, target) { Float(bitPattern: UInt32($0) << 16) }
    case .I64: try convertExactly(Int64.self, target)
    case .I32: try convertExactly(Int32.self, target)
    case .I16: try convert(Int16.self, target) { Float($0) }
    case .I8: try convert(Int8.self, target) { Float($0) }
    case .U8: try convert(UInt8.self, target) { Float($0) }
    case .BOOL: try convert(UInt8.self, target) { $0 == 0 ? 0 : 1 }
    }
  }

  @inline(__always)
  private func convert<Stored: BitwiseCopyable, Value>(
    _ stored: Stored.Type, _ target: UnsafeMutableBufferPointer<Value>, _ value: (Stored) -> Value
  ) throws {
    try withBytes { source in
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
    try convert(stored, target) { element in
      if let exact = Float(exactly: element) { return exact }
      inexact = element
      return .nan
    }
    if let inexact { throw problem("\(inexact) does not fit an fp32 number exactly") }
  }
}
