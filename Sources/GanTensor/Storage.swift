import Foundation
import GanBase
import Synchronization

/// What a tensor's elements are. Training is in `float32`; `float64` serves as the reference.
package enum ElementType: Int32, Sendable {
  case float32 = 0
  case float64 = 1

  package var size: Int { self == .float32 ? 4 : 8 }
}

/// A block of memory from the caching allocator, given back when nothing refers to it any more.
package final class Storage {
  let pointer: UnsafeMutableRawPointer
  let capacity: Int
  /// Counts writes in place. A graph that saved an older version must not be used.
  package internal(set) var version = 0

  private let cache: MemoryCache

  /// In a dry run it is memory that is only counted: nothing may be read or written there.
  init(bytes: Int) {
    cache = DryRun.isOn ? DryRun.cache ?? .shared : .shared
    (pointer, capacity) = cache.take(MemoryCache.capacity(for: bytes))
  }

  /// A block that lies idle, of the size that is nearest to `bytes`, which may be less; a new one where there is none.
  init(idleFor bytes: Int) {
    cache = DryRun.isOn ? DryRun.cache ?? .shared : .shared
    (pointer, capacity) = cache.takeIdle(bytes) ?? cache.take(MemoryCache.capacity(for: bytes))
  }

  deinit { cache.give(pointer, capacity) }
}

