import Testing

@testable import GanBase

@Suite struct ParallelProfileTests {
  private typealias Region = ParallelProfile.Region

  @Test func freeThreadsTakeTheNextBlock() {
    let region = Region(blocks: [3, 1, 1, 1, 2])
    #expect(region.seconds == 8 && region.seconds(threads: 1) == 8)
    #expect(region.seconds(threads: 2) == 5)
    #expect(region.seconds(threads: 3) == 3)
    #expect(region.seconds(threads: 64) == 3)
    #expect(Region(blocks: []).seconds(threads: 8) == 0)
  }

  @Test func serialWorkAndOverheadLimitTheGain() {
    let profile = ParallelProfile(regions: [Region(blocks: [1, 1, 1, 1]), Region(blocks: [2])], seconds: 8)
    #expect(profile.serialSeconds == 2)
    #expect(profile.seconds(threads: 1, overhead: 1) == 8)
    // 2 outside, 1 of 4, 2 in one block, and the start of the one region that is shared.
    #expect(profile.seconds(threads: 4, overhead: 0.5) == 5.5)
  }

  @Test func theLesserTimeOfABlockCounts() {
    let a = ParallelProfile(regions: [Region(blocks: [1, 5])], seconds: 7)
    let b = ParallelProfile(regions: [Region(blocks: [3, 2])], seconds: 8)
    let least = a.least(b)
    #expect(least.regions.map(\.blocks) == [[1, 2]] && least.serialSeconds == 1 && least.seconds == 4)
    let other = ParallelProfile(regions: [], seconds: 6)
    #expect(a.least(other).seconds == 6 && a.least(other).regions.isEmpty)
  }

  /// A region within a block belongs to that block.
  @Test func aPoolIsProfiled() {
    var calls = 0
    let profile = ThreadPool.shared.profile(width: 8) {
      #expect(ThreadPool.shared.width == 8)
      ThreadPool.shared.run(3) { _ in ThreadPool.shared.run(2) { _ in calls += 1 } }
      ThreadPool.shared.run(1) { _ in calls += 1 }
    }
    #expect(calls == 7 && profile.regions.map(\.blocks.count) == [3, 1])
    #expect(profile.seconds > profile.regions.reduce(-1e-9) { $0 + $1.seconds })
  }
}
