import Testing

@testable import GanTensor

@Suite struct MemoryCacheTests {
  private let cache = MemoryCache()
  private let megabyte = 1 << 20

  private func take(_ capacity: Int) throws -> MemoryCache.Block { try #require(cache.take(capacity)) }

  @Test func aFreeBlockServesRequestsOfHalfItsSizeAndMore() throws {
    let block = try take(megabyte)
    cache.give(block)
    let small = try take(megabyte / 2 - 64)
    #expect(small.pointer != block.pointer && small.capacity == megabyte / 2 - 64)
    let half = try take(megabyte / 2)
    #expect(half.pointer == block.pointer && half.capacity == megabyte)
    #expect(cache.liveBytes == small.capacity + half.capacity && cache.freeBytes == 0)
    for taken in [small, half] { cache.give(taken) }
    cache.trim()
  }

  @Test func theSmallestOfSeveralIsTaken() throws {
    let blocks = try [4, 3, 2].map { try take($0 * megabyte) }
    for block in blocks { cache.give(block) }
    let found = try take(2 * megabyte - 4096)
    #expect(found.pointer == blocks[2].pointer)
    cache.give(found)
    cache.trim()
  }

  /// What fits no request any more goes back to the system before the whole grows much above its peak.
  @Test func sizesThatChangeLeaveNothingBehind() throws {
    let first = try (0..<8).map { _ in try take(100 * megabyte) }
    for block in first { cache.give(block) }
    #expect(cache.freeBytes == 800 * megabyte)
    let second = try (0..<6).map { _ in try take(110 * megabyte + 300 * megabyte) }
    let most = cache.peakBytes + cache.peakBytes / 8 + 64 * megabyte
    #expect(cache.liveBytes + cache.freeBytes <= most)
    #expect(cache.freeBytes < 800 * megabyte)
    for block in second { cache.give(block) }
    cache.trim()
    #expect(cache.freeBytes == 0 && cache.liveBytes == 0)
  }

  /// More than any process has addresses for.
  @Test func whatTheSystemRefusesIsNotCounted() throws {
    #expect(cache.take(1 << 47) == nil)
    #expect(cache.liveBytes == 0)
    let error = cache.refusal(of: 1 << 47)
    #expect(error.code == .environment)
    #expect(
      error.diagnostics[0].message
        == "out of memory: tensors take 0 MiB, and the system refuses 134217728 MiB more")
  }
}
