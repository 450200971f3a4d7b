import GanBase
import GanImage
import Testing

@testable import GanMetrics

@Suite struct StructuralSimilarityTests {
  private func picture(_ width: Int, _ height: Int, _ channels: Int, _ seed: Int) -> Picture {
    let pixels = (0..<width * height * channels).map { i in
      UInt8((i * seed + (i / 7) * (i / 7) * 3 + (i % width) * 5) % 256)
    }
    return Picture(width: width, height: height, channels: channels, pixels: pixels)
  }

  /// Made by scikit-image 0.26.0: structural_similarity(a, b, channel_axis=2, gaussian_weights=True, sigma=1.5,
  /// use_sample_covariance=False, data_range=255) and peak_signal_noise_ratio.
  static let official: [(form: [Int], seeds: [Int], ssim: Double, psnr: Double)] = [
    ([24, 17, 3], [3, 5], 0.05635735138644837, 7.87077206729318),
    ([11, 11, 1], [7, 11], -0.1333000728920518, 7.673630713264624),
    ([33, 12, 1], [2, 9], 0.20446945410337888, 8.258337989483683),
  ]

  @Test(arguments: official.indices) func officialNumbers(_ index: Int) throws {
    let (form, seeds, ssim, psnr) = Self.official[index]
    let a = picture(form[0], form[1], form[2], seeds[0]), b = picture(form[0], form[1], form[2], seeds[1])
    #expect(abs(try StructuralSimilarity.of(a, b) - ssim) < 1e-9)
    #expect(abs(try StructuralSimilarity.of(b, a) - ssim) < 1e-9)
    #expect(abs(try PairedScores(a, b).psnr - psnr) < 1e-10)
  }

  @Test func nearlyEqualPictures() throws {
    let a = picture(40, 30, 3, 13)
    let pixels = a.pixels.enumerated().map { UInt8(min(max(Int($0.element) + $0.offset % 9 - 4, 0), 255)) }
    let b = Picture(width: 40, height: 30, channels: 3, pixels: pixels)
    #expect(abs(try StructuralSimilarity.of(a, b) - 0.9994142292321545) < 1e-9)
    #expect(abs(try PairedScores(a, b).psnr - 39.930614470879135) < 1e-10)
    #expect(try StructuralSimilarity.of(a, a) == 1)
  }

  @Test func wrongForms() {
    for (a, b, text) in [
      (picture(10, 20, 1, 1), picture(10, 20, 1, 1), "at least 11x11"),
      (picture(20, 20, 1, 1), picture(20, 20, 3, 1), "cannot compare"),
    ] {
      let error = #expect(throws: GanError.self) { try StructuralSimilarity.of(a, b, at: "x.png") }
      #expect(error?.code == .input && error?.description.contains(text) == true)
    }
  }
}
