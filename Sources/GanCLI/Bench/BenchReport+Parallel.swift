import Foundation
import GanBase
import GanStore
import GanTensor

extension BenchReport {
  /// Numbers of threads for which `bench step --parallel` tells how a step divides.
  static let widths = [1, 2, 4, 8, 16, 32, 64]

  /// How a step divides into parallel regions, and the share of more threads that it would put to use.
  /// - Parameters:
  ///   - profiles: for every number of threads, 1 first.
  ///   - cycle: steps in a profile.
  mutating func add(parallel profiles: [(threads: Int, profile: ParallelProfile)], cycle: Int) {
    guard let alone = profiles.first?.profile else { return }
    let overhead = ThreadPool.shared.regionOverhead()
    add(
      "parallel",
      .object([
        ("region_overhead_us", .number(rounded(overhead * 1e6))),
        ("serial_share", .number(rounded(alone.serialSeconds / alone.seconds))),
      ]))
    for (threads, profile) in profiles.dropFirst() {
      let shared = profile.regions.filter { $0.blocks.count > 1 }
      let blocks = shared.map { Double($0.blocks.count) }.sorted()
      let predicted = profile.seconds(threads: threads, overhead: overhead)
      add(
        "on_\(threads)_threads",
        .object([
          ("regions", .integer(shared.count / cycle)),
          ("median_blocks", .number(blocks.isEmpty ? 0 : median(blocks))),
          ("predicted_ms", .number(rounded(predicted * 1e3 / Double(cycle)))),
          ("efficiency", .number(rounded(alone.seconds / (predicted * Double(threads))))),
        ]))
    }
  }
}
