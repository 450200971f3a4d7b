import Testing

/// Expects as many values as there are right ones, and each within its limit: `ofSize` times its entry in `sizes`, and
/// `ofLargest` times the largest of the right values. A value that is not a number is within no limit.
func expectClose(
  _ found: [Double], _ expected: [Double], ofLargest: Double, ofSize: Double = 0, sizes: [Double] = [],
  _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  guard found.count == expected.count, ofSize == 0 || sizes.count == expected.count else {
    Issue.record(
      "\(what): \(found.count) values, expected \(expected.count)", sourceLocation: sourceLocation)
    return
  }
  var scale = 0.0
  for value in expected where abs(value) > scale { scale = abs(value) }
  for index in expected.indices {
    let limit = ofLargest * scale + (ofSize == 0 ? 0 : ofSize * sizes[index])
    if abs(found[index] - expected[index]) <= limit { continue }
    Issue.record(
      "\(what): value \(index) is \(found[index]), expected \(expected[index]) to within \(limit)",
      sourceLocation: sourceLocation)
    return
  }
}
