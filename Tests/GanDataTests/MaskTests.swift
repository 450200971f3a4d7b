import GanBase
import GanData
import GanImage
import GanTestSupport
import Testing

@Suite struct MaskTests {
  @Test(arguments: ["FOLDER_seg/NAME_*.png", "masks/NAME.mask*.png", "NAME-*.jpg", "/data/m/x_NAME_*_seg.PNG"])
  func patternsNameMasks(_ text: String) throws {
    let pattern = try #require(MaskPattern(text))
    for (picture, number) in [("x", 0), ("deep/er/x_1", 12), ("7", 3), ("caf\u{e9} 2", 104)] {
      let file = pattern.file(of: FilePath(picture), number: number)
      try withTemporaryFolder { root in
        try store(flat(255), root + "/" + file.string)
        let masks = try MaskFolder(FilePath(root), pattern)
        #expect(masks.masks(of: FilePath(picture)) == [FilePath(root).pushing(file)])
        #expect(masks.masks(of: "y").isEmpty)
      }
    }
  }

  @Test func masksLieBesideTheirPictures() {
    #expect(MaskPattern.usual == MaskPattern(MaskPattern.usualText))
    #expect(MaskPattern.usual.folder(of: "data/trainA") == "data/trainA_seg")
    #expect(MaskPattern("NAME-*.png")?.folder(of: "data/trainA") == "data/trainA")
    #expect(MaskPattern("/m/NAME-*.png")?.folder(of: "data/trainA") == "/m")
  }

  @Test(arguments: [
    "NAME.png", "x_*.png", "NAME*.png", "NAME_*_*.png", "NAME_NAME_*.png", "*_NAME.png", "NAME/x_*.png", "",
  ])
  func otherTextsAreRefused(_ text: String) {
    #expect(MaskPattern(text) == nil)
    var options = DataOptions()
    options.masks = text
    #expect(options.problems().map(\.key) == ["masks"])
  }

  /// Two folders of grey pictures, each with masks that are copies of them or marked otherwise.
  private func makeSides(_ root: String, masks: (Picture) -> [Picture]) throws -> DataRequest {
    for (side, seed) in [("A", UInt64(1)), ("B", 2)] {
      let picture = noise(30, 20, seed: seed, channels: 1)
      try store(picture.rgb(), "\(root)/train\(side)/sub/x.png")
      for (number, mask) in masks(picture).enumerated() {
        try store(mask, "\(root)/train\(side)_seg/sub/x_\(3 * number).png")
      }
    }
    var request = DataRequest.small(.unaligned, root, load: 12, crop: 8)
    request.hasMasks = true
    return request
  }

  /// A mask that is a copy of the picture stays one, whatever happens to the picture.
  @Test(arguments: [false, true]) func masksMoveWithTheirPictures(_ augments: Bool) throws {
    try withTemporaryFolder { root in
      var request = try makeSides(root) { [$0, Picture(width: 30, height: 20, channels: 1, fill: 9)] }
      if augments {
        request.options.augmentation.rotate = 20
        request.options.augmentation.turns = true
        request.options.augmentation.flipVertical = true
      }
      let data = try DataSet(request)
      var seen: [[Float]] = []
      for epoch in 0..<6 {
        let batch = try data.batch(at: DataPosition(epoch: epoch, index: 0))
        for (pictures, masks) in [(batch.a, batch.masksA), (batch.b, batch.masksB)] {
          let pictures = try #require(pictures), masks = try #require(masks)
          #expect(masks.channels == 2 && masks.height == 8 && masks.width == 8)
          let levels = (0..<64).map { pictures.values[3 * $0] }
          expectClose((0..<64).map { masks.values[2 * $0] }, levels, absolute: 1e-6)
          seen.append(levels)
        }
      }
      #expect(Set(seen).count > 6)
    }
  }

  @Test func nearestKeepsLevels() throws {
    try withTemporaryFolder { root in
      var request = try makeSides(root) {
        [Picture(width: 30, height: 20, channels: 1, pixels: $0.pixels.map { $0 < 128 ? 0 : 255 })]
      }
      func levels() throws -> Set<Float> {
        Set(try #require(DataSet(request).batch(at: DataPosition()).masksA).values)
      }
      #expect(try levels().count > 3)
      request.options.maskInterpolation = .nearest
      #expect(try levels() == [-1, 1])
    }
  }

  /// Pictures with fewer masks than others have empty ones; the most that may be read are the first by number.
  @Test func pictureWithFewerMasks() throws {
    try withTemporaryFolder { root in
      var request = try makeSides(root) { [$0, $0, $0] }
      for number in [0, 10, 2, 1] { try store(flat(UInt8(50 + number)), "\(root)/trainA_seg/y_\(number).png") }
      try store(flat(7), "\(root)/trainA/y.png")
      try store(flat(7), "\(root)/trainA_seg/lonely.png")
      request.options.batchSize = 2
      request.options.maskLimit = 3
      request.options.serial = true
      let data = try DataSet(request), report = try data.checkAll()
      #expect(data.maskCounts?.a == 6 && data.maskCounts?.b == 3)
      #expect(report.notices.contains { $0.contains("1 picture has more than 3 masks") && $0.contains("max_masks") })
      #expect(report.notices.contains { $0.contains("lonely.png") && $0.contains("belongs to no picture") })
      #expect(report.notices.contains { $0.contains("3 masks are dark") && $0.contains("y_0.png") })
      let masks = try #require(data.batch(at: DataPosition()).masksA)
      #expect(masks.count == 2 && masks.channels == 3)
      let second = (0..<3).map { Int(((masks.values[64 * 3 + $0] + 1) * 127.5).rounded()) }
      #expect(second == [50, 51, 52])
      request.options.maskLimit = 1
      let fewer = try #require(DataSet(request).batch(at: DataPosition()).masksA)
      #expect(fewer.channels == 1)
    }
  }

  @Test func whatIsWrongNamesTheFile() throws {
    try withTemporaryFolder { root in
      var request = try makeSides(root) { [$0] }
      try DataSet(request).checkAll()
      let mask = root + "/trainA_seg/sub/x_0.png"
      try store(noise(30, 21, seed: 1), mask)
      expectError(.input, "x_0.png", "is 30x21", "x.png is 30x20") { try DataSet(request).checkAll() }
      expectError(.input, "x_0.png", "is 30x21") { _ = try DataSet(request).item(0) }
      try store(Picture(width: 30, height: 20, channels: 1), mask)
      expectError(.input, "x_0.png", "its only mask is empty") { try DataSet(request).checkAll() }
      try store(noise(30, 20, seed: 1), root + "/trainA/other.png")
      expectError(.input, "other.png", "has no mask", "trainA_seg/other_0.png") { try DataSet(request).checkAll() }
      request.options.masks = "FOLDER-masks/NAME_*.png"
      expectError(.input, "trainA-masks", "there is no folder of masks") { _ = try DataSet(request) }
    }
  }
}
