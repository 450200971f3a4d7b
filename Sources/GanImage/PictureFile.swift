import CImage
import Foundation
import GanBase

/// PNG and JPEG files. The content decides what a file is, not its name.
///
/// All become 8-bit grey or RGB as Pillow's `convert("RGB")` makes them: alpha and transparent colours
/// are dropped, 16-bit samples are reduced to their high byte, gamma and colour profiles are ignored, and
/// CMYK is read as Adobe's inverted kind. Unlike Pillow, the EXIF orientation is applied unless the caller
/// asks for the stored orientation (which a comparison with other tools' numbers needs).
package enum PictureFile {
  /// Reads the header only.
  /// - Throws: `GanError` (input) naming the file: unreadable, not PNG or JPEG, damaged, or too large.
  package static func header(of path: FilePath, upright: Bool = true) throws -> PictureHeader {
    let (file, format) = try openPicture(path)
    defer { fclose(file) }
    return try readHeader(file, format, path).facing(upright: upright)
  }

  /// Decodes a picture as grey (`channels` 1) or RGB (3).
  /// - Throws: `GanError` (input) naming the file, also when it is cut short or a checksum is wrong.
  package static func read(_ path: FilePath, channels: Int = 3, upright: Bool = true) throws -> Picture {
    guard channels == 1 || channels == 3 else {
      throw GanError.usage("a picture is read with 1 or 3 channels, not \(channels)", at: path)
    }
    let (file, format) = try openPicture(path)
    defer { fclose(file) }
    return try decode(file, format, path, channels: channels, upright: upright)
  }

  /// Decodes a picture that is in memory, turned upright, with as many channels as it has: grey or RGB.
  /// - Parameter bytes: a PNG or JPEG file's content.
  /// - Throws: `GanError` (input) as for a file, without a location.
  package static func read(bytes: [UInt8]) throws -> Picture {
    let format = try knownFormat(head: Array(bytes.prefix(PictureFormat.headLength)), nil)
    return try bytes.withUnsafeBytes { buffer in
      // Nothing is written through a stream that is opened for reading.
      let start = UnsafeMutableRawPointer(mutating: buffer.baseAddress)
      guard let file = fmemopen(start, buffer.count, "rb") else {
        throw GanError.environment("out of memory while reading a picture")
      }
      defer { fclose(file) }
      return try decode(file, format, nil, channels: nil, upright: true)
    }
  }

  /// The largest sample of a PNG of 16 bits, exact up to 4095; nil for other files and those that cannot be read.
  static func largest16BitSample(of path: FilePath) -> Int? {
    guard let (file, format) = try? openPicture(path) else { return nil }
    defer { fclose(file) }
    var largest: UInt32 = 0
    guard format == .png, (try? reporting(path) { gan_png_largest16(file, &largest, $0, $1) }) != nil else {
      return nil
    }
    return Int(largest)
  }

  /// A PNG file's bytes: 8 bit, grey or RGB, not interlaced, without further chunks.
  package static func encodePNG(_ picture: Picture) throws -> Data {
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    try reporting(nil) { message, capacity in
      gan_png_encode(
        picture.pixels, UInt32(picture.width), UInt32(picture.height), Int32(picture.channels), &bytes, &count,
        message, capacity)
    }
    guard let bytes else { throw GanError.environment("out of memory while encoding a PNG") }
    return Data(bytesNoCopy: bytes, count: count, deallocator: .free)
  }

  /// A JPEG file's bytes.
  /// - Parameter quality: 1 to 100, as libjpeg has it.
  package static func encodeJPEG(_ picture: Picture, quality: Int) throws -> Data {
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    try reporting(nil) { message, capacity in
      gan_jpeg_encode(
        picture.pixels, UInt32(picture.width), UInt32(picture.height), Int32(picture.channels), Int32(quality), &bytes,
        &count, message, capacity)
    }
    guard let bytes else { throw GanError.environment("out of memory while encoding a JPEG") }
    return Data(bytesNoCopy: bytes, count: count, deallocator: .free)
  }

  /// Writes a PNG; a reader of `path` sees the old file or the whole new one.
  package static func writePNG(_ picture: Picture, to path: FilePath) throws {
    try AtomicFile.write(encodePNG(picture), to: path)
  }
}

