import Foundation
import GanBase
import GanImage
import GanTestSupport
import Testing

/// What pictures say about themselves beside their pixels.
@Suite struct PictureNoticesTests {
  private func notices(_ files: [String], in folder: String) throws -> [String] {
    var notices = PictureNotices()
    for name in files {
      let path = FilePath(folder).appending(name)
      notices.add(try PictureFile.header(of: path), at: path)
    }
    return notices.texts
  }

  private func write(_ data: Data, _ path: String) throws { try data.write(to: URL(fileURLWithPath: path)) }

  @Test func twelveBitsInSixteenAreNoticed() throws {
    try withTemporaryFolder { folder in
      try write(PNGBytes.gray16(width: 5, height: 3) { UInt16($0 * 290) }, folder + "/dark.png")
      try write(PNGBytes.gray16(width: 5, height: 3) { $0 == 14 ? 4096 : 7 }, folder + "/full.png")
      try write(PNGBytes.gray16(width: 5, height: 3) { _ in 0 }, folder + "/black.png")
      #expect(try PictureFile.header(of: folder + "/dark.png").bits == 16)
      let dark = try notices(["dark.png", "full.png"], in: folder)
      #expect(dark.count == 1 && dark[0].contains("dark.png looks like 12-bit data in 16 bits"), "\(dark)")
      let full = try notices(["full.png", "black.png"], in: folder)
      #expect(full == ["2 pictures have 16 bits a sample, of which the upper 8 are used"])
      // The values stay those of other programs: the high byte.
      #expect(try PictureFile.read(folder + "/dark.png", channels: 1).pixels == (0..<15).map { UInt8($0 * 290 / 256) })
    }
  }

  @Test func alphaIsSaidOnce() throws {
    try withTemporaryFolder { folder in
      for name in ["a", "b"] {
        try write(PNGBytes.gray16(width: 2, height: 2, hasAlpha: true) { _ in 60_000 }, "\(folder)/\(name).png")
      }
      try PictureFile.writePNG(Picture(width: 2, height: 2, channels: 3), to: folder + "/plain.png")
      let texts = try notices(["a.png", "b.png", "plain.png"], in: folder)
      #expect(texts.last == "2 pictures have transparency, which is ignored" && texts.count == 2)
      #expect(try notices(["plain.png"], in: folder).isEmpty)
      #expect(try PictureFile.header(of: folder + "/a.png").hasAlpha)
    }
  }

  @Test(arguments: [false, true], 1...8)
  func orientationsOfPNGFiles(atEnd: Bool, orientation: Int) throws {
    try withTemporaryFolder { folder in
      let picture = Picture(width: 3, height: 2, channels: 1, pixels: [1, 2, 3, 4, 5, 6])
      let png = try PictureFile.encodePNG(picture)
      let path = folder + "/turned.png"
      try write(
        PNGBytes.inserting(PNGBytes.orientation(UInt8(orientation)), into: png, atEnd: atEnd), path)
      let expected: [[UInt8]] = [
        [1, 2, 3, 4, 5, 6], [3, 2, 1, 6, 5, 4], [6, 5, 4, 3, 2, 1], [4, 5, 6, 1, 2, 3],
        [1, 4, 2, 5, 3, 6], [4, 1, 5, 2, 6, 3], [6, 3, 5, 2, 4, 1], [3, 6, 2, 5, 1, 4],
      ]
      let read = try PictureFile.read(path, channels: 1)
      #expect(read.pixels == expected[orientation - 1] && read.width == (orientation >= 5 ? 2 : 3))
      let header = try PictureFile.header(of: path)
      #expect(header.width == read.width && header.height == read.height && header.isTurned == (orientation != 1))
      #expect(try PictureFile.read(path, channels: 1, upright: false).pixels == picture.pixels)
    }
  }

  @Test func brokenOrientationsAreNone() throws {
    try withTemporaryFolder { folder in
      let png = try PictureFile.encodePNG(Picture(width: 3, height: 2, channels: 3))
      for content in [[], Array("MM".utf8), Array("II".utf8) + [42, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0]] as [[UInt8]] {
        let path = folder + "/x.png"
        try write(PNGBytes.inserting(PNGBytes.chunk("eXIf", content), into: png, atEnd: false), path)
        #expect(try PictureFile.header(of: path).width == 3)
        #expect(try PictureFile.read(path).width == 3)
      }
    }
  }

  @Test func otherFilesAreCountedByEnding() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.makeFolder(folder + "/in")
      for name in ["a.png", "b.MD", "c.md", "d.txt", "README", ".hidden.bmp", "Thumbs.db", "in/e.md"] {
        try Data([1]).write(to: URL(fileURLWithPath: folder + "/" + name))
      }
      let listing = try PictureFile.listing(folder: FilePath(folder), recursive: true)
      #expect(listing.pictures.count == 1)
      #expect(listing.skippedText == "skipped 5 files: 3 .md, 1 .txt, 1 without an ending")
      try FileManager.default.removeItem(atPath: folder + "/in")
      for name in ["b.MD", "c.md", "d.txt", "README"] {
        try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
      }
      #expect(try PictureFile.listing(folder: FilePath(folder), recursive: true).skippedText == nil)
    }
  }
}
