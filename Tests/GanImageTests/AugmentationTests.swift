import Foundation
import GanBase
import GanImage
import Testing

@Suite struct WarpTests {
  /// A picture whose samples differ everywhere.
  private func ramp(_ width: Int, _ height: Int, channels: Int = 3) -> Picture {
    Picture(
      width: width, height: height, channels: channels,
      pixels: (0..<width * height * channels).map { UInt8($0 * 37 % 251) })
  }

  @Test(arguments: [1, 3]) func nothingToDoIsExact(channels: Int) {
    let picture = ramp(7, 5, channels: channels)
    #expect(picture.warped(by: AffineMap(), width: 7, height: 5) == FloatPicture(picture))
    let part = picture.warped(by: .moving(2, 1), width: 4, height: 3)
    #expect(part == FloatPicture(picture.cropped(x: 2, y: 1, width: 4, height: 3)))
  }

  @Test func quarterTurnsAndMirrorsAreExact() {
    let picture = ramp(6, 6)
    func about(_ map: AffineMap) -> FloatPicture {
      picture.warped(by: .moving(3, 3).after(map).after(.moving(-3, -3)), width: 6, height: 6)
    }
    #expect(about(AffineMap(-1, 0, 0, 1)) == FloatPicture(picture.turned(by: 2)))
    #expect(about(AffineMap(1, 0, 0, -1)) == FloatPicture(picture.turned(by: 4)))
    #expect(about(AffineMap(0, 1, -1, 0)) == FloatPicture(picture.turned(by: 6)))
    #expect(about(AffineMap(-1, 0, 0, -1)) == FloatPicture(picture.turned(by: 3)))
  }

  /// By hand: a quarter of the way from 0 to 100, and mirrored beyond the edges.
  @Test func betweenAndBeyondPixels() {
    let picture = Picture(width: 3, height: 1, channels: 1, pixels: [0, 100, 200])
    let moved = picture.warped(by: .moving(0.25, 0), width: 6, height: 1)
    #expect(moved.values == [25, 125, 200, 175, 75, 0])
    let before = picture.warped(by: .moving(-3, 0), width: 3, height: 1)
    #expect(before.values == [200, 100, 0])
    #expect(picture.warped(by: .moving(0, 40.5), width: 3, height: 1).values == [0, 100, 200])
  }

  @Test func shrinkingAveragesAndDoesNotAlias() {
    var stripes = Picture(width: 32, height: 32, channels: 1)
    for y in 0..<32 { for x in 0..<32 where x % 2 == 0 { stripes[x, y] = 200 } }
    let half = stripes.warped(by: AffineMap(2, 0, 0, 2), width: 16, height: 16)
    #expect(half.values.allSatisfy { abs($0 - 100) < 1e-3 })
    #expect(AffineMap(2, 0, 0, 3).stretch == 3)
    #expect(abs(AffineMap(cos(1), -sin(1), sin(1), cos(1)).stretch - 1) < 1e-12)
  }

  /// A rotation keeps the mean of a picture that is the same everywhere, and turns a bright quarter clockwise.
  @Test func rotation() {
    #expect(
      Picture(width: 9, height: 9, channels: 3, fill: 77).warped(
        by: AffineMap(0.8, 0.6, -0.6, 0.8), width: 9, height: 9
      )
      .values.allSatisfy { abs($0 - 77) < 1e-4 })
  }
}

@Suite struct ColourChangeTests {
  private func changed(_ values: [Float], channels: Int = 3, _ set: (inout ColourChange) -> Void) -> [Float] {
    var picture = FloatPicture(width: values.count / channels, height: 1, channels: channels, values: values)
    var change = ColourChange()
    set(&change)
    picture.adjust(change)
    return picture.values
  }

