import Foundation

/// The scale of an axis: which values it spans, and where its labels stand.
struct Axis {
  let low, high: Double
  let isLogarithmic: Bool
  /// The values with labels.
  let ticks: [Double]

  /// A scale for values of which the least and greatest are given. It begins at 0 if the values nearly reach it.
  static func linear(_ least: Double, _ greatest: Double, ticks wanted: Int = 4) -> Axis {
    var low = least, high = greatest
    if low >= 0, low < 0.3 * high { low = 0 }
    if !(high > low) {
      let room = max(abs(low) * 0.1, 1e-12)
      (low, high) = (low - room, high + room)
    }
    let room = 0.03 * (high - low)
    high += room
    if low != 0 { low -= room }
    let width = Self.round((high - low) / Double(wanted))
    let first = (low / width).rounded(.up)
    let count = max(0, Int(((high / width).rounded(.down) - first)))
    return Axis(low: low, high: high, isLogarithmic: false, ticks: (0...count).map { (first + Double($0)) * width })
  }

  /// nil unless all values are above 0.
  static func logarithmic(_ least: Double, _ greatest: Double) -> Axis? {
    guard least > 0, greatest.isFinite else { return nil }
    let room = max(0.03 * log10(greatest / least), 0.02)
    let low = log10(least) - room, high = log10(greatest) + room
    let decades = (Int(low.rounded(.up))...max(Int(low.rounded(.up)), Int(high.rounded(.down)))).map { $0 }
    let factors: [Double] = high - low < 2.2 ? [1, 2, 5] : [1]
    let every = max(1, Int((Double(decades.count) / 5).rounded(.up)))
    let candidates = ((decades.first ?? 0) - 1...(decades.last ?? 0)).filter { $0 % every == 0 }
    let ticks = candidates.flatMap { decade in factors.map { $0 * pow(10, Double(decade)) } }
      .filter { (low...high).contains(log10($0)) }
    return Axis(low: low, high: high, isLogarithmic: true, ticks: ticks)
  }

  /// The place of a value between 0 and 1.
  func place(_ value: Double) -> Double {
    let value = isLogarithmic ? log10(value) : value
    return min(1, max(0, (value - low) / (high - low)))
  }

  /// 1, 2 or 5 times a power of ten, about as large as given.
  private static func round(_ width: Double) -> Double {
    let power = pow(10, log10(width).rounded(.down))
    let share = width / power
    return (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10) * power
  }
}
