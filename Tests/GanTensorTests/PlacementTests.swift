import GanBase
import GanTestSupport
import Testing

@testable import GanTensor

/// Joined to the table of `GradientTests`.
let placementGradientCases: [GradientCase] = [
  GradientCase("shift", [[3, 4, 3, 2]]) { $0[0].squared().shifted(by: [(1, -1), (-2, 2), (0, 0)]).squared() },
  GradientCase("shift out of the picture", [[2, 2, 2, 1]]) { $0[0].squared().shifted(by: [(3, 0), (0, -2)]) },
  GradientCase("erase", [[2, 3, 4, 2]]) { $0[0].squared().erased([(1..<3, 0..<2), (0..<0, 0..<0)]).squared() },
]

@Suite struct PlacementTests {
  /// `[2,2,3,1]`: 1 to 6 and 11 to 16, row by row.
  private let x = Tensor((1...6).map { Float($0) } + (11...16).map { Float($0) }, [2, 2, 3, 1])

  @Test func shiftsFillWithZeros() {
    #expect(x.shifted(by: [(0, 1), (1, 0)]).floats == [2, 3, 0, 5, 6, 0, 14, 15, 16, 0, 0, 0])
    #expect(x.shifted(by: [(-1, -2), (0, 3)]).floats == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
    #expect(x.shifted(by: [(0, 0), (0, 0)]).floats == x.floats)
  }

  @Test func rectanglesAreErased() {
    #expect(x.erased([(0..<2, 1..<2), (1..<1, 0..<3)]).floats == [1, 0, 3, 4, 0, 6, 11, 12, 13, 14, 15, 16])
  }
}
