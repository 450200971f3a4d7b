import Foundation
import Testing

@testable import GanReport

@Suite struct CurveTests {
  @Test func fewValuesStayAsTheyAre() {
    var curve = Curve()
    for step in 1...20 { curve.add(Double(step), step: step) }
    let points = curve.points()
    #expect(points.map(\.step) == (1...20).map(Double.init))
    #expect(points.allSatisfy { $0.least == $0.step && $0.greatest == $0.step })
  }

  @Test func noSpikeIsLostHoweverManyValuesThereAre() {
    var curve = Curve(capacity: 256)
    for step in 0..<100_000 { curve.add(step == 77_777 ? 50 : step == 5 ? -3 : 1, step: step) }
    for most in [256, 100, 16] {
      let points = curve.points(most: most)
      #expect(points.count <= most && points.count > most / 4)
      #expect(points.map(\.greatest).max() == 50 && points.map(\.least).min() == -3)
      let spike = points.first { $0.greatest == 50 }
      #expect(abs((spike?.step ?? 0) - 77_777) <= 100_000 / Double(most) * 4)
      #expect(points.map(\.step) == points.map(\.step).sorted())
    }
  }

  @Test func theSmoothCurveHasTheMeanOfNoise() {
    var curve = Curve()
    for step in 0..<5000 { curve.add(step % 2 == 0 ? 0 : 2, step: step) }
    #expect(curve.points().allSatisfy { abs($0.smooth - 1) < 0.2 })
    // A constant stays one, also at its ends.
    var constant = Curve()
    for step in 0..<1000 { constant.add(3, step: step) }
    #expect(constant.points().allSatisfy { abs($0.smooth - 3) < 1e-12 })
  }

  @Test func valuesThatAreNotFiniteAreLeftOut() {
    var curve = Curve()
    curve.add(.nan, step: 1)
    curve.add(.infinity, step: 2)
    #expect(curve.isEmpty)
  }

  @Test func axesSpanTheirValues() throws {
    for (least, greatest) in [(0.0, 1.0), (5, 5), (0, 0), (-3, 8), (1e-9, 1e6), (99.5, 100.5), (1e300, 2e300)] {
      let axis = Axis.linear(least, greatest)
      #expect(axis.low <= least && axis.high >= greatest && axis.high > axis.low)
      #expect(axis.ticks.count <= 12 && axis.ticks.allSatisfy { $0 >= axis.low && $0 <= axis.high })
      guard least > 0 else {
        #expect(Axis.logarithmic(least, greatest) == nil)
        continue
      }
      let logarithmic = try #require(Axis.logarithmic(least, greatest))
      #expect(logarithmic.place(least) >= 0 && logarithmic.place(greatest) <= 1)
      #expect(logarithmic.ticks.count <= 9)
    }
  }

  @Test func framesAreChosenEvenly() {
    #expect(FilmStrip.importance(0) == [])
    #expect(FilmStrip.importance(1) == [0])
    #expect(FilmStrip.importance(5) == [4, 0, 2, 1, 3])
    #expect(Array(FilmStrip.importance(101).prefix(5)) == [100, 0, 50, 25, 75])
    for count in [2, 3, 7, 64, 1000] { #expect(FilmStrip.importance(count).sorted() == Array(0..<count)) }
  }
}
