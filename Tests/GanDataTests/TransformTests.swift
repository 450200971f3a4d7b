import GanBase
import GanImage
import Testing

@testable import GanData

@Suite struct TransformTests {
  private func transform(_ preprocess: Preprocess, load: Int = 286, crop: Int = 256, testing: Bool = false) -> Transform
  {
    var request = DataRequest.small(.aligned, "", load: load, crop: crop)
    request.options.preprocess = preprocess
    return Transform(request, testing: testing)
  }

  private func size(_ width: Int, _ height: Int) -> PictureSize { PictureSize(width: width, height: height) }

  @Test func scaledSizes() {
    #expect(transform(.resizeAndCrop).scaled(size(600, 400)) == size(286, 286))
    #expect(transform(.crop).scaled(size(600, 400)) == size(600, 400))
    #expect(transform(.scaleWidth).scaled(size(600, 700)) == size(286, 333))
    #expect(transform(.scaleWidth).scaled(size(600, 400)) == size(286, 256), "at least crop_size high")
    #expect(transform(.scaleWidth).scaled(size(286, 300)) == size(286, 300))
    #expect(transform(.scaleShorterAndCrop).scaled(size(640, 427)) == size(428, 286))
    #expect(transform(.none).scaled(size(90, 94)) == size(88, 96))
    #expect(transform(.none).scaled(size(1, 101)) == size(4, 100))
  }

  @Test func lenientAndStrictCrops() {
    let crop = transform(.crop, crop: 32)
    #expect(crop.final(size(40, 20), lenient: true) == size(32, 32))
    #expect(crop.final(size(30, 20), lenient: true) == size(30, 20))
    #expect(!crop.fits(size(40, 20)) && crop.fits(size(32, 32)))
    #expect(transform(.scaleWidth).final(size(600, 700), lenient: false) == size(286, 333))
  }

  @Test func blackWhereThePictureIsSmaller() throws {
    let crop = transform(.crop, crop: 6)
    let source = Picture(width: 8, height: 4, channels: 1, fill: 200)
    let result = try crop.apply(source, channels: 1, .init(x: 2, y: 0), lenient: true)
    #expect(result.width == 6 && result.height == 6)
    #expect(result.pixels == [UInt8](repeating: 200, count: 24) + [UInt8](repeating: 0, count: 12))
    #expect(result.normalized().last == -1)
  }

  /// All positions come, and none but those from 0 to the difference.
  @Test func drawsCoverTheRoom() {
    let transform = transform(.resizeAndCrop, load: 10, crop: 8)
    var random = RandomStream(seed: 1)
    var seen: Set<Int> = []
    var mirrored = 0
    for _ in 0..<400 {
      let draw = transform.draw(size(50, 60), paired: false, &random)
      #expect((0...2).contains(draw.x) && (0...2).contains(draw.y))
      seen.insert(draw.x * 3 + draw.y)
      mirrored += draw.mirrored ? 1 : 0
    }
    #expect(seen.count == 9)
    #expect((150...250).contains(mirrored))
  }

  /// The draw for pairs ignores that the height is at least crop_size.
  @Test func heightOfThePairedDraw() {
    let transform = transform(.scaleWidthAndCrop, load: 20, crop: 16)
    var random = RandomStream(seed: 1)
    for _ in 0..<50 { #expect(transform.draw(size(100, 50), paired: true, &random).y == 0) }
    let ys = (0..<100).map { _ in transform.draw(size(100, 95), paired: true, &random).y }
    #expect(Set(ys) == [0, 1, 2, 3])
  }

  @Test func testsResizeToTheCropAndCutTheMiddle() throws {
    let source = noise(20, 30, seed: 1)
    var random = RandomStream(seed: 1)
    let resize = transform(.resizeAndCrop, load: 10, crop: 8, testing: true)
    let draw = resize.draw(source.size, paired: false, &random)
    #expect(try resize.apply(source, channels: 3, draw, lenient: false) == source.resized(width: 8, height: 8))
    let crop = transform(.crop, load: 10, crop: 8, testing: true)
    let middle = crop.draw(source.size, paired: false, &random)
    #expect(try crop.apply(source, channels: 3, middle, lenient: false) == source.centreCropped(width: 8, height: 8))
    #expect(random.state.position == 0)
  }

  @Test func centralCropComesFirst() throws {
    var request = DataRequest.small(.domains, "", load: 16, crop: 16)
    (request.options.preprocess, request.options.centreCrop) = (.scaleShorter, 22)
    request.options.interpolation = .bilinear
    let source = noise(24, 31, seed: 3)
    let result = try Transform(request, testing: true).apply(source, channels: 1, .init(), lenient: false)
    let expected = try source.gray().centreCropped(width: 22, height: 22).resized(
      width: 16, height: 16, filter: .bilinear)
    #expect(result == expected)
    request.options.cropSize = 12
    let test = try Transform(request, testing: true).apply(source, channels: 1, .init(), lenient: false)
    #expect(test.width == 12, "a test scales to crop_size")
  }

  /// Sizes that are left open still fit each other.
  @Test(arguments: [(nil, nil, 286, 256), (200, nil, 200, 200), (nil, 300, 300, 300), (nil, 64, 286, 64)])
  func sizesLeftOpen(load: Int?, crop: Int?, loaded: Int, cropped: Int) {
    var options = DataOptions()
    (options.loadSize, options.cropSize) = (load, crop)
    let request = DataRequest(options, .single)
    #expect(request.loadSize == loaded && request.cropSize == cropped)
  }
}
