/// How some work divides into parallel regions and the rest, measured on one thread. It predicts how long the same work
/// takes on more threads, if these are as fast as one: what memory bandwidth and clock rates take away is not in it.
package struct ParallelProfile: Sendable {
  /// Seconds of computing of each block of a region, in the order in which blocks are taken.
  package struct Region: Sendable {
    package let blocks: [Double]

    package init(blocks: [Double]) { self.blocks = blocks }

    package var seconds: Double { blocks.reduce(0, +) }

    /// The time from the first block to the end of the last one, when a free thread takes the next block.
    package func seconds(threads: Int) -> Double {
      guard threads > 1, blocks.count > 1 else { return seconds }
      var free = [Double](repeating: 0, count: min(threads, blocks.count))
      for block in blocks {
        let next = free.indices.min { free[$0] < free[$1] } ?? 0
        free[next] += block
      }
      return free.max() ?? 0
    }
  }

  package let regions: [Region]
  /// Of all the work, regions included.
  package let seconds: Double

  package init(regions: [Region], seconds: Double) { (self.regions, self.seconds) = (regions, seconds) }

  /// Of the same work done twice, the lesser time of every block, which other programs on the machine have disturbed
  /// less. If the work was not the same, the profile of the shorter one.
  package func least(_ other: ParallelProfile) -> ParallelProfile {
    guard regions.map(\.blocks.count) == other.regions.map(\.blocks.count) else {
      return seconds <= other.seconds ? self : other
    }
    let merged = zip(regions, other.regions).map { Region(blocks: zip($0.blocks, $1.blocks).map { min($0, $1) }) }
    let serial = min(serialSeconds, other.serialSeconds)
    return ParallelProfile(regions: merged, seconds: merged.reduce(serial) { $0 + $1.seconds })
  }

  /// Outside of all regions.
  package var serialSeconds: Double { max(0, seconds - regions.reduce(0) { $0 + $1.seconds }) }

  /// - Parameter overhead: seconds that it takes to start and end a region.
  package func seconds(threads: Int, overhead: Double) -> Double {
    guard threads > 1 else { return seconds }
    return regions.reduce(serialSeconds) { sum, region in
      sum + region.seconds(threads: threads) + (region.blocks.count > 1 ? overhead : 0)
    }
  }
}
