import GanBase
import GanConfig
import GanImage
import GanTestSupport
import Testing

@testable import GanData

@Suite struct AugmentationTests {
  /// Every option switched on.
  static let everything: AugmentationOptions = {
    var options = AugmentationOptions()
    (options.rotate, options.scale, options.translate, options.shear) = (20, FactorRange(0.8, 1.2), 0.1, 10)
    (options.turns, options.flipVertical) = (true, true)
    (options.brightness, options.contrast) = (FactorRange(0.7, 1.3), FactorRange(0.7, 1.3))
    (options.saturation, options.hue) = (FactorRange(0.5, 1.5), 0.1)
    (options.noise, options.blur, options.cutout) = (0.05, 1, 0.25)
    return options
  }()

  private func withPairs(_ body: (DataRequest) throws -> Void) throws {
    try withTemporaryFolder { root in
      for index in 0..<6 {
        let picture = noise(40, 30, seed: UInt64(index))
        try store(picture, "\(root)/trainA/\(index).png")
        try store(picture, "\(root)/trainB/\(index).png")
      }
      try body(.small(.aligned, root, load: 20, crop: 16))
    }
  }

  private func batches(_ request: DataRequest, epochs: Int = 2) throws -> [Batch] {
    let data = try DataSet(request)
    return try (0..<epochs).flatMap { epoch in
      try (0..<data.count).map { try data.batch(at: DataPosition(epoch: epoch, index: $0)) }
    }
  }

  /// What one option alone does to the pictures of a data set, beside what they are without it.
  private func effect(
    _ request: DataRequest, _ set: (inout AugmentationOptions) -> Void
  ) throws -> [(plain: Picture, a: Picture, b: Picture)] {
    var changed = request
    set(&changed.options.augmentation)
    return try zip(batches(request), batches(changed)).map { plain, changed in
      #expect(plain.pathsA == changed.pathsA)
      let b = try #require(changed.b)
      return (picture(plain.a), picture(changed.a), picture(b))
    }
  }

  @Test func turnsAndFlipsMoveWholePixels() throws {
    try withPairs { request in
      let flipped = try effect(request) { $0.flipVertical = true }
      #expect(flipped.allSatisfy { $0.a == $0.b && ($0.a == $0.plain || $0.a == $0.plain.turned(by: 4)) })
      #expect(flipped.contains { $0.a == $0.plain } && flipped.contains { $0.a != $0.plain })
      let turned = try effect(request) { $0.turns = true }
      let ways = turned.map { pictures in
        [1, 6, 3, 8].firstIndex { pictures.plain.turned(by: $0) == pictures.a }
      }
      #expect(Set(ways) == [0, 1, 2, 3] && turned.allSatisfy { $0.a == $0.b })
    }
  }

  /// The geometry of a pair is the same, here on equal pictures.
  @Test func pairsMoveTogether() throws {
    try withPairs { request in
      for key in [\AugmentationOptions.rotate, \.translate, \.shear, \.cutout] {
        let found = try effect(request) { $0[keyPath: key] = key == \.translate || key == \.cutout ? 0.3 : 15 }
        #expect(found.allSatisfy { $0.a == $0.b && $0.a != $0.plain })
      }
      let scaled = try effect(request) { $0.scale = FactorRange(0.7, 0.9) }
      #expect(scaled.allSatisfy { $0.a == $0.b && $0.a != $0.plain })
    }
  }

  @Test func coloursChangeTheSidesTheyAreFor() throws {
    try withPairs { request in
      for sides in AugmentedSides.allCases {
        let found = try effect(request) {
          ($0.brightness, $0.contrast, $0.colourSides) = (FactorRange(0.5, 0.8), FactorRange(0.5, 0.8), sides)
          ($0.saturation, $0.hue, $0.blur) = (FactorRange(0, 0.5), 0.3, 2)
        }
        for pictures in found {
          #expect((pictures.a != pictures.plain) == (sides != .b))
          #expect((pictures.b != pictures.plain) == (sides != .a))
          #expect((pictures.a == pictures.b) == (sides == .both))
        }
      }
    }
  }

  @Test func theNoiseOfOnePictureSaysNothingOfTheOther() throws {
    try withPairs { request in
      let found = try effect(request) { $0.noise = 0.2 }
      #expect(found.allSatisfy { $0.a != $0.plain && $0.b != $0.plain && $0.a != $0.b })
    }
  }