/// Keeps freed blocks for the next request of about the same size: a steady training step asks the system
/// for nothing. Blocks are 64-byte aligned, large ones 2 MiB aligned for huge pages.
package final class MemoryCache: @unchecked Sendable {
  package static let shared = MemoryCache()

  /// A block that nobody uses, and that may so go from one thread to another.
  private struct FreeBlock: @unchecked Sendable { let pointer: UnsafeMutableRawPointer }

  private struct State {
    /// By their sizes.
    var free: [Int: [FreeBlock]] = [:]
    var freeBytes = 0
    var liveBytes = 0
    var peakBytes = 0
    var mostBytes = 0

    /// The smallest free block of `capacity` or up to twice as much: a little waste here is less than what a new
    /// block takes, while others lie idle.
    mutating func takeFree(_ capacity: Int) -> (pointer: UnsafeMutableRawPointer, capacity: Int)? {
      if let block = free[capacity]?.popLast() {
        freeBytes -= capacity
        return (block.pointer, capacity)
      }
      let sizes = free.lazy.filter { !$1.isEmpty && $0 > capacity && $0 <= 2 * capacity }.map(\.key)
      guard let size = sizes.min(), let block = free[size]?.popLast() else { return nil }
      freeBytes -= size
      return (block.pointer, size)
    }

    /// Free blocks to be given back, so that all blocks take little more than the most that tensors ever held: a
    /// change of sizes (another picture, evaluation) leaves some that fit nothing any more.
    mutating func takeExcess() -> [(pointer: UnsafeMutableRawPointer, capacity: Int)] {
      var excess = liveBytes + freeBytes - (peakBytes + peakBytes / 8 + (64 << 20))
      var blocks: [(pointer: UnsafeMutableRawPointer, capacity: Int)] = []
      while excess > 0 {
        let sizes = free.lazy.filter { !$1.isEmpty }.map(\.key)
        guard let size = sizes.filter({ $0 >= excess }).min() ?? sizes.max(), let block = free[size]?.popLast() else {
          break
        }
        blocks.append((block.pointer, size))
        freeBytes -= size
        excess -= size
      }
      return blocks
    }
  }
  private let state = Mutex(State())
  /// Whether it takes no memory and only counts, for a dry run.
  private let isImagined: Bool
  private static let hugePage = 2 << 20
  /// Blocks from here on have pages of their own.
  private static let largeBlock = 2 * hugePage
  /// Where imagined blocks lie: no address that a process can have.
  private static let nowhere = 1 << 60

  init(isImagined: Bool = false) { self.isImagined = isImagined }

  /// The most bytes that tensors held at one time.
  package var peakBytes: Int { state.withLock { $0.peakBytes } }
  package var liveBytes: Int { state.withLock { $0.liveBytes } }
  /// Kept for the next requests.
  var freeBytes: Int { state.withLock { $0.freeBytes } }
  /// The most bytes that it had from the system at one time.
  var mostBytes: Int { state.withLock { $0.mostBytes } }
  package func resetPeak() { state.withLock { $0.peakBytes = $0.liveBytes } }

  /// Sizes are rounded up by at most an eighth, so that near sizes share blocks.
  static func capacity(for bytes: Int) -> Int {
    let least = max(bytes, 64)
    let step = max(64, 1 << max(0, Int.bitWidth - least.leadingZeroBitCount - 4))
    return nextMultiple(of: step, from: least)
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
    let excess = state.withLock { state in
      defer { state.mostBytes = max(state.mostBytes, state.liveBytes + state.freeBytes) }
      return state.takeExcess()
    }
    for block in excess { release(block) }
    return (allocate(capacity), capacity)
  }

  /// A free block that takes all of `bytes`, or the largest there is; nil where all are small.
  func takeIdle(_ bytes: Int) -> (pointer: UnsafeMutableRawPointer, capacity: Int)? {
    state.withLock { state in
      let sizes = state.free.lazy.filter { !$1.isEmpty && $0 >= Self.leastIdle }.map(\.key)
      guard let size = sizes.filter({ $0 >= bytes }).min() ?? sizes.max(), let block = state.free[size]?.popLast()
      else { return nil }
      state.freeBytes -= size
      state.liveBytes += size
      state.peakBytes = max(state.peakBytes, state.liveBytes)
      return (block.pointer, size)
    }
  }

  private static let leastIdle = 64 << 10

  private func allocate(_ capacity: Int) -> UnsafeMutableRawPointer {
    if let pointer = fromSystem(capacity) { return pointer }
    trim()
    if let pointer = fromSystem(capacity) { return pointer }
    let held = "\((liveBytes - capacity) >> 20) MiB for tensors"
    MemoryLimits.end("out of memory: it holds \(held), and \(max(1, capacity >> 20)) MiB more cannot be had")
  }

  private func fromSystem(_ capacity: Int) -> UnsafeMutableRawPointer? {
    if isImagined { return UnsafeMutableRawPointer(bitPattern: Self.nowhere) }
    if capacity >= Self.largeBlock { return mapped(capacity) }
    var pointer: UnsafeMutableRawPointer?
    return posix_memalign(&pointer, 64, capacity) == 0 ? pointer : nil
  }

  /// Pages of its own, beginning with a huge one and without the rest that an allocator would keep for that.
  private func mapped(_ capacity: Int) -> UnsafeMutableRawPointer? {
    let size = Self.wholePages(capacity)
    let all = size + Self.hugePage
    guard let start = mmap(nil, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), start != MAP_FAILED
    else { return nil }
    let before = -Int(bitPattern: start) & (Self.hugePage - 1)
    let pointer = start + before
    if before > 0 { munmap(start, before) }
    munmap(pointer + size, all - before - size)
    madvise(pointer, size, MADV_HUGEPAGE)
    return pointer
  }

  private static func wholePages(_ bytes: Int) -> Int { nextMultiple(of: 4096, from: bytes) }

  private func release(_ block: (pointer: UnsafeMutableRawPointer, capacity: Int)) {
    if isImagined { return }
    if block.capacity >= Self.largeBlock {
      munmap(block.pointer, Self.wholePages(block.capacity))
    } else {
      free(block.pointer)
    }
  }

  func give(_ pointer: UnsafeMutableRawPointer, _ capacity: Int) {
    let block = FreeBlock(pointer: pointer)
    state.withLock { state in
      state.liveBytes -= capacity
      state.freeBytes += capacity
      state.free[capacity, default: []].append(block)
    }
  }

  /// Returns all unused blocks to the system.
  package func trim() {
    let blocks = state.withLock { state in
      defer { (state.free, state.freeBytes) = ([:], 0) }
      return state.free.flatMap { size, blocks in blocks.map { (pointer: $0.pointer, capacity: size) } }
    }
    for block in blocks { release(block) }
  }
}
