import Foundation
import Synchronization

/// A regular file opened for reading: the one way in for everything that is read.
///
/// Opening never waits, whatever the path leads to: a pipe, socket or device is refused, not read. Reading
/// copies, so that a file truncated by another process meanwhile is an error and not a signal.
package final class InputFile: Sendable {
  package let path: FilePath
  /// In bytes, when it was opened.
  package let size: Int
  package let identity: FileStatus.Identity
  /// -1 once it is closed.
  private let descriptor: Atomic<Int32>
  private let code: ExitCode

  /// - Parameters:
  ///   - code: the exit code for a file that is missing or not a regular file.
  ///   - what: what is expected, for messages.
  /// - Throws: `GanError` with that code if there is no such file or the path leads to something else;
  ///   (environment) if the system refuses, or (input) for a picture, so that all of them can be reported at once.
  package init(_ path: FilePath, _ code: ExitCode, _ what: String = "file") throws {
    (self.path, self.code) = (path, code)
    let descriptor = path.withPlatformString { open($0, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) }
    self.descriptor = Atomic(descriptor)
    guard descriptor >= 0, let status = FileStatus(descriptor: descriptor) else {
      let reason = errno
      if descriptor >= 0 { Foundation.close(descriptor) }
      if let kind = FileStatus(path)?.kind, kind != .file { throw Self.unexpected(kind, what, path, code) }
      errno = reason
      if reason == ENOENT || reason == ENOTDIR { throw GanError(code, "there is no such \(what)", at: path) }
      throw Self.refused("cannot read the \(what)", path, code)
    }
    (size, identity) = (status.size, status.identity)
    guard status.kind == .file else { throw Self.unexpected(status.kind, what, path, code) }
  }

  deinit { close() }

  /// Closes the file, though others may still hold this object. Nothing can be read from then on.
  package func close() {
    let descriptor = descriptor.exchange(-1, ordering: .relaxed)
    if descriptor >= 0 { Foundation.close(descriptor) }
  }

  private static func unexpected(
    _ kind: FileStatus.Kind, _ what: String, _ path: FilePath, _ code: ExitCode
  ) -> GanError {
    let article = "aeiou".contains(what.first ?? "x") ? "an" : "a"
    return GanError(code, "expected \(article) \(what), found \(kind.description)", at: path)
  }

  private static func refused(_ what: String, _ path: FilePath, _ code: ExitCode) -> GanError {
    let error = systemError(what, path)
    return code == .input ? GanError(.input, error.diagnostics) : error
  }

  /// Fills `target` with the bytes from `offset` on.
  /// - Throws: `GanError` if the file ends before: it was cut short since it was opened.
  package func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws {
    let count = try readUpTo(target, at: offset)
    guard count == target.count else {
      throw GanError(
        code,
        "was cut short while being read: expected \(counted(max(size, offset + target.count), "byte")), "
          + "found \(offset + count)", at: path, help: "another program is changing it: wait, and try again")
    }
  }

  /// The bytes of a range.
  /// - Throws: as `read(at:into:)`.
  package func bytes(_ range: Range<Int>) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
      try read(
        at: range.lowerBound,
        into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<range.count]))
      filled = range.count
    }
  }

  /// The whole content.
  /// - Parameter limit: the most bytes that such a file can sensibly have.
  /// - Throws: as `read(at:into:)`, and for a file beyond the limit.
  package func content(limit: Int = 1 << 30) throws -> [UInt8] {
    guard size <= limit else {
      throw GanError(code, "is too large: \(counted(size, "byte")), expected at most \(limit)", at: path)
    }
    return try bytes(0..<size)
  }

  /// The first bytes: at most `count`, fewer if the file is shorter.
  package func head(_ count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = try readUpTo(
        UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]), at: 0)
    }
  }

  /// A stream for C libraries, from the beginning; the caller closes it.
  package func stream() throws -> UnsafeMutablePointer<FILE> {
    let copy = fcntl(descriptor.load(ordering: .relaxed), F_DUPFD_CLOEXEC, 3)
    guard copy >= 0, let stream = fdopen(copy, "rb") else {
      let failure = Self.refused("cannot read", path, code)
      if copy >= 0 { Foundation.close(copy) }
      throw failure
    }
    rewind(stream)
    return stream
  }

  private func readUpTo(_ target: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
    let descriptor = descriptor.load(ordering: .relaxed)
    var done = 0
    while done < target.count, let start = target.baseAddress {
      let count = pread(descriptor, start + done, target.count - done, off_t(offset + done))
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw Self.refused("cannot read", path, code)
      }
      done += count
    }
    return done
  }
}
