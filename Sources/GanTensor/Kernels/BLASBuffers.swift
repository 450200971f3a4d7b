import Foundation
import GanBase
import Synchronization

/// The blocks of memory that OpenBLAS works in: one for each call that is under way, mostly of addresses that are never
/// touched. Where it cannot have one it asks again for ever; so they are taken before anything is computed, and it
/// keeps them.
enum BLASBuffers {
  /// Of one block, as `BUFFER_SIZE` in the library for this kind of CPU; each takes some pages more.
  static let bytes = 128 << 20
  /// As many as the library has places for without its reserve.
  private static let most = 100
  private static let taken = Mutex(0)

  /// Addresses that the library has taken so far.
  static var takenBytes: Int { taken.withLock { $0 * bytes } }

  /// Makes the library take blocks for so many calls at the same time.
  /// - Returns: whether they are there.
  static func reserve(_ count: Int) -> Bool {
    typealias Take = @convention(c) (Int32) -> UnsafeMutableRawPointer?
    typealias Give = @convention(c) (UnsafeMutableRawPointer?) -> Void
    guard let take = dlsym(nil, "blas_memory_alloc"), let give = dlsym(nil, "blas_memory_free") else { return true }
    let count = min(count, most)
    return taken.withLock { taken in
      guard count > taken else { return true }
      guard hasRoom((count - taken) * (bytes + (2 << 20))) else { return false }
      // All at once, or it would give the same one again.
      let blocks = (0..<count).map { _ in unsafeBitCast(take, to: Take.self)(0) }
      for block in blocks { unsafeBitCast(give, to: Give.self)(block) }
      taken = count
      return true
    }
  }

  /// Whether the system gives so much now.
  private static func hasRoom(_ bytes: Int) -> Bool {
    guard let space = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), space != MAP_FAILED
    else { return false }
    munmap(space, bytes)
    return true
  }
}
