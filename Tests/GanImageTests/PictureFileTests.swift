import Foundation
import GanBase
import GanImage
import GanTestSupport
import Testing

@Suite struct PictureFileTests {
  /// Names of 23x14 pictures with the samples stored per pixel.
  static let colourPNGs = [
    ("rgb.png", 3), ("rgb-interlaced.png", 3), ("rgba.png", 4), ("rgba16-interlaced.png", 4), ("rgb16.png", 3),
    ("rgb-key.png", 3), ("palette.png", 3), ("palette8.png", 3),
  ]
  static let grayPNGs = [
    ("gray.png", 1), ("gray-alpha.png", 2), ("gray16.png", 1), ("gray1.png", 1), ("gray2.png", 1), ("gray4.png", 1),
    ("gray-key.png", 1),
  ]

  @Test(arguments: colourPNGs) func colourPNG(name: String, stored: Int) throws {
    let header = try PictureFile.header(of: Fixtures.format(name))
    #expect(header.format == "PNG" && header.width == 23 && header.height == 14 && header.channels == stored)
    let picture = try PictureFile.read(Fixtures.format(name))
    #expect(picture.width == 23 && picture.height == 14 && picture.channels == 3)
    #expect(try picture.pixels == Fixtures.expected(name))
  }

  @Test(arguments: grayPNGs) func grayPNG(name: String, stored: Int) throws {
    #expect(try PictureFile.header(of: Fixtures.format(name)).channels == stored)
    let expected = try Fixtures.expected(name)
    #expect(try PictureFile.read(Fixtures.format(name), channels: 1).pixels == expected)
    #expect(try PictureFile.read(Fixtures.format(name)).pixels == expected.flatMap { [$0, $0, $0] })
  }

  /// Decoders may differ by one level between versions of the library.
  @Test(arguments: [("rgb.jpg", 3), ("progressive.jpg", 3), ("gray.jpg", 1), ("cmyk.jpg", 4), ("ycck.jpg", 4)])
  func jpeg(name: String, stored: Int) throws {
    let header = try PictureFile.header(of: Fixtures.format(name))
    #expect(header == PictureHeader(format: "JPEG", width: 23, height: 14, channels: stored))
    let picture = try PictureFile.read(Fixtures.format(name), channels: stored == 1 ? 1 : 3)
    expectClose(picture.pixels, try Fixtures.expected(name), absolute: 1)
  }

  @Test(arguments: 1...8) func orientation(_ number: Int) throws {
    let name = "orientation\(number).jpg"
    let header = try PictureFile.header(of: Fixtures.format(name))
    let upright = try PictureFile.read(Fixtures.format(name))
    #expect(upright.width == (number < 5 ? 23 : 14) && upright.height == (number < 5 ? 14 : 23))
    #expect(header.width == upright.width && header.height == upright.height)
    expectClose(upright.pixels, try Fixtures.expected(name), absolute: 1)
    let stored = try PictureFile.read(Fixtures.format(name), upright: false)
    #expect(stored.width == 23 && stored.height == 14)
    #expect(try PictureFile.header(of: Fixtures.format(name), upright: false).width == 23)
    #expect(try stored == PictureFile.read(Fixtures.format("orientation1.jpg")))
  }

  @Test func orientationOfOtherByteOrderAndDamagedBlock() throws {
    let little = try PictureFile.read(Fixtures.format("orientation-little.jpg"))
    #expect(try little == PictureFile.read(Fixtures.format("orientation6.jpg")))
    let damaged = try PictureFile.read(Fixtures.format("orientation-bad.jpg"))
    #expect(try damaged == PictureFile.read(Fixtures.format("orientation1.jpg")))
  }

  @Test func grayOfColour() throws {
    let gray = try PictureFile.read(Fixtures.format("luma.png"), channels: 1)
    #expect(gray.channels == 1)
    #expect(try gray.pixels == Fixtures.expected("luma.png"))
  }

  @Test func contentDecidesNotTheName() throws {
    #expect(try PictureFile.header(of: Fixtures.format("jpeg-inside.png")).format == "JPEG")
    #expect(try PictureFile.read(Fixtures.format("jpeg-inside.png")).width == 23)
    #expect(try PictureFile.header(of: Fixtures.format("webp.jpg")).format == "WebP")
    #expect(try PictureFile.header(of: Fixtures.format("bmp.png")).format == "BMP")
  }

  @Test(arguments: [
    "truncated.png", "no-end.png", "bad-checksum.png", "too-few-rows.png", "truncated.jpg",
    "truncated-progressive.jpg", "no-end.jpg", "cut-by-marker.jpg", "header-only.jpg",
  ])
  func damaged(name: String) {
    expectError(.input, name, "cannot decode", "help:") { _ = try PictureFile.read(Fixtures.format(name)) }
  }

  @Test(arguments: [("gif.png", "GIF"), ("empty.png", "empty")])
  func foreign(name: String, word: String) {
    expectError(.input, name, word) { _ = try PictureFile.read(Fixtures.format(name)) }
    expectError(.input, name, word) { _ = try PictureFile.header(of: Fixtures.format(name)) }
  }

  @Test func unreadable() throws {
    expectError(.input, "text.png", "no picture that can be read") {
      _ = try PictureFile.read(Fixtures.format("text.png"))
    }
    expectError(.input, "formats", "folder") { _ = try PictureFile.read(Fixtures.folder + "/formats") }
    expectError(.input, "missing.png", "no such picture") { _ = try PictureFile.read(Fixtures.format("missing.png")) }
    expectError(.input, "/dev/null", "found a device") { _ = try PictureFile.header(of: "/dev/null") }
    try withTemporaryFolder { folder in
      let path = folder + "/secret.png"
      try PictureFile.writePNG(Picture(width: 2, height: 2, channels: 1), to: path)
      chmod(path, 0)
      if geteuid() != 0 { expectError(.input, path, "ermission denied") { _ = try PictureFile.read(path) } }
    }
  }

  @Test func sizesAreRefusedFromTheHeader() {
    expectError(.input, "huge.png", "100000x100000", "16384") { _ = try PictureFile.read(Fixtures.format("huge.png")) }
    expectError(.input, "too-many-pixels.png", "100 million") {
      _ = try PictureFile.header(of: Fixtures.format("too-many-pixels.png"))
    }
  }

  @Test func channelsOtherThanOneAndThree() {
    #expect(throws: GanError.self) { _ = try PictureFile.read(Fixtures.format("rgb.png"), channels: 4) }
  }

  @Test(arguments: [1, 3]) func writtenPictureReadsBack(channels: Int) throws {
    var random = RandomStream(seed: 5)
    let pixels = (0..<37 * 11 * channels).map { _ in UInt8(random.below(256)) }
    let picture = Picture(width: 37, height: 11, channels: channels, pixels: pixels)
    try withTemporaryFolder { folder in
      let path = folder + "/out.png"
      try PictureFile.writePNG(picture, to: path)
      #expect(try PictureFile.header(of: path).channels == channels)
      #expect(try PictureFile.read(path, channels: channels) == picture)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["out.png"])
    }
  }

  @Test func writingWhereNothingCanBeWritten() {
    #expect(throws: GanError.self) {
      try PictureFile.writePNG(Picture(width: 1, height: 1, channels: 1), to: "/no/such/folder/out.png")
    }
  }
}
