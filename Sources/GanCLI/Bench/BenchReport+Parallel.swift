import Foundation
import GanBase
import GanStore
import GanTensor

extension BenchReport {
  /// How a step divides into parallel regions, and the share of more threads that it would put to use.
  /// - Parameter cycle: steps in the profile.
  mutating func add(_ profile: ParallelProfile, cycle: Int) {
    let shared = profile.regions.filter { $0.blocks.count > 1 }
    let lengths = shared.reduce(0) { $0 + $1.seconds }, count = max(1, shared.count)
    let overhead = ThreadPool.shared.regionOverhead()
    let blocks = shared.map { Double($0.blocks.count) }.sorted()
    var facts: [(String, JSONValue)] = [
      ("regions", .integer(shared.count / cycle)),
      ("median_blocks", .number(blocks.isEmpty ? 0 : median(blocks))),
      ("mean_region_us", .number(rounded(lengths / Double(count) * 1e6))),
      ("region_overhead_us", .number(rounded(overhead * 1e6))),
      ("serial_share", .number(rounded(1 - lengths / profile.seconds))),
    ]
    for threads in [2, 4, 8, 16, 32, 64] {
      facts.append(
        ("efficiency_\(threads)", .number(rounded(profile.efficiency(threads: threads, overhead: overhead)))))
    }
    add("parallel", .object(facts))
  }
}
