import GanTensor

/// A number that a test compares: both are converted to Double first.
package protocol ComparedNumber {
  var compared: Double { get }
}

extension Double: ComparedNumber {
  package var compared: Double { self }
}
extension Float: ComparedNumber {
  package var compared: Double { Double(self) }
}
extension UInt8: ComparedNumber {
  package var compared: Double { Double(self) }
}
extension Int: ComparedNumber {
  package var compared: Double { Double(self) }
}

/// How far numbers may be from the expected ones: the sum of everything that is given.
package struct Tolerance {
  /// The same for every number.
  package var absolute = 0.0
  /// A share of each expected number.
  package var relative = 0.0
  /// A share of the largest expected number, whatever its sign.
  package var ofLargest = 0.0
  /// One for each number; none if empty.
  package var each: [Double] = []

  package init(absolute: Double = 0, relative: Double = 0, ofLargest: Double = 0, each: [Double] = []) {
    (self.absolute, self.relative, self.ofLargest, self.each) = (absolute, relative, ofLargest, each)
  }
}

/// A comparison of numbers with the expected ones. It fails if there is nothing to compare, if there are more or fewer
/// numbers than expected, if one of either side is not finite, and if one is too far off.
package struct Comparison {
  /// What is wrong, in words: the worst number, its place, and what was expected there; nil if nothing is.
  package let failure: String?

  /// - Parameter shape: of both, so that the place is told by the index along each axis; by default one axis.
  package init<Found: Collection, Expected: Collection>(
    _ found: Found, _ expected: Expected, _ tolerance: Tolerance, shape: Shape? = nil
  ) where Found.Element: ComparedNumber, Expected.Element: ComparedNumber {
    let found = found.map(\.compared), expected = expected.map(\.compared)
    guard !expected.isEmpty else {
      failure = "nothing to compare: \(found.count) values found, none expected"
      return
    }
    guard found.count == expected.count else {
      failure = "\(found.count) values found, \(expected.count) expected"
      return
    }
    guard tolerance.each.isEmpty || tolerance.each.count == expected.count else {
      failure = "\(tolerance.each.count) tolerances for \(expected.count) values"
      return
    }
    let shared = tolerance.absolute + tolerance.ofLargest * expected.reduce(0) { max($0, abs($1)) }
    func limit(_ index: Int) -> Double {
      shared + tolerance.relative * abs(expected[index]) + (tolerance.each.isEmpty ? 0 : tolerance.each[index])
    }
    var worst = 0, most = 0.0, count = 0
    for index in expected.indices {
      let excess = Self.excess(abs(found[index] - expected[index]), limit(index))
      if excess > 0 { count += 1 }
      if excess > most { (worst, most) = (index, excess) }
    }
    guard count > 0 else {
      failure = nil
      return
    }
    let place = shape.map { Self.place(worst, $0) } ?? "\(worst)"
    failure = """
      value \(place) is \(found[worst]), expected \(expected[worst]) to within \(limit(worst)); \
      \(count) of \(expected.count) values are off
      """
  }

  /// Two tensors, which must be of one shape.
  package init(_ found: Tensor, _ expected: Tensor, _ tolerance: Tolerance) {
    guard found.shape == expected.shape else {
      self.init(failure: "the shape is \(found.shape), expected \(expected.shape)")
      return
    }
    self.init(found.doubles, expected.doubles, tolerance, shape: found.shape)
  }

  private init(failure: String) { self.failure = failure }

  /// Numbers that only have to be there and finite.
  package init<Numbers: Collection>(finite numbers: Numbers) where Numbers.Element: ComparedNumber {
    let bad = numbers.enumerated().first { !$0.element.compared.isFinite }
    failure =
      numbers.isEmpty ? "no values found" : bad.map { "value \($0.offset) is \($0.element), which is not finite" }
  }

  /// How many times its limit an error is, if that is more than once; infinite for what is not a number.
  private static func excess(_ error: Double, _ limit: Double) -> Double {
    guard error.isFinite, limit.isFinite else { return .infinity }
    return error <= limit ? 0 : limit > 0 ? error / limit : .greatestFiniteMagnitude
  }

  /// `[row,column,...]` of an element.
  private static func place(_ index: Int, _ shape: Shape) -> String {
    let indices = shape.strides.enumerated().map { axis, stride in index / stride % shape[axis] }
    return "[\(indices.map { "\($0)" }.joined(separator: ","))]"
  }
}
