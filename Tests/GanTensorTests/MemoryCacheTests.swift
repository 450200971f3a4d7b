import Testing

@testable import GanTensor

@Suite struct MemoryCacheTests {
  private let cache = MemoryCache()
  private let megabyte = 1 << 20

  @Test func aFreeBlockServesRequestsOfHalfItsSizeAndMore() {
    let block = cache.take(megabyte)
    cache.give(block.pointer, block.capacity)
    let small = cache.take(megabyte / 2 - 64)
    #expect(small.pointer != block.pointer && small.capacity == megabyte / 2 - 64)
    let half = cache.take(megabyte / 2)
    #expect(half.pointer == block.pointer && half.capacity == megabyte)
    #expect(cache.liveBytes == small.capacity + half.capacity && cache.freeBytes == 0)
    for taken in [small, half] { cache.give(taken.pointer, taken.capacity) }
    cache.trim()
  }

  @Test func theSmallestOfSeveralIsTaken() {
    let blocks = [4, 3, 2].map { cache.take($0 * megabyte) }
    for block in blocks { cache.give(block.pointer, block.capacity) }
    let found = cache.take(2 * megabyte - 4096)
    #expect(found.pointer == blocks[2].pointer)
    cache.give(found.pointer, found.capacity)
    cache.trim()
  }

  /// What fits no request any more goes back to the system before the whole grows much above its peak.
  @Test func sizesThatChangeLeaveNothingBehind() {
    let first = (0..<8).map { _ in cache.take(100 * megabyte) }
    for block in first { cache.give(block.pointer, block.capacity) }
    #expect(cache.freeBytes == 800 * megabyte)
    let second = (0..<6).map { _ in cache.take(110 * megabyte + 300 * megabyte) }
    let most = cache.peakBytes + cache.peakBytes / 8 + 64 * megabyte
    #expect(cache.liveBytes + cache.freeBytes <= most)
    #expect(cache.freeBytes < 800 * megabyte)
    for block in second { cache.give(block.pointer, block.capacity) }
    cache.trim()
    #expect(cache.freeBytes == 0 && cache.liveBytes == 0)
  }
}
