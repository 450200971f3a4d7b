/// An interval of real numbers that may be open at either end. It never contains infinities or NaN.
package struct NumberRange: Equatable, Sendable {
  package let lower: Double
  package let upper: Double
  package let includesLower: Bool
  package let includesUpper: Bool

  package init(_ lower: Double, _ upper: Double, includesLower: Bool = true, includesUpper: Bool = true) {
    self.lower = lower
    self.upper = upper
    self.includesLower = includesLower
    self.includesUpper = includesUpper
  }

  package init(_ range: ClosedRange<Double>) { self.init(range.lowerBound, range.upperBound) }
  package init(_ range: PartialRangeFrom<Double>) { self.init(range.lowerBound, .infinity) }
  package init(_ range: Range<Double>) { self.init(range.lowerBound, range.upperBound, includesUpper: false) }

  /// Numbers greater than `lower`, up to and including `upper`.
  package static func above(_ lower: Double, through upper: Double = .infinity) -> NumberRange {
    NumberRange(lower, upper, includesLower: false)
  }

  package static let any = NumberRange(-.infinity, .infinity)

  package func contains(_ value: Double) -> Bool {
    value.isFinite
      && (includesLower ? value >= lower : value > lower)
      && (includesUpper ? value <= upper : value < upper)
  }
}

extension NumberRange: CustomStringConvertible {
  /// The range for messages and documentation: `0 to 1`, `more than 0 and at most 1`.
  package var description: String {
    if lower.isFinite, upper.isFinite, includesLower, includesUpper {
      return "\(shortNumber(lower)) to \(shortNumber(upper))"
    }
    var parts: [String] = []
    if lower.isFinite { parts.append("\(includesLower ? "at least" : "more than") \(shortNumber(lower))") }
    if upper.isFinite { parts.append("\(includesUpper ? "at most" : "less than") \(shortNumber(upper))") }
    return parts.isEmpty ? "any" : parts.joined(separator: " and ")
  }
}

/// A range of whole numbers as text; `Int.min` and `Int.max` mean no limit.
func describe(_ range: ClosedRange<Int>) -> String {
  switch (range.lowerBound, range.upperBound) {
  case (Int.min, Int.max): return "any"
  case (let lower, Int.max): return "at least \(lower)"
  case (Int.min, let upper): return "at most \(upper)"
  case (let lower, let upper): return lower == upper ? "\(lower)" : "\(lower) to \(upper)"
  }
}
