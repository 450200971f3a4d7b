import Foundation
import GanBase
import GanImage
import Testing

@testable import GanMetrics

@Suite struct PairedScoresTests {
  private func grey(_ pixels: [UInt8], width: Int) -> Picture {
    Picture(width: width, height: pixels.count / width, channels: 1, pixels: pixels)
  }

  @Test func valuesByHand() throws {
    // Differences 1, 2, 3, 6: mean 3; squares 1, 4, 9, 36: mean 12.5.
    let scores = try PairedScores(grey([10, 20, 30, 40], width: 2), grey([11, 18, 33, 34], width: 2))
    #expect(scores.levels == 3)
    #expect(scores.l1 == 3.0 / 255)
    #expect(scores.meanSquare == 12.5)
    // 10 log10(65025 / 12.5) = 10 log10(5202)
    #expect(abs(scores.psnr - 37.161_703_4) < 1e-6)
  }

  @Test func extremes() throws {
    let black = Picture(width: 5, height: 3, channels: 3), white = Picture(width: 5, height: 3, channels: 3, fill: 255)
    let opposite = try PairedScores(black, white)
    #expect(opposite.levels == 255 && opposite.l1 == 1 && opposite.psnr == 0)
    let equal = try PairedScores(white, white)
    #expect(equal.levels == 0 && equal.psnr == .infinity)
  }

  @Test func isSymmetricAndCountsEveryChannel() throws {
    let a = Picture(width: 1, height: 1, channels: 3, pixels: [0, 0, 9])
    let b = Picture(width: 1, height: 1, channels: 3, pixels: [0, 0, 0])
    #expect(try PairedScores(a, b).levels == 3)
    #expect(try PairedScores(a, b) == PairedScores(b, a))
  }

  @Test func refusesPicturesOfDifferentForm() throws {
    let square = Picture(width: 4, height: 4, channels: 3)
    for other in [
      Picture(width: 4, height: 5, channels: 3), Picture(width: 8, height: 2, channels: 3),
      Picture(width: 4, height: 4, channels: 1),
    ] {
      let error = #expect(throws: GanError.self) { try PairedScores(square, other, at: "b.png") }
      #expect(error?.code == .input)
      #expect(error?.description.hasPrefix("b.png: cannot compare 4x4 pixels of colour with a target of") == true)
    }
  }

  @Test func meansCountPicturesNotPixels() throws {
    var mean = MeanPairedScores()
    mean.add(try PairedScores(grey([0], width: 1), grey([10], width: 1)))
    mean.add(try PairedScores(grey([0, 0, 0, 0], width: 2), grey([20, 20, 20, 20], width: 2)))
    #expect(mean.count == 2 && mean.levels == 15 && mean.l1 == 15.0 / 255)
    let expected = (20 * log10(25.5) + 20 * log10(12.75)) / 2
    #expect(abs(mean.psnr - expected) < 1e-12)
  }
}