/// - Parameter channels: 1 or 3; nil for those of the file.
private func decode(
  _ file: UnsafeMutablePointer<FILE>, _ format: PictureFormat, _ path: FilePath?, channels: Int?, upright: Bool
) throws -> Picture {
  let header = try readHeader(file, format, path)
  let stored = header.channels < 3 ? 1 : 3
  let (width, height) = (header.width, header.height)
  let decode = format == .png ? gan_png_read : gan_jpeg_read
  let pixels = try [UInt8](unsafeUninitializedCapacity: width * height * stored) { out, filled in
    rewind(file)
    try reporting(path) {
      decode(file, out.baseAddress, UInt32(width), UInt32(height), Int32(stored), $0, $1)
    }
    filled = width * height * stored
  }
  let picture = Picture(width: width, height: height, channels: stored, pixels: pixels)
  return picture.turned(by: upright ? header.orientation : 1).converted(channels: channels ?? stored)
}

/// A header as stored, before the orientation.
private struct StoredHeader {
  let format: PictureFormat
  let width, height, channels, bits, orientation: Int
  let hasAlpha: Bool

  func facing(upright: Bool) -> PictureHeader {
    let exchanged = upright && orientation >= 5
    return PictureHeader(
      format: format.rawValue, width: exchanged ? height : width, height: exchanged ? width : height,
      channels: channels, bits: bits, hasAlpha: hasAlpha, isTurned: orientation != 1)
  }
}

/// Opens a picture of a format that can be read; the stream stands at its start.
private func openPicture(_ path: FilePath) throws -> (UnsafeMutablePointer<FILE>, PictureFormat) {
  let file = try InputFile(path, .input, "picture")
  let format = try knownFormat(head: try file.head(PictureFormat.headLength), path)
  return (try file.stream(), format)
}

private func knownFormat(head: [UInt8], _ path: FilePath?) throws -> PictureFormat {
  if head.isEmpty { throw GanError.input("the file is empty", at: path) }
  guard let format = PictureFormat(head: head) else {
    throw GanError.input("is neither a PNG nor a JPEG picture", at: path, help: "convert it to PNG, or remove it")
  }
  guard format.isReadable else {
    throw GanError.input(
      "is \(format.rawValue) inside, whatever its name; PNG and JPEG can be read", at: path,
      help: "convert it to PNG, or remove it")
  }
  return format
}

private func readHeader(
  _ file: UnsafeMutablePointer<FILE>, _ format: PictureFormat, _ path: FilePath?
) throws -> StoredHeader {
  var info = GanPictureInfo()
  let parse = format == .png ? gan_png_info : gan_jpeg_info
  try reporting(path) { parse(file, &info, $0, $1) }
  let (width, height) = (Int(info.width), Int(info.height))
  try PictureLimits.check(width: width, height: height, at: path)
  return StoredHeader(
    format: format, width: width, height: height, channels: Int(info.channels), bits: Int(info.bits),
    orientation: Int(info.orientation), hasAlpha: info.has_alpha != 0)
}

/// Runs a C function that fills a message when it fails.
private func reporting(_ path: FilePath?, _ body: (UnsafeMutablePointer<CChar>, Int) -> Int32) throws {
  try withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
    buffer.initialize(repeating: 0)
    guard let message = buffer.baseAddress, body(message, buffer.count) != 0 else { return }
    throw GanError.input(
      "cannot decode the picture: \(String(cString: message))", at: path,
      help: "the file is damaged or incomplete; fetch it again, or remove it")
  }
}

extension Picture {
  /// The picture that an EXIF orientation 1...8 means.
  package func turned(by orientation: Int) -> Picture {
    if orientation == 1 { return self }
    let exchanged = orientation >= 5
    let turned = [UInt8](unsafeUninitializedCapacity: pixels.count) { out, filled in
      gan_orient(pixels, out.baseAddress, UInt32(width), UInt32(height), Int32(channels), Int32(orientation))
      filled = pixels.count
    }
    return Picture(
      width: exchanged ? height : width, height: exchanged ? width : height, channels: channels, pixels: turned)
  }
}
