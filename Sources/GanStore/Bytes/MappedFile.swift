import Foundation
import GanBase

/// A file seen as memory: pages are read when touched, and a file of 1 GB costs no copy.
final class MappedFile: ByteOwner {
  let bytes: UnsafeRawBufferPointer

  /// - Throws: `GanError` (checkpoint) where the file is missing or no regular file; (environment) where the
  ///   system refuses to read it.
  init(path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw GanError.checkpoint("there is no such file", at: path) }
      throw systemError("cannot read", path)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw systemError("cannot read", path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      throw GanError.checkpoint(
        isFolder ? "expected a file, found a folder" : "expected a file, found a device or pipe", at: path)
    }
    guard status.st_size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let size = Int(status.st_size)
    let memory = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let memory, memory != MAP_FAILED else { throw systemError("cannot read", path) }
    bytes = UnsafeRawBufferPointer(start: memory, count: size)
  }

  deinit {
    if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
  }
}
