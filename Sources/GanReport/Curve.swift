import Foundation

/// A quantity over the steps of a run, in a bounded number of buckets. Each keeps the least and the greatest value and
/// the mean, so that no spike is lost, however many values there are.
struct Curve {
  /// The values of neighbouring steps.
  struct Bucket {
    private(set) var count = 0
    private(set) var least = Double.infinity
    private(set) var greatest = -Double.infinity
    private var sum = 0.0
    private var steps = 0.0

    var mean: Double { sum / Double(count) }
    var step: Double { steps / Double(count) }

    mutating func add(_ value: Double, step: Int) {
      count += 1
      least = min(least, value)
      greatest = max(greatest, value)
      sum += value
      steps += Double(step)
    }

    mutating func add(_ other: Bucket) {
      count += other.count
      least = min(least, other.least)
      greatest = max(greatest, other.greatest)
      sum += other.sum
      steps += other.steps
    }
  }

  /// A point of a curve as it is drawn.
  struct Point {
    let step: Double
    let least, greatest: Double
    /// Without the noise of single steps.
    let smooth: Double
  }

  /// A power of two.
  private let capacity: Int
  /// Each bucket spans 2^shift steps.
  private var shift = 0
  private var buckets: [Bucket] = []
  private(set) var last: Double?

  init(capacity: Int = 512) { self.capacity = capacity }

  var isEmpty: Bool { buckets.isEmpty }

  /// Adds a value; one that is not finite is left out.
  mutating func add(_ value: Double, step: Int) {
    guard value.isFinite, step >= 0 else { return }
    while step >> shift >= capacity { halve() }
    let index = step >> shift
    while buckets.count <= index { buckets.append(Bucket()) }
    buckets[index].add(value, step: step)
    last = value
  }

  private mutating func halve() {
    shift += 1
    var merged: [Bucket] = []
    merged.reserveCapacity(capacity)
    for index in stride(from: 0, to: buckets.count, by: 2) {
      var bucket = buckets[index]
      if index + 1 < buckets.count { bucket.add(buckets[index + 1]) }
      merged.append(bucket)
    }
    buckets = merged
  }

  /// The points in the order of steps, in at most `most` buckets. The smooth value is a mean of the neighbours, weighted
  /// by a bell curve whose width is a share of the curve's length.
  func points(most: Int = .max, smoothing: Bool = true) -> [Point] {
    var curve = self
    while curve.buckets.count > max(most, 2) { curve.halve() }
    let filled = curve.buckets.filter { $0.count > 0 }
    let deviation = smoothing ? Double(filled.count) / 60 : 0
    let reach = Int((3 * deviation).rounded(.up))
    let weights = (0...reach).map { offset -> Double in
      let share = deviation > 0 ? Double(offset) / deviation : 0
      return exp(-share * share / 2)
    }
    return filled.indices.map { index in
      var sum = 0.0, weight = 0.0
      for other in max(0, index - reach)...min(filled.count - 1, index + reach) {
        let share = weights[abs(other - index)] * Double(filled[other].count)
        sum += filled[other].mean * share
        weight += share
      }
      let bucket = filled[index]
      return Point(step: bucket.step, least: bucket.least, greatest: bucket.greatest, smooth: sum / weight)
    }
  }
}
