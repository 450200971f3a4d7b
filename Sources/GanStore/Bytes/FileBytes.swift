import Foundation
import GanBase

/// The content of a file in memory of its own. Asked of the system, which can refuse, as the heap cannot.
final class FileBytes: ByteOwner {
  let bytes: UnsafeRawBufferPointer

  /// - Throws: `GanError` (environment) where memory does not suffice; else as `InputFile.read`.
  init(_ file: InputFile) throws {
    guard file.size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let start = mmap(nil, file.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let start, start != MAP_FAILED else {
      throw systemError("cannot hold its \(file.size) bytes in memory", file.path)
    }
    do {
      try file.read(at: 0, into: UnsafeMutableRawBufferPointer(start: start, count: file.size))
    } catch {
      munmap(start, file.size)
      throw error
    }
    bytes = UnsafeRawBufferPointer(start: start, count: file.size)
  }

  deinit {
    if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
  }
}