  /// Switching one option on does not change what others, order and crops draw.
  @Test func optionsDoNotDisturbEachOther() throws {
    try withPairs { request in
      let plain = try batches(request)
      var request = request
      request.options.augmentation.cutout = 0.5
      for (before, after) in zip(plain, try batches(request)) {
        let same = zip(picture(before.a).pixels, picture(after.a).pixels).count { $0 == $1 }
        #expect(before.pathsA == after.pathsA && before.following == after.following)
        // At least half of the pixels lie outside the rectangle, and there nothing has changed.
        #expect(same * 2 >= 16 * 16 * 3)
      }
    }
  }

  @Test(arguments: [DataMode.aligned, .unaligned, .domains]) func everyPreprocessAndEveryThreadGivesTheSame(
    _ mode: DataMode
  ) throws {
    try withTemporaryFolder { root in
      for index in 0..<5 {
        for side in ["A", "B"] {
          let folder = mode == .domains ? "train/\(side)" : "train\(side)"
          try store(noise(32, 24, seed: UInt64(index)), "\(root)/\(folder)/\(index).png")
        }
      }
      for preprocess in Preprocess.allCases {
        var request = DataRequest.small(mode, root, load: 20, crop: 16)
        request.options.preprocess = preprocess
        request.options.augmentation = Self.everything
        request.options.augmentation.turns = preprocess.endsInCrop
        let data = try DataSet(request)
        let loaders = try [1, 3].map { try Loader(data, threads: $0) }
        for _ in 0..<4 {
          let batches = try loaders.map { try $0.next() }
          #expect(batches[0] == batches[1])
          #expect(batches[0].a.values.allSatisfy { $0 >= -1 && $0 <= 1 })
        }
        let position = DataPosition(epoch: 3, index: 2)
        let batches = try [data, DataSet(request)].map { try $0.batch(at: position) }
        let other = try data.batch(at: DataPosition(epoch: 4, index: 2))
        #expect(batches[0] == batches[1] && batches[0] != other)
      }
    }
  }

  @Test func nothingChangesWhenTesting() throws {
    try withPairs { request in
      var changed = request
      changed.options.augmentation = Self.everything
      let plain = try DataSet(request).forTesting().item(1)
      let items = try [DataSet(changed).forTesting().item(1), DataSet(changed, testing: true).item(1)]
      #expect(items == [plain, plain])
    }
  }

  /// What lies around the crop comes in; only beyond that the picture is mirrored.
  @Test func translationShowsWhatTheCropLeftOut() throws {
    try withTemporaryFolder { root in
      var wide = Picture(width: 24, height: 24, channels: 1)
      for y in 0..<24 { for x in 0..<24 { wide[x, y] = UInt8(10 * x) } }
      try store(wide, root + "/train/A/x.png")
      try store(wide, root + "/train/B/x.png")
      var request = DataRequest.small(.domains, root, load: 24, crop: 8)
      (request.options.flip, request.options.augmentation.translate) = (false, 0.5)
      var values: Set<Int> = []
      for epoch in 0..<40 {
        let batch = try DataSet(request).batch(at: DataPosition(epoch: epoch))
        // Rows are as they were: each value is 10 more than its left neighbour unless mirrored in between.
        values.formUnion(picture(batch.a).pixels.map { Int($0) / 10 })
      }
      #expect(values.isSuperset(of: 1...22))
    }
  }
}

@Suite struct AugmentationOptionTests {
  private func read(_ text: String) throws -> DataOptions {
    var document = try ConfigDocument(text: "data: {\(text)}", name: "c.yaml")
    let options = document.decode(DataOptions.self, section: "data")
    try document.finish()
    return options
  }

  @Test func factorsAreOneNumberOrTwo() throws {
    #expect(try read("augment_scale: 0.25").augmentation.scale == FactorRange(0.75, 1.25))
    #expect(try read("augment_scale: [0.9, 1.5]").augmentation.scale == FactorRange(0.9, 1.5))
    #expect(try read("augment_brightness: 0").augmentation.brightness == .one)
    for (text, message) in [
      ("augment_scale: [1.2, 0.9]", "the least factor, 1.2, is larger than 0.9"),
      ("augment_scale: 1.1", "1.1 is out of range"), ("augment_scale: [0.9]", "expected 2"),
      ("augment_scale: [0, 1]", "value 1: 0 is out of range"), ("augment_scale: much", "expected a number"),
      ("augment_turns: yes, preprocess: scale_width", "data.augment_turns needs square pictures"),
    ] {
      expectError(.usage, message) { _ = try read(text) }
    }
  }

  /// What is written is read as the same.
  @Test func roundTrip() throws {
    var options = DataOptions()
    options.augmentation = AugmentationTests.everything
    let text = options.values.map { "\($0.key): \($0.text)" }.joined(separator: ", ")
    #expect(try read(text) == options)
  }
}
