import Testing

@testable import GanBase

@Suite struct MemoryLimitsTests {
  @Test func cachedFilesDoNotCountAsUsed() {
    #expect(MemoryLimits.left(of: 1000, usage: 700, cachedFiles: 200) == 500)
    #expect(MemoryLimits.left(of: 1000, usage: 1700, cachedFiles: 200) == 0)
  }

  /// Version 1 of control groups shows this number where there is no limit, and the kernel caches files between two
  /// readings.
  @Test func aGroupWithoutLimitThatCachesMoreThanItUsesHasItsLimitLeft() {
    let none = 9_223_372_036_854_771_712
    #expect(MemoryLimits.left(of: none, usage: 100_000, cachedFiles: 110_000) == none)
    #expect(MemoryLimits.left(of: none, usage: 0, cachedFiles: .max) == none)
    #expect(MemoryLimits.left(of: .max, usage: -1, cachedFiles: -1) == .max)
  }

  @Test func thisProcessHasMemoryLeft() throws {
    #expect(try #require(MemoryLimits.availableMemory) > 0)
  }
}
