import GanTensor
import GanTestSupport
import Testing

/// Comparisons that can fail.
@Suite struct ComparisonTests {
  private let right = [1.0, -2, 3, 4]

  private func failure(_ found: [Double], _ tolerance: Tolerance = Tolerance(absolute: 0.1)) -> String? {
    Comparison(found, right, tolerance).failure
  }

  @Test func whatIsCloseEnoughPasses() {
    #expect(failure(right, Tolerance()) == nil)
    #expect(failure([1.05, -2.05, 2.95, 4]) == nil)
    #expect(failure([1, -2.19, 3, 4], Tolerance(relative: 0.1)) == nil)
    #expect(failure([1.3, -2, 3, 4], Tolerance(ofLargest: 0.1)) == nil)
    #expect(failure([1.5, -2, 3, 4], Tolerance(each: [0.5, 0, 0, 0])) == nil)
  }

  @Test func whatIsTooFarOffFailsAndTheWorstIsNamed() {
    #expect(failure([1, -2, 3.5, 4.2]) == "value 2 is 3.5, expected 3.0 to within 0.1; 2 of 4 values are off")
    #expect(failure([1, -2, 3, 4.0000001], Tolerance()) != nil)
    #expect(failure([1.2, -2, 3, 4], Tolerance(relative: 0.1)) != nil)
    #expect(failure([1, -2, 3, 3.5], Tolerance(ofLargest: 0.1)) != nil)
    #expect(failure([1, -2.5, 3, 4], Tolerance(each: [0.5, 0, 0, 0])) != nil)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity]) func whatIsNotFiniteFails(_ bad: Double) {
    for index in right.indices {
      var found = right
      found[index] = bad
      #expect(
        failure(found, Tolerance(absolute: 1e300, relative: 1e300))?.hasPrefix("value \(index) is \(bad)") == true)
      // On both sides too, whatever is expected there.
      #expect(Comparison(found, found, Tolerance(absolute: 1)).failure != nil)
      #expect(Comparison(right, found, Tolerance(relative: 1, ofLargest: 1)).failure != nil)
    }
    #expect(failure(right, Tolerance(absolute: bad)) != nil)
  }

  @Test func otherCountsFail() {
    #expect(failure([1, -2, 3]) == "3 values found, 4 expected")
    #expect(failure(right + [0])?.hasPrefix("5 values found") == true)
    #expect(failure([])?.hasPrefix("0 values found") == true)
    #expect(Comparison([Double](), [Double](), Tolerance(absolute: 1)).failure?.hasPrefix("nothing") == true)
    #expect(failure(right, Tolerance(each: [1])) == "1 tolerances for 4 values")
  }

  @Test func tensorsAreOfOneShape() {
    let tensor = Tensor(right, [2, 2])
    #expect(Comparison(tensor, Tensor(right, [2, 2]), Tolerance()).failure == nil)
    let flat = Comparison(tensor, Tensor(right, [4]), Tolerance(absolute: 9))
    #expect(flat.failure?.hasPrefix("the shape is \(tensor.shape), expected ") == true)
    let moved = Comparison(Tensor([1, -2, 9, 4] as [Double], [2, 2]), tensor, Tolerance(absolute: 1))
    #expect(moved.failure?.hasPrefix("value [1,0] is 9.0") == true)
  }

  /// What tests call records a failure.
  @Test func failuresAreIssues() {
    withKnownIssue { expectClose([1, Double.nan], [1.0, 2], absolute: 1e9) }
    withKnownIssue { expectClose([1.0, 2], [1.0, 2, 3], absolute: 1e9) }
    withKnownIssue { expectClose([Float](), [Float]()) }
    withKnownIssue { expectClose(Tensor(right, [4]), Tensor(right, [2, 2])) }
    withKnownIssue { expectClose(Double.nan, 1, relative: 1) }
    withKnownIssue { expectClose(Double.infinity, 1, relative: 1) }
    withKnownIssue { expectFinite([1, -Double.infinity]) }
    withKnownIssue { expectFinite([Double]()) }
    expectFinite(right)
  }
}
