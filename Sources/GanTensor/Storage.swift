import Foundation
import GanBase
import Synchronization

/// The type of a tensor's elements. Training uses `float32`; `float64` is for reference values.
package enum ElementType: Int32, Sendable {
  case float32 = 0
  case float64 = 1

  package var size: Int { self == .float32 ? 4 : 8 }
}

/// A block of memory from the caching allocator, given back when nothing refers to it any more.
package final class Storage {
  let pointer: UnsafeMutableRawPointer
  let capacity: Int
  /// Whether all bytes were zero when it was made.
  let isZero: Bool
  /// Counts writes in place. A graph that saved an older version must not be used.
  package internal(set) var version = 0

  /// nil for a block that the system refused.
  private let cache: MemoryCache?

  /// In a dry run the memory is only counted: nothing may be read or written there. The same holds if the system
  /// refuses the memory: then the calling thread's computation ends, see `OutOfMemory`.
  convenience init(bytes: Int) {
    let cache = MemoryCache.current, capacity = MemoryCache.capacity(for: bytes)
    self.init(cache.take(capacity), of: cache, capacity: capacity)
  }

  /// An idle block of about `bytes`, which may be smaller; a new one if none is idle.
  convenience init(idleFor bytes: Int) {
    let cache = MemoryCache.current, capacity = MemoryCache.capacity(for: bytes)
    self.init(cache.takeIdle(bytes) ?? cache.take(capacity), of: cache, capacity: capacity)
  }

  private init(_ block: MemoryCache.Block?, of cache: MemoryCache, capacity: Int) {
    if let block {
      (self.cache, pointer, self.capacity, isZero) = (cache, block.pointer, block.capacity, block.isZero)
    } else {
      (self.cache, pointer, self.capacity, isZero) = (nil, MemoryCache.nowhere, capacity, false)
      OutOfMemory.report(cache.refusal(of: capacity))
    }
  }

  /// Blocks for one thread to work in.
  /// - Parameter computation: what ends if the system refuses them; the thread may be one that only helps with it.
  /// - Returns: nil if the system refuses one.
  static func scratch(_ sizes: [Int], for computation: Cancellation?) -> [Storage]? {
    var blocks: [Storage] = []
    for bytes in sizes {
      let cache = MemoryCache.shared, capacity = MemoryCache.capacity(for: bytes)
      guard let block = cache.take(capacity) else {
        OutOfMemory.report(cache.refusal(of: capacity), to: computation)
        return nil
      }
      blocks.append(Storage(block, of: cache, capacity: capacity))
    }
    return blocks
  }

  deinit { cache?.give(MemoryCache.Block(pointer: pointer, capacity: capacity)) }
}

