import GanBase
import GanImage
import GanNN
import GanTestSupport
import Testing

@testable import GanTranslate

@Suite struct PictureGeometryTests {
  @Test func sizesThatAGeneratorTakes() {
    let unet = SizeRule(multiple: 64, least: 64), resnet = SizeRule(multiple: 4, least: 8)
    #expect([1, 64, 65, 128, 200].map(unet.covering) == [64, 64, 128, 128, 256])
    #expect([1, 8, 9, 12, 13].map(resnet.covering) == [8, 8, 12, 12, 16])
    #expect(SizeRule(multiple: 4, least: 10).covering(3) == 12)
  }

  @Test func mirroredToAndFro() {
    #expect((0..<10).map { mirrorIndex($0, size: 4) } == [0, 1, 2, 3, 2, 1, 0, 1, 2, 3])
    #expect((0..<5).map { mirrorIndex($0, size: 2) } == [0, 1, 0, 1, 0])
    #expect((0..<5).map { mirrorIndex($0, size: 1) } == [0, 0, 0, 0, 0])
  }

  @Test func picturesContinueByTheirMirrorImage() {
    let picture = Picture(width: 3, height: 2, channels: 1, pixels: [1, 2, 3, 4, 5, 6])
    let larger = picture.mirrored(toWidth: 6, height: 4)
    #expect(larger.pixels == [1, 2, 3, 2, 1, 2] + [4, 5, 6, 5, 4, 5] + [1, 2, 3, 2, 1, 2] + [4, 5, 6, 5, 4, 5])
    #expect(larger.cropped(x: 0, y: 0, width: 3, height: 2) == picture)
    let colour = Picture(width: 2, height: 1, channels: 3, pixels: [1, 2, 3, 4, 5, 6])
    #expect(colour.mirrored(toWidth: 3, height: 1).pixels == [1, 2, 3, 4, 5, 6, 1, 2, 3])
  }

  @Test func halves() {
    let picture = Picture(width: 5, height: 2, channels: 1, pixels: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    #expect(picture.part(.left).pixels == [1, 2, 6, 7])
    #expect(picture.part(.right).pixels == [3, 4, 5, 8, 9, 10])
    #expect(picture.part(.whole) == picture)
  }

  @Test func memoryIsKnownAndRefusedWhereItWouldNotDo() throws {
    #expect(try #require(MemoryLimits.available) > 0)
    var trials = 0
    let estimate = MemoryEstimate { width, height in
      trials += 1
      return width * height * 1024
    }
    func mebibytes(_ width: Int, _ height: Int) throws -> Int {
      Int(try estimate.bytes(width: width, height: height)) >> 20
    }
    #expect(try mebibytes(1024, 2048) == 2048 + 96 + 16)
    #expect(try mebibytes(1024, 2048) == 2048 + 96 + 16 && trials == 1, "a size is tried once")
    #expect(try mebibytes(16384, 4096) == 65536 + 3072 + 16, "the largest are extrapolated")
    try estimate.check(width: 1, height: 1, at: "a.png")
    #expect(estimate.suffices(for: 2, width: 16, height: 16))
    #expect(!estimate.suffices(for: 1 << 20, width: 1024, height: 1024), "more than 1 PB")
    let endless = MemoryEstimate { _, _ in 1 << 60 }
    expectError(.environment, "a.png") { try endless.check(width: 8, height: 8, at: "a.png") }
  }
}
