import GanTensor
import Testing

private func expect(_ comparison: Comparison, _ what: String, _ sourceLocation: SourceLocation) {
  guard let failure = comparison.failure else { return }
  Issue.record("\(what.isEmpty ? "" : what + ": ")\(failure)", sourceLocation: sourceLocation)
}

/// Expects as many numbers as there are right ones, at least one, all of them finite, and each within the sum of the
/// tolerances that are given (see `Tolerance`; none: equal). The failure names the worst of them.
///
/// - Parameter what: what is compared, for the message.
package func expectClose<Found: Collection, Expected: Collection>(
  _ found: Found, _ expected: Expected, absolute: Double = 0, relative: Double = 0, ofLargest: Double = 0,
  each: [Double] = [], _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation
) where Found.Element: ComparedNumber, Expected.Element: ComparedNumber {
  let tolerance = Tolerance(absolute: absolute, relative: relative, ofLargest: ofLargest, each: each)
  expect(Comparison(found, expected, tolerance), what, sourceLocation)
}

/// Expects a tensor of the right shape, with elements as above.
package func expectClose(
  _ found: Tensor, _ expected: Tensor, absolute: Double = 0, relative: Double = 0, ofLargest: Double = 0,
  each: [Double] = [], _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  let tolerance = Tolerance(absolute: absolute, relative: relative, ofLargest: ofLargest, each: each)
  expect(Comparison(found, expected, tolerance), what, sourceLocation)
}

/// Expects one number as above.
package func expectClose<Number: ComparedNumber>(
  _ found: Number, _ expected: Number, absolute: Double = 0, relative: Double = 0, _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let tolerance = Tolerance(absolute: absolute, relative: relative)
  expect(Comparison([found], [expected], tolerance), what, sourceLocation)
}

/// Expects numbers, at least one, and each of them finite.
package func expectFinite<Numbers: Collection>(
  _ numbers: Numbers, _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation
) where Numbers.Element: ComparedNumber {
  expect(Comparison(finite: numbers), what, sourceLocation)
}
