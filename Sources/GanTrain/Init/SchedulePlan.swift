/// How long to train on so many pictures.
struct SchedulePlan: Equatable {
  /// In all, those with a falling rate included.
  let epochs: Int
  let stepsPerEpoch: Int

  var steps: Int { epochs * stepsPerEpoch }
  var decayEpochs: Int { epochs / 2 }

  /// 200 epochs, as the papers of pix2pix and CycleGAN have for 400 to 1,000 pictures; more for fewer pictures and
  /// fewer for more, so that there are 10,000 to 100,000 steps; at most 1,000 epochs, beyond which pictures are learned by
  /// heart.
  init(stepsPerEpoch: Int) {
    self.stepsPerEpoch = max(1, stepsPerEpoch)
    let least = Int((10_000 / Double(self.stepsPerEpoch)).rounded(.up)), most = 100_000 / self.stepsPerEpoch
    epochs = max(2, min(max(200, least), most, 1000))
  }
}
