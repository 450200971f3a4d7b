import Foundation

/// How long to train on so many pictures, and how often to tell of it.
struct SchedulePlan: Equatable {
  /// In all, those with a falling rate included.
  let epochs: Int
  let stepsPerEpoch: Int

  var steps: Int { epochs * stepsPerEpoch }
  var decayEpochs: Int { epochs / 2 }

  /// 200 epochs, as the papers of pix2pix and CycleGAN have for 400 to 1,000 pictures; more for fewer pictures and fewer
  /// for more, so that there are 10,000 to 100,000 steps; at most 1,000 epochs, beyond which pictures are learned by
  /// heart.
  init(stepsPerEpoch: Int) {
    self.stepsPerEpoch = max(1, stepsPerEpoch)
    let least = Int((10_000 / Double(self.stepsPerEpoch)).rounded(.up)), most = 100_000 / self.stepsPerEpoch
    epochs = max(2, min(max(200, least), most, 1000))
  }

  /// Steps that take about so many seconds, as a round number, and not more than a quarter of all.
  func steps(in seconds: Double, secondsPerStep: Double) -> Int {
    let wished = seconds / max(secondsPerStep, 1e-6)
    return max(1, min(Self.rounded(wished), Self.rounded(Double(steps) / 4)))
  }

  /// The next smaller one of 1, 2, 5, 10, 20, 50 and so on; at least 1.
  private static func rounded(_ number: Double) -> Int {
    guard number >= 1 else { return 1 }
    let power = pow(10, floor(log10(number)))
    let digit = number / power
    return Int((digit >= 5 ? 5 : digit >= 2 ? 2 : 1) * power)
  }
}
