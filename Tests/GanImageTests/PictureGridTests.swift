import GanImage
import GanTestSupport
import Testing

@Suite struct PictureGridTests {
  private let gray = Picture(width: 40, height: 30, channels: 1, fill: 100)
  private let red = Picture(
    width: 20, height: 30, channels: 3, pixels: (0..<600).flatMap { _ in [200, 0, 0] as [UInt8] })

  @Test func cellsAreEqualAndSmallPicturesCentred() throws {
    let sheet = try PictureGrid([[gray, red], [nil, gray]]).rendered()
    #expect(sheet.width == 4 + 2 * 44 && sheet.height == 4 + 2 * 34 && sheet.channels == 3)
    #expect(sheet[4, 4, 0] == 100 && sheet[43, 33, 2] == 100)
    #expect(sheet[48 + 9, 20, 1] == 205, "the frame")
    #expect(sheet[48 + 10, 20, 0] == 200 && sheet[48 + 29, 20, 1] == 0)
    #expect(sheet[48 + 35, 20, 0] == 255)
    #expect(sheet[20, 50, 0] == 255, "an empty cell")
    #expect(sheet[50, 40, 1] == 100)
  }

  @Test func labelsTakeTheirOwnSpace() throws {
    let plain = try PictureGrid([[gray]]).rendered()
    let labelled = try PictureGrid([[gray]], columnLabels: ["I"], rowLabels: ["row"]).rendered()
    #expect(labelled.height == plain.height + 12 && labelled.width == plain.width + 4 + 17)
    // The I stands in the middle of its column: a stem five rows long with a bar above and below.
    let middle = 25 + (40 - 5) / 2 + 2
    #expect((0..<7).allSatisfy { labelled[middle, 4 + $0] == 48 })
    #expect(labelled[middle - 1, 4] == 48 && labelled[middle - 1, 5] == 255 && labelled[middle + 1, 10] == 48)
    let ink = (0..<labelled.height).flatMap { y in (0..<25).map { x in labelled[x, y] } }.filter { $0 == 48 }
    #expect(ink.count > 20)
  }

  @Test func anyTextCanBeDrawn() throws {
    let all = String((32..<127).map { Character(UnicodeScalar($0)) })
    let wide = Picture(width: 700, height: 8, channels: 1)
    _ = try PictureGrid([[wide], [gray]], columnLabels: [all + "é€🎒"], rowLabels: ["", "x", "more than rows"])
      .rendered()
    let narrow = Picture(width: 3, height: 3, channels: 1)
    _ = try PictureGrid([[narrow]], columnLabels: ["long label", "another"]).rendered()
  }

  @Test func nothingToShowOrTooMuch() {
    expectError(.input, "at least one picture") { _ = try PictureGrid([[nil], []]).rendered() }
    expectError(.input, "limit") {
      _ = try PictureGrid([Array(repeating: Picture(width: 4000, height: 1, channels: 1), count: 5)]).rendered()
    }
  }
}
