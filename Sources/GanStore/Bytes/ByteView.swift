import GanBase

/// Memory that lives as long as this object and never changes.
protocol ByteOwner: AnyObject {
  var bytes: UnsafeRawBufferPointer { get }
}

/// A part of a file or block of memory, shared without copying; keeps its owner alive. Threads may share it, for the
/// bytes never change.
package struct ByteView: @unchecked Sendable {
  private let owner: any ByteOwner
  private let range: Range<Int>

  init(_ owner: any ByteOwner) {
    self.init(owner: owner, range: 0..<owner.bytes.count)
  }

  private init(owner: any ByteOwner, range: Range<Int>) {
    self.owner = owner
    self.range = range
  }

  /// Copies the elements of an array.
  package init<Element: BitwiseCopyable>(copying elements: [Element]) {
    self.init(elements.withUnsafeBytes { HeapBytes(copying: $0) })
  }

  /// The whole content of a file, copied, so that nobody can change it any more.
  /// - Throws: `GanError` if the file was cut short, or (environment) if memory does not suffice.
  init(reading file: InputFile) throws {
    self.init(try MappedBytes(count: file.size, of: file.path) { try file.read(at: 0, into: $0) })
  }

  package var count: Int { range.count }

  package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(owner) { try body(UnsafeRawBufferPointer(rebasing: owner.bytes[range])) }
  }

  /// The bytes `part`, counted from the start of this view, or nil if they do not lie within it.
  func slice(_ part: Range<Int>) -> ByteView? {
    guard part.lowerBound >= 0, part.upperBound <= count else { return nil }
    let start = range.lowerBound + part.lowerBound
    return ByteView(owner: owner, range: start..<start + part.count)
  }

  func slice(at start: Int, count: Int) -> ByteView? {
    let (end, overflow) = start.addingReportingOverflow(count)
    guard start >= 0, count >= 0, !overflow else { return nil }
    return slice(start..<end)
  }

  func starts(with prefix: [UInt8]) -> Bool { withUnsafeBytes { $0.starts(with: prefix) } }

  subscript(index: Int) -> UInt8 { owner.bytes[range.lowerBound + index] }
}

/// A separate block of memory, aligned for any element type.
final class HeapBytes: ByteOwner {
  private let memory: UnsafeMutableRawBufferPointer

  /// Leaves the content undefined until `fill` has run.
  init(count: Int, fill: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows {
    memory = .allocate(byteCount: count, alignment: 64)
    // If it throws, `deinit` releases the memory: the object is complete.
    try fill(memory)
  }

  convenience init(copying bytes: UnsafeRawBufferPointer) {
    self.init(count: bytes.count) { $0.copyMemory(from: bytes) }
  }

  deinit { memory.deallocate() }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory) }
}
