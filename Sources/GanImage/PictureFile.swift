import CImage
import Foundation
import GanBase

/// PNG, JPEG, TIFF, WebP, BMP and PBM/PGM/PPM files. The content decides what a file is, not its name.
///
/// All become 8-bit grey or RGB as Pillow's `convert("RGB")` makes them: alpha and transparent colours
/// are dropped, 16-bit samples are reduced to their high byte, gamma and colour profiles are ignored, and
/// CMYK in a JPEG is read as Adobe's inverted kind. Floating-point samples are cut to 0...1, black to white. Of a file
/// with several pages, the first is read. Unlike Pillow, the EXIF orientation is applied unless the caller
/// asks for the stored orientation (which a comparison with other tools' numbers needs).
package enum PictureFile {
  /// Reads the header only.
  /// - Throws: `GanError` (input) naming the file: unreadable, no picture, damaged, or too large.
  package static func header(of path: FilePath, upright: Bool = true) throws -> PictureHeader {
    let file = try openPicture(path)
    defer { fclose(file.stream) }
    return try readHeader(file, path).facing(upright: upright)
  }

  /// Decodes a picture as grey (`channels` 1) or RGB (3).
  /// - Throws: `GanError` (input) naming the file, also when it is cut short or a checksum is wrong.
  package static func read(_ path: FilePath, channels: Int = 3, upright: Bool = true) throws -> Picture {
    guard channels == 1 || channels == 3 else {
      throw GanError.usage("a picture is read with 1 or 3 channels, not \(channels)", at: path)
    }
    let file = try openPicture(path)
    defer { fclose(file.stream) }
    return try decode(file, path, channels: channels, upright: upright)
  }

  /// Decodes a picture that is in memory, turned upright, with as many channels as it has: grey or RGB.
  /// - Parameter bytes: a picture file's content.
  /// - Throws: `GanError` (input) as for a file, without a location.
  package static func read(bytes: [UInt8]) throws -> Picture {
    let (format, codec) = try knownFormat(head: Array(bytes.prefix(PictureFormat.headLength)), nil)
    return try bytes.withUnsafeBytes { buffer in
      // Nothing is written through a stream that is opened for reading.
      let start = UnsafeMutableRawPointer(mutating: buffer.baseAddress)
      guard let file = fmemopen(start, buffer.count, "rb") else {
        throw GanError.environment("out of memory while reading a picture")
      }
      defer { fclose(file) }
      return try decode((file, format, codec), nil, channels: nil, upright: true)
    }
  }

  /// The largest sample of a PNG of 16 bits, exact up to 4095; nil for other files and those that cannot be read.
  static func largest16BitSample(of path: FilePath) -> Int? {
    guard let file = try? openPicture(path) else { return nil }
    defer { fclose(file.stream) }
    var largest: UInt32 = 0
    guard file.format == .png, (try? reporting(path) { gan_png_largest16(file.stream, &largest, $0, $1) }) != nil else {
      return nil
    }
    return Int(largest)
  }

  /// A PNG file's bytes: 8 bit, grey or RGB, not interlaced, without further chunks.
  package static func encodePNG(_ picture: Picture) throws -> Data {
    var data = Data()
    try encodePNG(picture) { data.append($0) }
    return data
  }

  /// Hands the bytes to `take`, some at a time.
  private static func encodePNG(_ picture: Picture, _ take: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
    try withoutActuallyEscaping(take) { take in
      var sink = PNGSink(take: take)
      try withUnsafeMutablePointer(to: &sink) { sink in
        let encoded = Result {
          try reporting(nil) { message, capacity in
            gan_png_encode(
              picture.pixels, UInt32(picture.width), UInt32(picture.height), Int32(picture.channels),
              { context, bytes, count in
                context?.assumingMemoryBound(to: PNGSink.self).pointee.add(bytes, count) ?? 1
              }, sink, message, capacity)
          }
        }
        if let failure = sink.pointee.failure { throw failure }
        try encoded.get()
      }
    }
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
    try AtomicFile.write(to: path) { writer in
      var buffer = Data()
      func flush() throws {
        try buffer.withUnsafeBytes { try writer.write($0) }
        buffer.removeAll(keepingCapacity: true)
      }
      try encodePNG(picture) { bytes in
        buffer.append(bytes)
        if buffer.count > 1 << 18 { try flush() }
      }
      try flush()
    }
  }
}

/// Where the encoder's bytes go.
private struct PNGSink {
  let take: (UnsafeBufferPointer<UInt8>) throws -> Void
  var failure: (any Error)?

