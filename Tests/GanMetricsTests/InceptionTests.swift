import Foundation
import GanBase
import GanImage
import GanTensor
import GanTestSupport
import Testing

@testable import GanMetrics

/// The official numbers of inception/, with weights that need no file.
@Suite(.serialized) struct InceptionTests {
  private static let network = Result { try InceptionNetwork { PseudoRandomWeights.values($0, $1) } }

  init() throws { try Engine.start(threads: 2) }

  @Test func weightRule() throws {
    let vectors = try MetricFixtures.own.json("inception/weight_rule_vectors.json")
    guard case .object(let hashes)? = vectors["fnv1a64"] else { throw GanError.input("no vectors") }
    for (text, hash) in hashes {
      #expect(PseudoRandomWeights.fnv1a64(text) == hash.string.flatMap { UInt64($0, radix: 16) })
    }
  }

  /// Every tensor is asked for once, by the official key and shape, and is the official one bit by bit.
  @Test func keysShapesAndChecksums() throws {
    guard case .object(let keys)? = try MetricFixtures.own.json("inception/keys.json")["keys"] else {
      throw GanError.input("no keys")
    }
    let expected = Dictionary(uniqueKeysWithValues: keys.map { ($0.key, $0.value) })
    var asked: Set<String> = []
    _ = try InceptionNetwork { key, shape in
      #expect(asked.insert(key).inserted)
      #expect(expected[key]?["shape"]?.numbers.map { Int($0) } == shape, "\(key)")
      let values = PseudoRandomWeights.values(key, shape)
      let checksum = expected[key]?["checksum"]?.string.flatMap { UInt64($0, radix: 16) }
      #expect(PseudoRandomWeights.checksum(values) == checksum, "\(key)")
      return values
    }
    #expect(asked == Set(expected.keys))
  }

  private func pictures(_ fixtures: MetricFixtures) throws -> [(row: Int, picture: Picture)] {
    let images = try fixtures.json("inception/expected.json")["images"]?.array ?? []
    return try images.enumerated().compactMap { row, image in
      let path = "\(fixtures.folder)/inception/\(image["file"]?.string ?? "")"
      guard FileManager.default.fileExists(atPath: path) else { return nil }
      let picture = try PictureFile.read(FilePath(path))
      #expect(picture.pixels.reduce(0) { $0 + Int($1) } == image["pixel_sum"]?.integer)
      return (row, picture)
    }
  }

  private func map(_ pictures: [(row: Int, picture: Picture)], _ scaling: PictureScaling) throws -> BorderedMap {
    let map = BorderedMap(images: pictures.count, height: 299, width: 299, channels: 3)
    for (index, item) in pictures.enumerated() { map.assign(try scaling.input(item.picture), to: index) }
    return map
  }

  @Test(arguments: MetricFixtures.all) func features(_ fixtures: MetricFixtures) throws {
    let network = try Self.network.get()
    let pictures = try pictures(fixtures)
    #expect(pictures.count >= 2)
    let expected = try fixtures.tensors("inception/expected.safetensors")
    func check(_ values: [Float], _ name: String) throws {
      let tensor = try expected.tensor(name)
      let width = tensor.shape[1], all = try tensor.floats()
      expectFinite(all, name)
      #expect(values.count == pictures.count * width)
      let limit = 1e-5 * Double(all.reduce(0) { max($0, abs($1)) })
      for (index, item) in pictures.enumerated() {
        expectClose(
          values.dropFirst(index * width).prefix(width), all.dropFirst(item.row * width).prefix(width), absolute: limit,
          "\(name) of picture \(item.row)")
      }
    }
    for (scaling, prefix) in zip(PictureScaling.allCases, ["pytorch_fid", "clean", "tf_style"]) {
      var taps: [String: [Float]] = [:]
      let output = network.run(try map(pictures, scaling), withLogits: true) { name, part in
        if ["block0", "block1", "Mixed_6e"].contains(name) { taps[name] = part.map.means() }
      }
      try check(output.features, "\(prefix).pool3")
      guard prefix != "clean" else { continue }
      try check(try #require(taps["block0"]), "\(prefix).f64")
      try check(try #require(taps["block1"]), "\(prefix).f192")
      try check(try #require(taps["Mixed_6e"]), "\(prefix).f768")
      let logits = try #require(output.logits)
      if prefix == "tf_style" { try check(logits, "tf_style.logits_unbiased") }
      let classes = InceptionNetwork.classCount
      try check(logits.enumerated().map { $0.element + network.classBias[$0.offset % classes] }, "\(prefix).logits")
    }
  }

  @Test func everyLayer() throws {
    let network = try Self.network.get()
    let json = try MetricFixtures.own.json("inception/expected.json")
    let units = try #require(json["conv_blocks_image0"])
    let stages = try #require(json["stages_per_image"]?.array?.first)
    var seen: Set<String> = []
    let first = try map(Array(try pictures(.own).prefix(1)), .pytorchFID)
    _ = network.run(first, withLogits: false) { name, part in
      let values = part.values().map(Double.init)
      let mean = values.reduce(0, +) / Double(values.count)
      let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
      if let expected = units[name]?.numbers, expected.count == 2 {
        seen.insert(name)
        expectClose([mean, deviation], expected, relative: 1e-5, name)
      }
      if let expected = stages[name], let shape = expected["shape"]?.numbers {
        #expect(shape.map { Int($0) } == [part.channels.count, part.map.height, part.map.width])
        expectFinite(values, name)
        let middle = ((part.map.height / 2) * part.map.width + part.map.width / 2) * part.channels.count
        let centre = values[middle + part.channels.count / 2]
        let (greatest, first, last) = (values.max() ?? .nan, values.first ?? .nan, values.last ?? .nan)
        func number(_ key: String) -> Double { expected[key]?.number ?? .nan }
        expectClose(greatest, number("max"), relative: 1e-5, name)
        expectClose(
          [first, last, centre], ["first", "last", "centre_of_middle_channel"].map(number), absolute: 1e-4,
          relative: 1e-4, name)
      }
    }
    #expect(seen.count == 94)
  }
}
