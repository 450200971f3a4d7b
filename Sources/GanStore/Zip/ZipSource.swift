import CZip
import Foundation
import GanBase

/// What libzip reads an archive from: it asks for bytes, which `InputFile` copies, so that a file that others cut short
/// is an error and not a signal.
final class ZipSource {
  /// Fills the memory with the bytes from an offset on.
  typealias Read = (_ offset: Int, _ target: UnsafeMutableRawBufferPointer) throws -> Void

  let size: Int
  private let read: Read
  private var position = 0
  private var status = zip_error_t()
  /// What `read` threw; libzip itself only learns that it failed.
  private(set) var failure: (any Error)?

  init(size: Int, read: @escaping Read) {
    (self.size, self.read) = (size, read)
    zip_error_init(&status)
  }

  deinit { zip_error_fini(&status) }

  /// The handle for libzip; nil if memory does not suffice. This object must outlive it.
  func makeHandle(_ error: inout zip_error_t) -> OpaquePointer? {
    let callback: zip_source_callback = { object, data, length, command in
      guard let object else { return -1 }
      return Unmanaged<ZipSource>.fromOpaque(object).takeUnretainedValue().answer(command, data, Int(clamping: length))
    }
    return zip_source_function_create(callback, Unmanaged.passUnretained(self).toOpaque(), &error)
  }

  private static let commands = [
    ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE,
    ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL, ZIP_SOURCE_SUPPORTS,
  ]

  private func answer(_ command: zip_source_cmd_t, _ data: UnsafeMutableRawPointer?, _ length: Int) -> Int64 {
    switch command {
    case ZIP_SOURCE_OPEN:
      position = 0
      return 0
    case ZIP_SOURCE_READ: return fill(UnsafeMutableRawBufferPointer(start: data, count: min(length, size - position)))
    case ZIP_SOURCE_SEEK:
      let target = zip_source_seek_compute_offset(UInt64(position), UInt64(size), data, UInt64(length), &status)
      if target >= 0 { position = Int(target) }
      return min(target, 0)
    case ZIP_SOURCE_TELL: return Int64(position)
    case ZIP_SOURCE_STAT:
      guard let data, length >= MemoryLayout<zip_stat_t>.size else { break }
      var stat = zip_stat_t()
      zip_stat_init(&stat)
      (stat.size, stat.valid) = (UInt64(size), UInt64(ZIP_STAT_SIZE))
      data.storeBytes(of: stat, as: zip_stat_t.self)
      return Int64(MemoryLayout<zip_stat_t>.size)
    case ZIP_SOURCE_ERROR: return zip_error_to_data(&status, data, UInt64(length))
    case ZIP_SOURCE_SUPPORTS: return Self.commands.reduce(0) { $0 | 1 << Int64($1.rawValue) }
    case ZIP_SOURCE_CLOSE, ZIP_SOURCE_FREE: return 0
    default: break
    }
    zip_error_set(&status, ZIP_ER_OPNOTSUPP, 0)
    return -1
  }

  private func fill(_ target: UnsafeMutableRawBufferPointer) -> Int64 {
    guard target.count > 0 else { return 0 }
    do {
      try read(position, target)
    } catch {
      failure = error
      zip_error_set(&status, ZIP_ER_READ, EIO)
      return -1
    }
    position += target.count
    return Int64(target.count)
  }
}