  /// - Returns: 0, or 1 to end the encoding.
  mutating func add(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    do {
      try take(UnsafeBufferPointer(start: bytes, count: count))
      return 0
    } catch {
      failure = error
      return 1
    }
  }
}

/// A picture file that has been opened: its stream, and how it is decoded.
private typealias OpenPicture = (stream: PictureCodec.Stream, format: PictureFormat, codec: PictureCodec)

/// - Parameter channels: 1 or 3; nil for those of the file.
private func decode(_ file: OpenPicture, _ path: FilePath?, channels: Int?, upright: Bool) throws -> Picture {
  let header = try readHeader(file, path)
  let (width, height, stored) = (header.width, header.height, header.colours)
  let pixels: [UInt8]
  rewind(file.stream)
  if header.isFloat {
    pixels = try floatingPointBytes(file, header, path)
  } else {
    pixels = try [UInt8](unsafeUninitializedCapacity: width * height * stored) { out, filled in
      try reporting(path) {
        file.codec.read(file.stream, out.baseAddress, UInt32(width), UInt32(height), Int32(stored), $0, $1)
      }
      filled = width * height * stored
    }
  }
  let picture = Picture(width: width, height: height, channels: stored, pixels: pixels)
  return picture.turned(by: upright ? header.orientation : 1).converted(channels: channels ?? stored)
}

/// The samples of a floating-point TIFF, cut to 0...1, as bytes.
private func floatingPointBytes(_ file: OpenPicture, _ header: StoredHeader, _ path: FilePath?) throws -> [UInt8] {
  let (width, height, stored, kept) = (header.width, header.height, header.channels, header.colours)
  let samples = try [Float](unsafeUninitializedCapacity: width * height * stored) { out, filled in
    try reporting(path) {
      gan_tiff_read_numbers(file.stream, out.baseAddress, UInt32(width), UInt32(height), Int32(stored), $0, $1)
    }
    filled = width * height * stored
  }
  return [UInt8](unsafeUninitializedCapacity: width * height * kept) { out, filled in
    for pixel in 0..<width * height {
      for channel in 0..<kept {
        let value = samples[pixel * stored + channel]
        // A number that is none is black.
        out[pixel * kept + channel] = value > 0 ? UInt8(min(value, 1) * 255 + 0.5) : 0
      }
    }
    filled = width * height * kept
  }
}

/// A header as stored, before the orientation.
private struct StoredHeader {
  let format: PictureFormat
  let width, height, channels, bits, orientation: Int
  /// Of the picture that `read` returns: 1 or 3.
  let colours: Int
  let hasAlpha: Bool
  let isFloat: Bool

  func facing(upright: Bool) -> PictureHeader {
    let exchanged = upright && orientation >= 5
    return PictureHeader(
      format: format.rawValue, width: exchanged ? height : width, height: exchanged ? width : height,
      channels: channels, bits: bits, isFloat: isFloat, hasAlpha: hasAlpha,
      isTurned: orientation != 1)
  }
}

/// Opens a picture of a format that can be read; the stream stands at its start.
private func openPicture(_ path: FilePath) throws -> OpenPicture {
  let file = try InputFile(path, .input, "picture")
  let (format, codec) = try knownFormat(head: try file.head(PictureFormat.headLength), path)
  return (try file.stream(), format, codec)
}

private func knownFormat(head: [UInt8], _ path: FilePath?) throws -> (PictureFormat, PictureCodec) {
  if head.isEmpty { throw GanError.input("the file is empty", at: path) }
  let help = "convert it to PNG, or remove it"
  guard let format = PictureFormat(head: head) else {
    throw GanError.input("is no picture that can be read (\(PictureFormat.readable))", at: path, help: help)
  }
  guard let codec = format.codec else {
    throw GanError.input(
      "is \(format.rawValue) inside, whatever its name; \(PictureFormat.readable) can be read", at: path, help: help)
  }
  return (format, codec)
}

private func readHeader(_ file: OpenPicture, _ path: FilePath?) throws -> StoredHeader {
  var info = GanPictureInfo()
  try reporting(path) { file.codec.info(file.stream, &info, $0, $1) }
  let (width, height) = (Int(info.width), Int(info.height))
  try PictureLimits.check(width: width, height: height, at: path)
  return StoredHeader(
    format: file.format, width: width, height: height, channels: Int(info.channels), bits: Int(info.bits),
    orientation: Int(info.orientation), colours: Int(info.colours), hasAlpha: info.has_alpha != 0,
    isFloat: info.is_float != 0)
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
