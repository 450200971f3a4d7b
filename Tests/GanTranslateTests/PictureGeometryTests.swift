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
    func estimate(_ memory: Int? = nil, bytesOfPixel: Int = 1024) -> MemoryEstimate {
      MemoryEstimate(MemoryBound(memory: memory)) { width, height in
        trials += 1
        return width * height * bytesOfPixel
      }
    }
    let free = estimate()
    #expect(free.suffices(for: 2, PictureSize(width: 16, height: 16)))
    #expect(free.suffices(for: 3, PictureSize(width: 16, height: 16)) && trials == 1, "a size is tried once")
    #expect(!free.suffices(for: 1 << 20, PictureSize(width: 1024, height: 1024)), "more than 1 PB")
    guard case .inMemory = try free.way(PictureSize(width: 16, height: 16), at: nil) else {
      Issue.record("a small picture needs no files")
      return
    }
    // 512 MiB of tensors, with 160 MiB left to the process.
    let bound = MemoryLimits.resident + (160 << 20)
    guard
      case .inFiles(_, let bytes, let most) = try estimate(bound).way(
        PictureSize(width: 1024, height: 512), at: nil)
    else {
      Issue.record("half a gibibyte does not fit")
      return
    }
    #expect(bytes >= 512 << 20 && bytes < 540 << 20 && most <= bound + (64 << 20))
    expectError(.environment, "a.png", "even with scratch files") {
      _ = try estimate(1 << 20).way(PictureSize(width: 1024, height: 512), at: "a.png")
    }
    // The largest are extrapolated from a strip.
    guard
      case .inFiles(_, let large, _) = try estimate(MemoryLimits.resident + (1 << 30), bytesOfPixel: 64).way(
        PictureSize(width: 8192, height: 4096), at: nil)
    else {
      Issue.record("two gibibytes do not fit")
      return
    }
    #expect(large >= 2 << 30 && large < 2200 << 20)
    expectError(.environment, "a.png", "scratch files", "--scratch") {
      _ = try estimate(bytesOfPixel: 1 << 50).way(PictureSize(width: 8, height: 8), at: "a.png")
    }
  }
}