  private func close(_ a: [Float], _ b: [Float], _ tolerance: Float = 1e-3) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance }
  }

  @Test func nothing() {
    let values: [Float] = [10, 200, 30, 4, 5, 250]
    #expect(close(changed(values) { _ in }, values))
  }

  /// torchvision 0.2x, adjust_* of the picture [[10, 200, 30]], [[90, 60, 250]] in floats, worked out by hand.
  @Test func factors() {
    #expect(close(changed([10, 200, 30, 90, 60, 250]) { $0.brightness = 1.5 }, [15, 255, 45, 135, 90, 255]))
    // Greys: 123.81 and 90.63; their mean: 107.22.
    let contrast = changed([10, 200, 30, 90, 60, 250]) { $0.contrast = 0.5 }
    #expect(close(contrast, [58.61, 153.61, 68.61, 98.61, 83.61, 178.61], 0.01))
    let grey = changed([10, 200, 30, 90, 60, 250]) { $0.saturation = 0 }
    #expect(close(grey, [123.81, 123.81, 123.81, 90.63, 90.63, 90.63], 0.01))
    #expect(close(changed([100, 50], channels: 1) { $0.saturation = 0 }, [100, 50]))
    #expect(close(changed([100, 50], channels: 1) { $0.contrast = 2 }, [125, 25]))
  }

  /// A third of the circle leads from red to green to blue; half of it to the opposite colour; grey stays.
  @Test func hue() {
    #expect(close(changed([255, 0, 0, 10, 10, 10]) { $0.hue = 1 / 3 }, [0, 255, 0, 10, 10, 10], 0.01))
    #expect(close(changed([255, 0, 0]) { $0.hue = -1 / 3 }, [0, 0, 255], 0.01))
    #expect(close(changed([255, 0, 0]) { $0.hue = 0.5 }, [0, 255, 255], 0.01))
    // Orange, halfway between red and yellow: 30 degrees; plus 90 degrees is green.
    #expect(close(changed([200, 150, 100]) { $0.hue = 0.25 }, [100, 200, 100], 0.01))
    #expect(close(changed([200, 150, 100]) { $0.hue = 0.5 }, [100, 150, 200], 0.01))
  }
}

@Suite struct BlurAndNoiseTests {
  @Test func blurKeepsTheMeanAndHasItsWidth() throws {
    var picture = FloatPicture(width: 21, height: 21, channels: 1, values: [Float](repeating: 0, count: 441))
    var values = picture.values
    values[10 * 21 + 10] = 200
    picture = FloatPicture(width: 21, height: 21, channels: 1, values: values)
    try picture.blur(1.5)
    let sum = picture.values.reduce(0, +)
    #expect(abs(sum - 200) < 0.01)
    let variance =
      picture.values.enumerated().map { index, value in
        Float((index % 21 - 10) * (index % 21 - 10)) * value
      }.reduce(0, +) / sum
    #expect(abs(variance - 2.25) < 0.15)
    var flat = FloatPicture(Picture(width: 4, height: 3, channels: 3, fill: 50))
    try flat.blur(5)
    #expect(flat.values.allSatisfy { abs($0 - 50) < 1e-3 })
  }

  @Test func noiseHasItsDeviationAndFollowsTheSeed() {
    func noise(_ seed: UInt64) -> [Float] {
      var picture = FloatPicture(Picture(width: 100, height: 100, channels: 3, fill: 128))
      picture.addNoise(10, seed: seed)
      return picture.values.map { $0 - 128 }
    }
    let values = noise(5)
    let mean = values.reduce(0, +) / 30_000
    let variance = values.map { $0 * $0 }.reduce(0, +) / 30_000
    #expect(abs(mean) < 0.3 && abs(variance.squareRoot() - 10) < 0.3)
    // Neighbours are independent.
    let product = zip(values, values.dropFirst()).map { $0 * $1 }.reduce(0, +) / 30_000
    #expect(abs(product) < 3)
    #expect(noise(5) == values && noise(6) != values)
    var white = FloatPicture(Picture(width: 50, height: 50, channels: 1, fill: 255))
    white.addNoise(50, seed: 1)
    #expect(white.values.max() == 255)
  }

  @Test func cutOutIsMiddleGreyAndMayStickOut() {
    var picture = FloatPicture(Picture(width: 4, height: 4, channels: 1, fill: 10))
    picture.cutOut(x: -1, y: 2, width: 3, height: 5)
    #expect(picture.values == [10, 10, 10, 10, 10, 10, 10, 10, 127.5, 127.5, 10, 10, 127.5, 127.5, 10, 10])
    var normalized = [Float](repeating: 9, count: 16)
    normalized.withUnsafeMutableBufferPointer { picture.normalize(into: $0) }
    #expect(normalized[8] == 0 && normalized[0] == (10 / 255 - 0.5) / 0.5)
  }
}
