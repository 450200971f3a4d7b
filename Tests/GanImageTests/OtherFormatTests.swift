import Foundation
import GanBase
import GanImage
import GanTestSupport
import Testing

/// TIFF, WebP, BMP and PNM files as other programs write them: see Resources/README.md.
@Suite struct OtherFormatTests {
  static let colourFiles = [
    ("rgb-lzw.tif", "TIFF", 3), ("rgb-tiled.tif", "TIFF", 3), ("rgb-planes-tiled.tif", "TIFF", 3),
    ("rgb-big-endian.tif", "TIFF", 3), ("rgb-bigtiff.tif", "TIFF", 3), ("rgb16.tif", "TIFF", 3),
    ("rgb16-big-endian.tif", "TIFF", 3), ("rgb-float.tif", "TIFF", 3), ("rgba.tif", "TIFF", 4),
    ("premultiplied.tif", "TIFF", 4), ("palette.tif", "TIFF", 3), ("cmyk.tif", "TIFF", 4),
    ("lossy.webp", "WebP", 3), ("lossless.webp", "WebP", 3), ("rgba.webp", "WebP", 4), ("rgba-lossy.webp", "WebP", 4),
    ("rgb.bmp", "BMP", 3), ("palette.bmp", "BMP", 3), ("palette13.bmp", "BMP", 3), ("rgba.bmp", "BMP", 3),
    ("rgb555.bmp", "BMP", 3), ("rgb565.bmp", "BMP", 3), ("rle4.bmp", "BMP", 3), ("rle8.bmp", "BMP", 3),
    ("top-down.bmp", "BMP", 3), ("plain.ppm", "PBM, PGM or PPM", 3),
  ]
  static let greyFiles = [
    ("gray.tif", "TIFF", 1), ("gray1.tif", "TIFF", 1), ("gray16.tif", "TIFF", 1), ("gray-alpha.tif", "TIFF", 2),
    ("float.tif", "TIFF", 1), ("white-is-zero.tif", "TIFF", 1), ("five-channels.tif", "TIFF", 5),
    ("gray.pgm", "PBM, PGM or PPM", 1), ("gray16.pgm", "PBM, PGM or PPM", 1), ("gray100.pgm", "PBM, PGM or PPM", 1),
    ("plain.pgm", "PBM, PGM or PPM", 1), ("bits.pbm", "PBM, PGM or PPM", 1), ("plain.pbm", "PBM, PGM or PPM", 1),
  ]
  /// Grey pictures in a format that tells only colours.
  static let greyInColour = [("gray.bmp", "BMP", 3), ("bits.bmp", "BMP", 3)]

  @Test(arguments: colourFiles) func colour(name: String, format: String, stored: Int) throws {
    let header = try PictureFile.header(of: Fixtures.format(name))
    #expect(header.format == format && header.width == 23 && header.height == 14 && header.channels == stored)
    #expect(header.hasAlpha == (stored == 4 && name != "cmyk.tif"))
    let picture = try PictureFile.read(Fixtures.format(name))
    #expect(picture.width == 23 && picture.height == 14 && picture.channels == 3)
    #expect(try picture.pixels == Fixtures.expected(name))
  }

  @Test(arguments: greyFiles + greyInColour) func grey(name: String, format: String, stored: Int) throws {
    let header = try PictureFile.header(of: Fixtures.format(name))
    #expect(header.format == format && header.width == 23 && header.height == 14 && header.channels == stored)
    #expect(header.hasAlpha == (name == "gray-alpha.tif"))
    let expected = try Fixtures.expected(name)
    #expect(try PictureFile.read(Fixtures.format(name), channels: 1).pixels == expected)
    #expect(try PictureFile.read(Fixtures.format(name)).pixels == expected.flatMap { [$0, $0, $0] })
  }

  /// Files of the same picture need only one expectation.
  @Test(arguments: ["rgb.tif", "rgb-deflate.tif", "rgb-planes.tif", "rgb.ppm"]) func samePicture(name: String) throws {
    let same = try PictureFile.read(Fixtures.format("rgb.bmp"))
    #expect(try PictureFile.read(Fixtures.format(name)) == same)
    #expect(same.pixels != [UInt8](repeating: same.pixels[0], count: same.pixels.count))
  }

  /// Decoders may differ by one level between versions of the library.
  @Test(arguments: ["jpeg.tif", "ycbcr.tif"]) func lossy(name: String) throws {
    expectClose(try PictureFile.read(Fixtures.format(name)).pixels, try Fixtures.expected(name), absolute: 1)
  }

