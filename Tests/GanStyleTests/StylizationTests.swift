import GanBase
import GanImage
import GanStore
import GanTensor
import GanTestSupport
import Testing

@testable import GanStyle

/// Against a second implementation in Float64 (scripts/make_paper_fixtures.py): narrow random networks, pictures of odd
/// sizes, and a system of equations solved at once.
@Suite struct StylizationTests {
  private let weights: [String: Tensor], inputs: [String: Tensor], expected: [String: Tensor]

  init() throws {
    try Engine.start(threads: 2)
    func read(_ name: String) throws -> [String: Tensor] {
      let path = FilePath("\(Repository.path)/Tests/GanStyleTests/Fixtures/\(name).safetensors")
      return Dictionary(
        uniqueKeysWithValues: try SafetensorsFile(path: path).tensors.map { ($0.name, try $0.tensor()) })
    }
    (weights, inputs, expected) = (try read("weights"), try read("inputs"), try read("expected"))
  }

  /// `[N,C,H,W]` as `[N,H,W,C]`.
  private func picture(_ name: String) throws -> Tensor { try #require(inputs[name]).permuted([0, 2, 3, 1]) }

  private func labels(_ name: String) throws -> LabelMap {
    let map = try #require(inputs[name])
    return LabelMap(
      Picture(width: map.shape[1], height: map.shape[0], channels: 1, pixels: map.doubles.map { UInt8($0) }))
  }

  private func network(_ type: ElementType) throws -> PhotoWCT {
    try PhotoWCT(weights, path: "weights.safetensors", type: type)
  }

  @Test(arguments: [(ElementType.float64, 1e-6), (.float32, 2e-3)])
  func photoWCTIsThatOfTheSecondImplementation(_ type: ElementType, _ limit: Double) throws {
    let regions = PhotoWCT.Regions(content: try labels("content_labels"), style: try labels("style_labels"))
    #expect(regions.matched.count == 2)
    for (key, regions) in [("whole", nil), ("regions", regions)] {
      let found = try network(type)(picture("content"), picture("style"), regions)
      expectClose(
        found.permuted([0, 3, 1, 2]).doubles, try #require(expected[key]).doubles, absolute: limit)
    }
  }

  private func map(_ tensor: Tensor) -> ColourMap {
    let shape = tensor.shape
    return ColourMap(width: shape[3], height: shape[2], interleaved: tensor.permuted([0, 2, 3, 1]).doubles)
  }

  /// `[3,H,W]`.
  private func expectSmoothed(_ key: String, _ smoothed: (ColourMap, ColourMap) -> ColourMap) throws {
    let source = map(try #require(expected["whole"])).clamped, guide = map(try #require(inputs["content"]))
    let result = try #require(expected[key])
    let planes = result.reshaped(to: [1, 3, guide.height, guide.width])
    expectClose(smoothed(source, guide).interleaved, map(planes).interleaved, absolute: 1e-4)
  }

  @Test func theGuidedFilterIsTheOther() throws {
    var coarse = GuidedFilter()
    (coarse.radius, coarse.epsilon) = (3, 0.01)
    try expectSmoothed("guided") { coarse($0, guide: $1) }
    try expectSmoothed("guided_fine") { GuidedFilter()($0, guide: $1) }
  }

  @Test func conjugateGradientsSolveTheSystem() throws {
    var iterations = 0
    try expectSmoothed("matting") { MattingSmoother()($0, guide: $1) { iterations = $0 } }
    #expect((10..<2000).contains(iterations))
    var close = MattingSmoother()
    close.lambda = 0.5
    try expectSmoothed("matting_close") { close($0, guide: $1) }
  }

  /// A picture that is all of one colour has no edges, and nothing is divided by 0.
  @Test func flatPicturesStayFinite() throws {
    let grey = Picture(width: 20, height: 17, channels: 3, fill: 100)
    let style = Picture(width: 16, height: 30, channels: 3, fill: 9)
    for smoothing in [Stylization.Smoothing.none, .guided(GuidedFilter()), .matting(MattingSmoother())] {
      let result = try Stylization(network(.float32), smoothing)(grey, style)
      #expect(result.width == 20 && result.height == 17 && Set(result.pixels).count < 60)
    }
  }

  @Test func theEstimateOfMemoryGrowsWithThePicture() throws {
    let stylization = Stylization(try network(.float32))
    let small = try stylization.bytes(
      content: PictureSize(width: 400, height: 300), style: PictureSize(width: 16, height: 16))
    let large = try stylization.bytes(
      content: PictureSize(width: 800, height: 600), style: PictureSize(width: 16, height: 16))
    #expect(large > 3 * (small - (17 << 20)) && large < 5 * small)
  }

  @Test func otherWeightsAreRefused() throws {
    var lacking = weights
    lacking["d3.conv2_2.bias"] = nil
    expectError(.checkpoint, "d3.conv2_2.bias", "weights.safetensors", "photo_wct.pth") {
      _ = try PhotoWCT(lacking, path: "weights.safetensors")
    }
    var wrong = weights
    wrong["e2.conv1_2.weight"] = Tensor.zeros([4, 3, 3, 3])
    expectError(.checkpoint, "e2.conv1_2.weight", "expected shape [4,4,3,3], found [4,3,3,3]") {
      _ = try PhotoWCT(wrong, path: "weights.safetensors")
    }
  }
}
