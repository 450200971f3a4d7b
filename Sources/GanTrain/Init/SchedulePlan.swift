/// The number of epochs to train, chosen from the number of steps per epoch.
struct SchedulePlan: Equatable {
  /// All epochs, including those with a falling learning rate.
  let epochs: Int
  let stepsPerEpoch: Int

  var steps: Int { epochs * stepsPerEpoch }
  var decayEpochs: Int { epochs / 2 }

  /// 200 epochs as in the pix2pix and CycleGAN papers, which have 400 to 1,000 pictures; more for fewer pictures and
  /// fewer for more, to take 10,000 to 100,000 steps; at most 1,000 epochs, to limit overfitting.
  init(stepsPerEpoch: Int) {
    self.stepsPerEpoch = max(1, stepsPerEpoch)
    let least = Int((10_000 / Double(self.stepsPerEpoch)).rounded(.up)), most = 100_000 / self.stepsPerEpoch
    epochs = max(2, min(max(200, least), most, 1000))
  }
}
