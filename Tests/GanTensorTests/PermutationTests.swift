import Testing

@testable import GanTensor

@Suite struct PermutationTests {
  init() throws { try Engine.start(threads: 2) }

  private static let shapes: [Shape] = [
    [7], [3, 5], [1, 6], [40, 1], [2, 3, 4], [5, 1, 6], [20, 33, 3, 3], [3, 4, 1, 2], [2, 3, 2, 5, 2], [1, 1], [0, 3],
    [100, 170], [20, 70, 40],
  ]

  private func orders(_ axes: [Int]) -> [[Int]] {
    if axes.isEmpty { return [[]] }
    return axes.flatMap { first in orders(axes.filter { $0 != first }).map { [first] + $0 } }
  }

  /// All orders of the axes, against the definition.
  @Test(arguments: shapes) func axesChangePlaces(shape: Shape) {
    let x = Tensor((0..<shape.count).map { Float($0) }, shape)
    for order in orders(Array(0..<shape.rank)) {
      let y = x.permuted(order)
      #expect(y.shape.sizes == order.map { shape[$0] })
      let strides = order.map { shape.strides[$0] }
      let expected = (0..<shape.count).map { index in
        zip(y.shape.strides, zip(y.shape.sizes, strides)).reduce(Float(0)) {
          $0 + Float(index / $1.0 % $1.1.0 * $1.1.1)
        }
      }
      #expect(y.floats == expected, "\(shape) by \(order)")
    }
  }
}
