import Foundation
import GanBase
import GanImage
import GanTestSupport
import Testing

/// Pictures resized by Pillow, clean-fid, PyTorch and the TensorFlow 1 rule.
struct ResizeTable: Decodable {
  struct Case: Decodable {
    let name, method, source, type: String
    let size, shape: [Int]
    let offset: Int
  }
  struct Size: Decodable {
    let w, h, resize: Int
    let result: [Int]

    enum CodingKeys: String, CodingKey {
      case w, h, resize
      case result = "out_wh"
    }
  }
  struct Offset: Decodable { let size, crop, offset: Int }
  let files: [String: String]
  let cases: [Case]
  let sizes: [Size]
  let offsets: [Offset]

  static let folder = Fixtures.folder + "/resize/"
  static func load() throws -> (ResizeTable, Data) {
    let table = try JSONDecoder().decode(
      ResizeTable.self, from: Data(contentsOf: URL(fileURLWithPath: folder + "expected.json")))
    return (table, try Data(contentsOf: URL(fileURLWithPath: folder + "expected.bin")))
  }

  func picture(_ key: String) throws -> Picture { try PictureFile.read(Self.folder + (files[key] ?? "")) }
  func cases(_ method: String) -> [Case] { cases.filter { $0.method == method } }
  func named(_ name: String) throws -> Case { try #require(cases.first { $0.name == name }) }
}

extension ResizeTable.Case {
  func bytes(_ data: Data) -> [UInt8] { [UInt8](data[offset..<offset + shape.reduce(1, *)]) }
  func floats(_ data: Data) -> [Float] {
    let count = shape.reduce(1, *)
    return data.withUnsafeBytes { bytes in
      (0..<count).map { bytes.loadUnaligned(fromByteOffset: offset + 4 * $0, as: Float.self) }
    }
  }
}

@Suite struct ResamplingTests {
  @Test(arguments: ResampleFilter.allCases) func pillowBytes(filter: ResampleFilter) throws {
    let (table, data) = try ResizeTable.load()
    let cases = table.cases("pil_u8_\(filter.rawValue)")
    #expect(cases.count == 8)
    for item in cases {
      let resized = try table.picture(item.source).resized(width: item.size[0], height: item.size[1], filter: filter)
      #expect(resized.pixels == item.bytes(data), "\(item.name)")
    }
  }

  @Test func pillowFloats() throws {
    let (table, data) = try ResizeTable.load()
    let cases = table.cases("pil_f32_bicubic_unclipped") + table.cases("clean_fid_bicubic_clipped")
    #expect(cases.count == 8)
    for item in cases {
      var resized = try FloatPicture(table.picture(item.source))
        .resized(width: item.size[0], height: item.size[1], .bicubic)
      if item.name.hasPrefix("clean") { resized = resized.clamped() }
      #expect(resized.values == item.floats(data), "\(item.name)")
    }
  }

  @Test func twoTapBilinear() throws {
    let (table, data) = try ResizeTable.load()
    for (method, resampling) in [
      ("torch_bilinear_noantialias", FloatPicture.Resampling.torchBilinear), ("tf1_bilinear", .tensorFlowBilinear),
    ] {
      let cases = table.cases(method)
      #expect(cases.count == 4)
      for item in cases {
        let resized = try FloatPicture(table.picture(item.source))
          .resized(width: item.size[0], height: item.size[1], resampling)
        expectClose(resized.values, item.floats(data), absolute: 1e-3, item.name)
      }
    }
  }

  @Test func enlargedTo299() throws {
    let (table, data) = try ResizeTable.load()
    let cases = table.cases.filter { $0.name.contains("299") }
    #expect(cases.count == 18)
    for item in cases {
      let clean = item.name.hasPrefix("clean")
      let whole = try FloatPicture(table.picture(item.source))
        .resized(width: 299, height: 299, clean ? .bicubic : .torchBilinear).clamped()
      let place = item.name.split(separator: "_").compactMap { Int($0) }
      let part = (0..<8).flatMap { row in
        (0..<24).map { whole.values[((place[0] + row) * 299 + place[1]) * 3 + $0] }
      }
      expectClose(part, item.floats(data), absolute: 1e-3, item.name)
    }
  }

