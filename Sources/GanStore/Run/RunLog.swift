import Foundation
import GanBase

/// `log.jsonl`: one JSON object a line. A line is written at once, so a reader never sees half of one.
package final class RunLog {
  private let path: FilePath
  private let descriptor: Int32

  /// Opens the file for appending, making it if need be.
  /// - Throws: `GanError` (environment) if the disk refuses.
  package init(path: FilePath) throws {
    self.path = path
    descriptor = path.withPlatformString { open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666) }
    guard descriptor >= 0 else { throw systemError("cannot write", path) }
    AtomicFile.sync(folder: path.parent)
  }

  deinit { close(descriptor) }

  /// - Throws: `GanError` (environment) if the disk refuses; a line that went in half is taken back.
  package func append(_ line: JSONValue) throws {
    try Self.appendWhole(Array((line.encoded + "\n").utf8), to: descriptor, path)
  }

  /// Appends bytes at once, so that a reader never sees a part of them; what went in only in part is taken back.
  /// - Throws: `GanError` (environment) if the disk refuses.
  static func appendWhole(_ bytes: [UInt8], to descriptor: Int32, _ path: FilePath) throws {
    let end = lseek(descriptor, 0, SEEK_END)
    var written = write(descriptor, bytes, bytes.count)
    while written < 0, errno == EINTR { written = write(descriptor, bytes, bytes.count) }
    guard written == bytes.count else {
      let failure =
        written < 0
        ? systemError("cannot write", path) : GanError.environment("cannot write: the disk is full", at: path)
      if written > 0, end >= 0 { ftruncate(descriptor, end) }
      throw failure
    }
  }

  /// Waits until all lines are safely on disk.
  /// - Throws: `GanError` (environment) if the disk refuses.
  package func sync() throws {
    if fsync(descriptor) != 0, errno != EINVAL { throw systemError("cannot write", path) }
  }

  /// The lines of a log, without those that are no JSON.
  /// - Throws: `GanError` (environment) if there is no such file.
  static func lines(of path: FilePath) throws -> [JSONValue] {
    try InputFile(path, .environment).content().withUnsafeBytes { bytes in
      bytes.split(separator: 0x0A).compactMap { try? JSONValue(parsing: UnsafeRawBufferPointer(rebasing: $0)) }
    }
  }

  /// Drops what was logged after `step`, for a run that continues from there. What stays, stays byte for byte.
  ///
  /// A line stays if its `step` is at most `step`; a line without one stays if nothing before it was dropped;
  /// a line that is no JSON object (torn by a crash) goes.
  package static func truncate(_ path: FilePath, toStep step: Int) throws {
    try truncate(path) { line in line["step"]?.number.map { $0 <= Double(step) } }
  }

  /// Drops lines of which `stays` gives false; nil stands for: if nothing before was dropped.
  package static func truncate(_ path: FilePath, where stays: (JSONValue) -> Bool?) throws {
    guard path.exists else { return }
    let content = try InputFile(path, .checkpoint).content()
    let kept = content.withUnsafeBytes { keep($0, where: stays) }
    if kept.count != content.count { try AtomicFile.write(kept, to: path) }
  }

  private static func keep(_ bytes: UnsafeRawBufferPointer, where stays: (JSONValue) -> Bool?) -> Data {
    var kept = Data()
    var hasDropped = false
    var start = 0
    while let end = bytes[start...].firstIndex(of: 0x0A) {
      let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      if let value = try? JSONValue(parsing: line), case .object = value {
        if stays(value) ?? !hasDropped { kept.append(contentsOf: bytes[start...end]) } else { hasDropped = true }
      }
      start = end + 1
    }
    return kept
  }
}
