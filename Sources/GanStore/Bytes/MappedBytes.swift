import Foundation
import GanBase

/// Memory for the content of a file. Mapped by the system, which can refuse it, unlike the heap.
final class MappedBytes: ByteOwner {
  private let memory: UnsafeMutableRawBufferPointer

  /// - Throws: `GanError` (environment) if memory does not suffice; else what `fill` throws.
  init(count: Int, of path: FilePath, fill: (UnsafeMutableRawBufferPointer) throws -> Void) throws {
    guard count > 0 else {
      memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
      return
    }
    let start = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let start, start != MAP_FAILED else { throw systemError("cannot hold its \(count) bytes in memory", path) }
    memory = UnsafeMutableRawBufferPointer(start: start, count: count)
    // If it throws, `deinit` releases the memory: the object is complete.
    try fill(memory)
  }

  deinit {
    if let start = memory.baseAddress { munmap(start, memory.count) }
  }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory) }
}