  @Test func sizesAndOffsets() throws {
    let (table, _) = try ResizeTable.load()
    for item in table.sizes {
      let size = PictureSize(width: item.w, height: item.h).scaled(shorterSide: item.resize)
      #expect(size == PictureSize(width: item.result[0], height: item.result[1]))
    }
    for item in table.offsets { #expect(PictureSize.centreOffset(size: item.size, crop: item.crop) == item.offset) }
    #expect(PictureSize(width: 1, height: 2).scaled(shorterSide: .max).height == .max)
  }

  @Test func trainingPreprocessing() throws {
    let (table, data) = try ResizeTable.load()
    let source = try table.picture("b")
    let star = try source.centreCropped(width: 44, height: 44).resized(shorterSide: 32)
    #expect(try star.normalized() == table.named("pipe_stargan").floats(data))
    let cycle = try source.resized(width: 36, height: 36).cropped(x: 1, y: 3, width: 32, height: 32)
    #expect(try cycle.normalized() == table.named("pipe_cyclegan").floats(data))
    let shorter = try source.resized(shorterSide: 36)
    #expect(try shorter.pixels == table.named("pipe_shorter_side").bytes(data))
  }

  @Test func grayIsResizedLikeAColourChannel() throws {
    let (table, _) = try ResizeTable.load()
    let gray = try table.picture("b").gray()
    let resized = try gray.resized(width: 21, height: 77)
    #expect(try resized.rgb() == gray.rgb().resized(width: 21, height: 77))
  }

  /// Rows are resized by other code than columns, and a picture's last rows and narrow ones by other code than the rest.
  @Test(arguments: ResampleFilter.allCases) func rowsAreResizedLikeColumns(filter: ResampleFilter) throws {
    var random = RandomStream(seed: 4)
    for (width, height, size, channels) in [
      (7, 5, 3, 1), (40, 49, 15, 1), (64, 33, 90, 1), (17, 2, 50, 3), (50, 31, 16, 3), (100, 48, 37, 3), (33, 17, 1, 3),
    ] {
      let pixels = (0..<width * height * channels).map { _ in UInt8(random.below(256)) }
      let picture = Picture(width: width, height: height, channels: channels, pixels: pixels)
      let rows = try picture.resized(width: size, height: height, filter: filter)
      let columns = try picture.transposed.resized(width: height, height: size, filter: filter)
      #expect(rows == columns.transposed, "\(width)x\(height)x\(channels) to \(size)")
    }
  }

  @Test func onePixelAndImpossibleSizes() throws {
    let dot = Picture(width: 1, height: 1, channels: 1, fill: 77)
    #expect(try dot.resized(width: 5, height: 4) == Picture(width: 5, height: 4, channels: 1, fill: 77))
    #expect(try Picture(width: 50, height: 40, channels: 3, fill: 9).resized(width: 1, height: 1).pixels == [9, 9, 9])
    expectError(.input, "0x4") { _ = try dot.resized(width: 0, height: 4) }
    expectError(.input, "limit") { _ = try dot.resized(width: .max, height: .max) }
    expectError(.input, "limit") { _ = try FloatPicture(dot).resized(width: 1 << 40, height: 1, .bicubic) }
  }

  /// Straight from 8 bit it is the same as from a copy in fp32.
  @Test(arguments: [(5, 7), (299, 299), (1, 40)]) func twoTapsFromEightBits(_ width: Int, _ height: Int) throws {
    let pixels = (0..<31 * 17 * 3).map { UInt8($0 * 37 % 256) }
    let picture = Picture(width: 31, height: 17, channels: 3, pixels: pixels)
    for (halfPixel, way) in [(true, FloatPicture.Resampling.torchBilinear), (false, .tensorFlowBilinear)] {
      let direct = try FloatPicture.twoTap(picture, width: width, height: height, halfPixel: halfPixel)
      #expect(direct == (try FloatPicture(picture).resized(width: width, height: height, way)))
    }
  }
}

extension Picture {
  fileprivate var transposed: Picture {
    var result = Picture(width: height, height: width, channels: channels)
    for y in 0..<height {
      for x in 0..<width { for channel in 0..<channels { result[y, x, channel] = self[x, y, channel] } }
    }
    return result
  }
}
