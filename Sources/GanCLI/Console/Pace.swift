/// Recent speed and remaining time, measured over a time window so that a slow start or a pause does not distort the
/// estimate for long.
package struct Pace: Sendable {
  private let window: Double
  private var samples: [(time: Double, done: Int)] = []

  /// - Parameter window: seconds to look back.
  package init(window: Double = 60) { self.window = window }

  /// Records that `done` items are done at `time` (seconds on any clock).
  package mutating func record(_ done: Int, at time: Double) {
    samples.append((time, done))
    // Keeps one sample older than the window, so that the span covers it, and always at least two.
    while samples.count > 2, samples[1].time <= time - window { samples.removeFirst() }
  }

  /// Items per second; nil before there are two different times.
  package var perSecond: Double? {
    guard let first = samples.first, let last = samples.last, last.time > first.time else { return nil }
    return Double(last.done - first.done) / (last.time - first.time)
  }

  /// Seconds until `total` items are done; nil if unknown.
  package func remaining(of total: Int) -> Double? {
    guard let perSecond, perSecond > 0, let last = samples.last else { return nil }
    return Double(max(0, total - last.done)) / perSecond
  }
}
