import CKernels
import Foundation
import GanBase
import Synchronization

/// What a tensor's elements are. Training is in `float32`; `float64` serves as the reference.
public enum ElementType: Int32, Sendable {
  case float32 = 0
  case float64 = 1

  public var size: Int { self == .float32 ? 4 : 8 }
}

/// A block of memory from the caching allocator, given back when nothing refers to it any more.
public final class Storage {
  let pointer: UnsafeMutableRawPointer
  let capacity: Int
  /// Counts writes in place. A graph that saved an older version must not be used.
  public internal(set) var version = 0

  init(bytes: Int) {
    (pointer, capacity) = MemoryCache.shared.take(MemoryCache.capacity(for: bytes))
  }

  deinit { MemoryCache.shared.give(pointer, capacity) }
}

/// Keeps freed blocks for the next request of about the same size: a steady training step asks the system
/// for nothing. Blocks are 64-byte aligned, large ones 2 MiB aligned for huge pages.
public final class MemoryCache: @unchecked Sendable {
  public static let shared = MemoryCache()

  private struct State {
    var free: [Int: [UnsafeMutableRawPointer]] = [:]
    var freeBytes = 0
    var liveBytes = 0
    var peakBytes = 0

    /// The smallest free block of `capacity` or up to twice as much: a little waste here is less than what a new
    /// block takes, while others lie idle.
    mutating func takeFree(_ capacity: Int) -> (pointer: UnsafeMutableRawPointer, capacity: Int)? {
      if let pointer = free[capacity]?.popLast() {
        freeBytes -= capacity
        return (pointer, capacity)
      }
      let sizes = free.lazy.filter { !$1.isEmpty && $0 > capacity && $0 <= 2 * capacity }.map(\.key)
      guard let size = sizes.min(), let pointer = free[size]?.popLast() else { return nil }
      freeBytes -= size
      return (pointer, size)
    }

    /// Free blocks to be given back, so that all blocks take little more than the most that tensors ever held: a
    /// change of sizes (another picture, evaluation) leaves some that fit nothing any more.
    mutating func takeExcess() -> [UnsafeMutableRawPointer] {
      var excess = liveBytes + freeBytes - (peakBytes + peakBytes / 8 + (64 << 20))
      var blocks: [UnsafeMutableRawPointer] = []
      while excess > 0 {
        let sizes = free.lazy.filter { !$1.isEmpty }.map(\.key)
        guard let size = sizes.filter({ $0 >= excess }).min() ?? sizes.max(), let block = free[size]?.popLast() else {
          break
        }
        blocks.append(block)
        freeBytes -= size
        excess -= size
      }
      return blocks
    }
  }
  private let state = Mutex(State())
  private static let hugePage = 2 << 20

  /// The most bytes that tensors held at one time.
  public var peakBytes: Int { state.withLock { $0.peakBytes } }
  public var liveBytes: Int { state.withLock { $0.liveBytes } }
  /// Kept for the next requests.
  var freeBytes: Int { state.withLock { $0.freeBytes } }
  public func resetPeak() { state.withLock { $0.peakBytes = $0.liveBytes } }

  /// Sizes are rounded up by at most an eighth, so that near sizes share blocks.
  static func capacity(for bytes: Int) -> Int {
    let least = max(bytes, 64)
    let step = max(64, 1 << max(0, Int.bitWidth - least.leadingZeroBitCount - 4))
    return (least + step - 1) / step * step
  }

  /// A block of at least `capacity` bytes, with its size.
  func take(_ capacity: Int) -> (pointer: UnsafeMutableRawPointer, capacity: Int) {
    let cached = state.withLock { state in
      let found = state.takeFree(capacity)
      state.liveBytes += found?.capacity ?? capacity
      state.peakBytes = max(state.peakBytes, state.liveBytes)
      return found
    }
    if let cached { return cached }
    for block in state.withLock({ $0.takeExcess() }) { free(block) }
    return (allocate(capacity), capacity)
  }

  private func allocate(_ capacity: Int) -> UnsafeMutableRawPointer {
    let isLarge = capacity >= 2 * Self.hugePage
    var pointer: UnsafeMutableRawPointer?
    if posix_memalign(&pointer, isLarge ? Self.hugePage : 64, capacity) != 0 {
      trim()
      posix_memalign(&pointer, 64, capacity)
    }
    guard let pointer else {
      let held = "\((liveBytes - capacity) >> 20) MiB for tensors"
      MemoryLimits.end("out of memory: it holds \(held), and \(max(1, capacity >> 20)) MiB more cannot be had")
    }
    if isLarge { madvise(pointer, capacity, MADV_HUGEPAGE) }
    return pointer
  }

  func give(_ pointer: UnsafeMutableRawPointer, _ capacity: Int) {
    state.withLock { state in
      state.liveBytes -= capacity
      state.freeBytes += capacity
      state.free[capacity, default: []].append(pointer)
    }
  }

  /// Returns all unused blocks to the system.
  public func trim() {
    let blocks = state.withLock { state in
      defer { (state.free, state.freeBytes) = ([:], 0) }
      return state.free.values.flatMap { $0 }
    }
    for block in blocks { free(block) }
  }
}
