/// How fast a run is of late, and when it will be done: measured over a window of time, so that a slow start or a
/// pause does not spoil the estimate for hours.
package struct Pace: Sendable {
  private let window: Double
  private var samples: [(time: Double, done: Int)] = []

  /// - Parameter window: seconds to look back.
  package init(window: Double = 60) { self.window = window }

  /// Notes that `done` things are done at `time` (seconds on any clock).
  package mutating func record(_ done: Int, at time: Double) {
    samples.append((time, done))
    // One sample older than the window stays, so that the span never shrinks below it; at least two stay in any case.
    while samples.count > 2, samples[1].time <= time - window { samples.removeFirst() }
  }

  /// Things a second; nil before there are two different times.
  package var perSecond: Double? {
    guard let first = samples.first, let last = samples.last, last.time > first.time else { return nil }
    return Double(last.done - first.done) / (last.time - first.time)
  }

  /// Seconds until `total` things are done; nil while that cannot be told.
  package func remaining(of total: Int) -> Double? {
    guard let perSecond, perSecond > 0, let last = samples.last else { return nil }
    return Double(max(0, total - last.done)) / perSecond
  }
}
