/// The least and the largest of factors that are drawn. A configuration may give one number for as much less or more
/// than 1: 0.1 for [0.9, 1.1], as torchvision and Albumentations have it.
package struct FactorRange: Equatable, Sendable {
  package var least: Double
  package var most: Double

  package init(_ least: Double, _ most: Double) { (self.least, self.most) = (least, most) }

  /// Always 1.
  package static let one = FactorRange(1, 1)
}

extension Option {
  /// Written as one number, or as `[least, most]`.
  /// - Parameter range: of both factors.
  package static func factors(
    _ key: String, _ path: Path<FactorRange>, in range: NumberRange, _ help: String
  ) -> Option {
    Option(key, path, .factors(in: range), help)
  }
}

extension ValueFormat where Value == FactorRange {
  static func factors(in range: NumberRange) -> ValueFormat {
    let expected = "a number, or the least and the largest factor in brackets"
    // No factor may be outside of `range`.
    let mostDifference = min(1 - range.lower, range.upper - 1)
    let pair = ValueFormat<Double>.number(in: range).list(count: 2...2)
    let single = ValueFormat<Double>.number(in: NumberRange(0...mostDifference))
    return ValueFormat(
      expected: expected, plural: "ranges",
      allowed: "\(single.allowed) for as much less or more than 1, or [least, largest], \(range.description)",
      read: { node in
        if case .sequence = node.content {
          return pair.read(node).flatMap { bounds in
            bounds[0] <= bounds[1]
              ? .success(FactorRange(bounds[0], bounds[1]))
              : .failure(Complaint(message: "the least factor, \(bounds[0]), is larger than \(bounds[1])"))
          }
        }
        return single.read(node).map { FactorRange(1 - $0, 1 + $0) }
      },
      write: { $0 == .one ? "0" : "[\($0.least), \($0.most)]" })
  }
}
