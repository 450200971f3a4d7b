import Foundation
import GanBase
import Synchronization

/// Memory of tensors that lies in files, for translations that need more than there is.
///
/// A large block is a file of its own, mapped into memory. Kernels know nothing of it, so results have the same bits. A
/// thread watches how much of the process is resident and, above the bound, drops mapped pages, whose contents stay in
/// the files. The files have no names: the system removes them when the process ends, however it ends.
package final class FileMemory: @unchecked Sendable {
  package static let shared = FileMemory()

  private struct State {
    var folder: FilePath?
    var bound = 0
    /// Counts the uses, so that a thread ends with its own.
    var use = 0
    /// By address.
    var regions: [(start: UInt, size: Int)] = []
    /// Where dropping pages goes on.
    var next: UInt = 0
    /// The system's reason for the last refusal.
    var refusal: Int32 = 0
  }
  private let state = Mutex(State())

  /// Smaller blocks stay in memory.
  static let leastBlock = 4 << 20
  /// Large, because most of what lies in files is not resident, and passing over it must take no time.
  private static let chunk = 32 << 20

  /// Computes `body` with large tensors in files.
  /// - Parameters:
  ///   - bound: bytes of memory that the process may hold; what is not in large tensors must fit in.
  ///   - folder: where the files lie, on a disk.
  /// - Throws: what `body` throws; `GanError` (environment) if there is no place for files or no thread.
  package func within<Result>(_ bound: Int, files folder: FilePath, _ body: () throws -> Result) throws -> Result {
    guard let descriptor = Self.unnamedFile(in: folder) else {
      throw systemError("cannot write a scratch file", folder)
    }
    close(descriptor)
    MemoryCache.shared.trim()
    let use = state.withLock { state in
      (state.folder, state.bound, state.use) = (folder, bound, state.use + 1)
      return state.use
    }
    defer {
      state.withLock { $0.folder = nil }
      MemoryCache.shared.trim()
    }
    let code = BackgroundThread.start("ganctl-pages") { [self] in keepResident(during: use) }
    guard code == 0 else { throw GanError.environment("no thread can be started: \(String(cString: strerror(code)))") }
    return try body()
  }

  // MARK: Blocks

  /// Whether new blocks of this size lie in files now.
  func takes(_ size: Int) -> Bool { size >= Self.leastBlock && state.withLock { $0.folder != nil } }

  /// A block of zeros in a new file; nil if the disk is full or the system refuses.
  func map(_ size: Int) -> UnsafeMutableRawPointer? {
    guard let folder = state.withLock({ $0.folder }), let descriptor = Self.unnamedFile(in: folder) else {
      return refused(errno)
    }
    defer { close(descriptor) }
    // With its room on the disk from the start: there is no way to report a full disk later.
    let code = posix_fallocate(descriptor, 0, off_t(size))
    guard code == 0 else { return refused(code) }
    guard let start = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), start != MAP_FAILED else {
      return refused(errno)
    }
    state.withLock { state in
      let region = (start: UInt(bitPattern: start), size: size)
      state.regions.insert(region, at: state.regions.firstIndex { $0.start > region.start } ?? state.regions.endIndex)
    }
    return start
  }

  private func refused(_ reason: Int32) -> UnsafeMutableRawPointer? {
    state.withLock { $0.refusal = reason }
    return nil
  }

  /// - Returns: false if the block is none of these.
  func unmap(_ pointer: UnsafeMutableRawPointer) -> Bool {
    state.withLock { state in
      let start = UInt(bitPattern: pointer)
      guard let index = state.regions.firstIndex(where: { $0.start == start }) else { return false }
      munmap(pointer, state.regions[index].size)
      state.regions.remove(at: index)
      return true
    }
  }

  /// The error for a block that got no file; nil if blocks lie in memory.
  func refusal(of size: Int) -> GanError? {
    state.withLock { state in
      guard let folder = state.folder else { return nil }
      return .environment(
        "no room for \(gibibytes(size)) more of scratch files: \(String(cString: strerror(state.refusal)))", at: folder,
        help: "name a folder on a larger disk with --scratch, or allow more memory with --memory")
    }
  }

  /// A file that is nowhere to be seen.
  private static func unnamedFile(in folder: FilePath) -> Int32? {
    // O_TMPFILE, which Swift does not import.
    let unnamed: Int32 = 0o20000000 | O_DIRECTORY
    let descriptor = folder.withPlatformString { open($0, O_RDWR | O_CLOEXEC | unnamed, 0o600) }
    if descriptor >= 0 { return descriptor }
    // Not all file systems know it.
    let name = folder.appending("ganctl-scratch-\(UInt64.random(in: .min ... .max))")
    let named = name.withPlatformString { open($0, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) }
    guard named >= 0 else { return nil }
    AtomicFile.remove(name)
    return named
  }

  // MARK: Pages

  private func isOn(_ use: Int) -> Bool { state.withLock { $0.folder != nil && $0.use == use } }

  private func keepResident(during use: Int) {
    let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    while isOn(use) {
      usleep(1000)
      // What threads touch until the next look must fit in, too.
      let (bound, all) = state.withLock { ($0.bound, $0.regions.reduce(0) { $0 + $1.size }) }
      guard Self.resident(descriptor) > bound - bound / 8 else { continue }
      var dropped = 0
      while Self.resident(descriptor) > bound - bound / 4, dropped <= all, let size = dropNext() { dropped += size }
    }
  }

  /// Drops the pages of the next chunk. Those in use come back at the next access, from the system's cache.
  private func dropNext() -> Int? {
    state.withLock { state in
      guard let region = state.regions.first(where: { $0.start + UInt($0.size) > state.next }) ?? state.regions.first
      else { return nil }
      let end = region.start + UInt(region.size)
      let start = state.next > region.start && state.next < end ? state.next : region.start
      let size = min(Int(end - start), Self.chunk)
      madvise(UnsafeMutableRawPointer(bitPattern: start), size, MADV_DONTNEED)
      state.next = start + UInt(size)
      return size
    }
  }

  private static func resident(_ descriptor: Int32) -> Int {
    var bytes = [UInt8](repeating: 0, count: 128)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    let fields = bytes.prefix(max(0, count)).split(separator: UInt8(ascii: " "))
    guard fields.count > 1 else { return 0 }
    return fields[1].reduce(0) { 10 * $0 + Int($1) - 48 } * Int(getpagesize())
  }
}