  @Test(arguments: ["orientation6.tif", "orientation6.webp"]) func orientation(name: String) throws {
    let header = try PictureFile.header(of: Fixtures.format(name))
    #expect(header.width == 14 && header.height == 23 && header.isTurned)
    let upright = try PictureFile.read(Fixtures.format(name))
    #expect(upright.width == 14 && upright.height == 23)
    #expect(try upright.pixels == Fixtures.expected(name))
    #expect(try PictureFile.read(Fixtures.format(name), upright: false).width == 23)
  }

  @Test(arguments: [
    ("signed.tif", "signed numbers of 16 bits"), ("double.tif", "floating-point numbers of 64 bits"),
    ("cfa.tif", "camera's raw file"), ("animation.webp", "animation"),
  ])
  func refused(name: String, word: String) {
    expectError(.input, name, word) { _ = try PictureFile.header(of: Fixtures.format(name)) }
    expectError(.input, name, word) { _ = try PictureFile.read(Fixtures.format(name)) }
  }

  /// Every file cut short anywhere is an error or, if only what follows the pixels is missing, the whole picture.
  @Test(arguments: [
    "rgb.tif", "rgb-tiled.tif", "rgb-deflate.tif", "gray1.tif", "jpeg.tif", "lossy.webp", "lossless.webp", "rgba.webp",
    "rgb.bmp", "palette.bmp", "rle8.bmp", "rle4.bmp", "rgb565.bmp", "rgb.ppm", "plain.ppm", "bits.pbm",
  ])
  func cutShort(name: String) throws {
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixtures.format(name))))
    let picture = try PictureFile.read(bytes: whole)
    var refused = 0
    for length in stride(from: 1, to: whole.count, by: max(1, whole.count / 60)) {
      do {
        let part = try PictureFile.read(bytes: Array(whole.prefix(length)))
        // A number in plain text may lose its last digits.
        #expect(part == picture || name.hasPrefix("plain") && length > whole.count - 3)
      } catch let error as GanError {
        #expect(error.code == .input)
        refused += 1
      }
    }
    #expect(refused > 20)
  }

  /// Damage anywhere leads to a picture or an error, never to a crash.
  @Test(arguments: [
    "rgb-lzw.tif", "rgb-tiled.tif", "five-channels.tif", "palette.tif", "ycbcr.tif", "rgba-lossy.webp", "lossless.webp",
    "palette13.bmp", "rle8.bmp", "rle4.bmp", "rgb565.bmp", "gray16.pgm", "rgb.ppm",
  ])
  func damaged(name: String) throws {
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Fixtures.format(name))))
    var random = RandomStream(seed: 11), (read, refused) = (0, 0)
    for _ in 0..<200 {
      var bytes = whole
      for _ in 0...random.below(6) {
        // Half of the changes into the header, where they have consequences.
        let place = random.below(2) == 0 ? random.below(min(64, bytes.count)) : random.below(bytes.count)
        bytes[place] = random.below(3) == 0 ? 255 : UInt8(random.below(256))
      }
      do {
        let picture = try PictureFile.read(bytes: bytes)
        #expect(picture.pixels.count == picture.width * picture.height * picture.channels)
        read += 1
      } catch is GanError { refused += 1 }
    }
    #expect(read > 0 && refused > 0)
  }

  @Test func contentDecidesWhatAFolderHolds() throws {
    try withTemporaryFolder { folder in
      for (name, from) in [
        ("photo", "lossy.webp"), ("scan.dat", "rgb.tif"), ("a.tiff", "gray.tif"), ("b.bmp", "rgb.bmp"),
        ("shot.dng", "cfa.tif"), ("x.gif", "gif.png"),
      ] { try FileManager.default.copyItem(atPath: Fixtures.format(from), toPath: folder + "/" + name) }
      for (name, head) in [("1.heic", "\0\0\0\u{18}ftypheic"), ("2.HEIC", "\0\0\0\u{18}ftypmif1"), ("n.txt", "text")] {
        try Data(head.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
      }
      let listing = try PictureFile.listing(folder: FilePath(folder), recursive: true)
      #expect(listing.pictures.map { $0.lastComponent?.string } == ["a.tiff", "b.bmp", "photo", "scan.dat"])
      #expect(
        listing.skippedText
          == "4 files of kinds that are not read: 2 HEIC, 1 GIF, 1 camera raw; skipped 1 other file: 1 .txt")
    }
  }
}