/// Keeps freed blocks for the next request of about the same size: a steady training step asks the system
/// for nothing. Blocks are 64-byte aligned, large ones 2 MiB aligned for huge pages.
package final class MemoryCache: @unchecked Sendable {
  package static let shared = MemoryCache(files: .shared)
  /// Where the calling thread's tensors are allocated.
  static var current: MemoryCache { DryRun.cache ?? .shared }

  struct Block {
    let pointer: UnsafeMutableRawPointer
    let capacity: Int
    /// Whether it comes from the system just now, in new pages.
    var isZero = false
  }

  /// An unused block, which may therefore move from one thread to another.
  private struct FreeBlock: @unchecked Sendable { let pointer: UnsafeMutableRawPointer }

  private struct State {
    /// By size.
    var free: [Int: [FreeBlock]] = [:]
    var freeBytes = 0
    var liveBytes = 0
    var peakBytes = 0
    var mostBytes = 0

    /// The smallest free block of `capacity` or up to twice as much: this wastes less memory
    /// than a new block would take while others are idle.
    mutating func takeFree(_ capacity: Int) -> Block? {
      if let block = free[capacity]?.popLast() {
        freeBytes -= capacity
        return Block(pointer: block.pointer, capacity: capacity)
      }
      let sizes = free.lazy.filter { !$1.isEmpty && $0 > capacity && $0 <= 2 * capacity }.map(\.key)
      guard let size = sizes.min(), let block = free[size]?.popLast() else { return nil }
      freeBytes -= size
      return Block(pointer: block.pointer, capacity: size)
    }

    /// Free blocks to be returned to the system, so that all blocks together take little more than the peak of the
    /// tensors: a change of sizes (another picture, evaluation) leaves some that no longer fit any request.
    mutating func takeExcess() -> [Block] {
      var excess = liveBytes + freeBytes - (peakBytes + peakBytes / 8 + (64 << 20))
      var blocks: [Block] = []
      while excess > 0 {
        let sizes = free.lazy.filter { !$1.isEmpty }.map(\.key)
        guard let size = sizes.filter({ $0 >= excess }).min() ?? sizes.max(), let block = free[size]?.popLast() else {
          break
        }
        blocks.append(Block(pointer: block.pointer, capacity: size))
        freeBytes -= size
        excess -= size
      }
      return blocks
    }
  }
  private let state = Mutex(State())
  /// Whether it only counts and allocates nothing, for a dry run.
  private let isImagined: Bool
  /// Where large blocks lie while memory is short.
  private let files: FileMemory?
  private static let hugePage = 2 << 20
  /// Blocks of at least this size have their own pages.
  private static let largeBlock = 2 * hugePage
  /// The address of blocks without memory: none that a process can have.
  static var nowhere: UnsafeMutableRawPointer {
    guard let pointer = UnsafeMutableRawPointer(bitPattern: 1 << 60) else { preconditionFailure("the address is 0") }
    return pointer
  }

  init(isImagined: Bool = false, files: FileMemory? = nil) { (self.isImagined, self.files) = (isImagined, files) }

  /// The largest number of bytes that tensors held at any time.
  package var peakBytes: Int { state.withLock { $0.peakBytes } }
  package var liveBytes: Int { state.withLock { $0.liveBytes } }
  /// Bytes kept for the next requests.
  var freeBytes: Int { state.withLock { $0.freeBytes } }
  /// The largest number of bytes that it had from the system at any time.
  var mostBytes: Int { state.withLock { $0.mostBytes } }
  package func resetPeak() { state.withLock { $0.peakBytes = $0.liveBytes } }

  /// Sizes are rounded up by at most an eighth, so that near sizes share blocks.
  static func capacity(for bytes: Int) -> Int {
    let least = max(bytes, 64)
    let step = max(64, 1 << max(0, Int.bitWidth - least.leadingZeroBitCount - 4))
    return nextMultiple(of: step, from: least)
  }

  /// A block of at least `capacity` bytes; nil if the system refuses the memory.
  func take(_ capacity: Int) -> Block? {
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
    if let pointer = allocate(capacity) {
      return Block(pointer: pointer, capacity: capacity, isZero: capacity >= Self.largeBlock)
    }
    state.withLock { $0.liveBytes -= capacity }
    return nil
  }

  /// The error for a block that the system refused.
  func refusal(of capacity: Int) -> GanError {
    files?.refusal(of: capacity)
      ?? .environment(
        "out of memory: tensors take \(liveBytes >> 20) MiB, and the system refuses \(max(1, capacity >> 20)) MiB more",
        help:
          "make the pictures, the batch or the networks smaller, or raise the limit (ulimit -v or -d) if there is one"
      )
  }

  /// A free block of at least `bytes`, or the largest free one; nil if all are small.
  func takeIdle(_ bytes: Int) -> Block? {
    state.withLock { state in
      let sizes = state.free.lazy.filter { !$1.isEmpty && $0 >= Self.leastIdle }.map(\.key)
      guard let size = sizes.filter({ $0 >= bytes }).min() ?? sizes.max(), let block = state.free[size]?.popLast()
      else { return nil }
      state.freeBytes -= size
      state.liveBytes += size
      state.peakBytes = max(state.peakBytes, state.liveBytes)
      return Block(pointer: block.pointer, capacity: size)
    }
  }

  private static let leastIdle = 64 << 10

  private func allocate(_ capacity: Int) -> UnsafeMutableRawPointer? {
    if isImagined { return Self.nowhere }
    if let pointer = fromSystem(capacity) { return pointer }
    trim()
    return fromSystem(capacity)
  }

  private func fromSystem(_ capacity: Int) -> UnsafeMutableRawPointer? {
    if let files, files.takes(capacity) { return files.map(Self.wholePages(capacity)) }
    if capacity >= Self.largeBlock { return mapped(capacity) }
    var pointer: UnsafeMutableRawPointer?
    return posix_memalign(&pointer, 64, capacity) == 0 ? pointer : nil
  }

  /// Separate pages that start at a huge page, without the surplus that an allocator would keep for the alignment.
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

  private func release(_ block: Block) {
    if isImagined || files?.unmap(block.pointer) == true { return }
    if block.capacity >= Self.largeBlock {
      munmap(block.pointer, Self.wholePages(block.capacity))
    } else {
      free(block.pointer)
    }
  }

  func give(_ block: Block) {
    let freed = FreeBlock(pointer: block.pointer), capacity = block.capacity
    state.withLock { state in
      state.liveBytes -= capacity
      state.freeBytes += capacity
      state.free[capacity, default: []].append(freed)
    }
  }

  /// Returns all unused blocks to the system.
  package func trim() {
    let blocks = state.withLock { state in
      defer { (state.free, state.freeBytes) = ([:], 0) }
      return state.free.flatMap { size, blocks in blocks.map { Block(pointer: $0.pointer, capacity: size) } }
    }
    for block in blocks { release(block) }
  }
}
