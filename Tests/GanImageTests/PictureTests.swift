import GanImage
import Testing

@Suite struct PictureTests {
  /// Sample = 10 * row + column.
  private func numbered(_ width: Int, _ height: Int) -> Picture {
    Picture(
      width: width, height: height, channels: 1,
      pixels: (0..<height).flatMap { y in (0..<width).map { UInt8(10 * y + $0) } })
  }

  @Test func cropInside() {
    let part = numbered(5, 4).cropped(x: 1, y: 2, width: 3, height: 2)
    #expect(part.pixels == [21, 22, 23, 31, 32, 33])
  }

  @Test func cropBeyondTheBorderIsFilled() {
    let part = numbered(3, 2).cropped(x: -1, y: 1, width: 5, height: 2, fill: 9)
    #expect(part.pixels == [9, 10, 11, 12, 9, 9, 9, 9, 9, 9])
    #expect(numbered(3, 2).cropped(x: 7, y: 7, width: 2, height: 1).pixels == [0, 0])
    #expect(numbered(3, 2).cropped(x: -9, y: 0, width: 2, height: 1).pixels == [0, 0])
  }

  @Test func flipKeepsColours() {
    let picture = Picture(width: 2, height: 1, channels: 3, pixels: [1, 2, 3, 4, 5, 6])
    #expect(picture.flipped().pixels == [4, 5, 6, 1, 2, 3])
    #expect(picture.flipped().flipped() == picture)
  }

  @Test func halvesOfOddWidth() throws {
    let (left, right) = try #require(numbered(5, 2).halves())
    #expect(left.pixels == [0, 1, 10, 11])
    #expect(right.pixels == [2, 3, 4, 12, 13, 14])
    #expect(numbered(1, 2).halves() == nil)
  }

  @Test func normalizing() {
    let picture = Picture(width: 3, height: 1, channels: 1, pixels: [0, 51, 255])
    #expect(picture.normalized() == [-1, (Float(51) / 255 - 0.5) / 0.5, 1])
  }

  @Test func levelsSurviveTheWayThereAndBackWhenRounded() {
    let all = Picture(width: 256, height: 1, channels: 1, pixels: (0...255).map { UInt8($0) })
    let back = Picture(normalized: all.normalized(), width: 256, height: 1, channels: 1, rounding: .nearest)
    #expect(back == all)
    let right: [Float] = all.pixels.map { (Float($0) / 255 - 0.5) / 0.5 }
    #expect(all.normalized() == right)
  }

  @Test func truncationClampingAndValuesThatAreNoNumbers() {
    let values: [Float] = [0, -1, 1, 1.5, -7, .nan, .infinity, -.infinity, 0.999]
    let cut = Picture(normalized: values, width: 3, height: 1, channels: 3, rounding: .truncate)
    #expect(cut.pixels == [127, 0, 255, 255, 0, 0, 255, 0, 254])
    let rounded = Picture(normalized: values, width: 9, height: 1, channels: 1, rounding: .nearest)
    #expect(rounded.pixels == [128, 0, 255, 255, 0, 0, 255, 0, 255])
  }
}
