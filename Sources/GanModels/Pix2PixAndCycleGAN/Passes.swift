import GanNN
import GanTensor

// How the networks of pix2pix and CycleGAN are run: two batches of pictures in one pass if that gives the same numbers.

extension NetworkOptions {
  /// The translation of `pictures`, and what becomes of `others`, which are in the target domain already: nil if batch
  /// norm or dropout need the official order of passes, in which that comes at the end of the generators' step.
  func translate(
    _ pictures: Tensor, alongWith others: Tensor?, by g: any Network, _ pass: Pass
  ) -> (fake: Tensor, same: Tensor?) {
    guard let others, !needsSeparatePasses else { return (g(pictures, pass), nil) }
    let results = together([pictures, others]) { g($0, pass) }
    return (results[0], results[1])
  }

  /// The loss of a discriminator that sees single pictures, as in CycleGAN.
  func discriminatorLoss(
    _ d: any Network, real: Tensor, fake: Tensor, _ adversarial: AdversarialOptions, _ noise: NoiseSource, _ pass: Pass
  ) throws -> Tensor {
    let loss = adversarial.loss
    // The last bias's gradients of both cancel exactly with wgangp, but not in one sum.
    let scores = together([real, fake], separately: needsSeparatePasses || loss == .wgangp) { d($0, pass) }
    let judged = (loss.discriminator(scores[0], isReal: true) + loss.discriminator(scores[1], isReal: false)) * 0.5
    return try adversarial.penalty(d, real: real, fake: fake, noise, "alpha").map { judged + $0 } ?? judged
  }
}

extension AdversarialOptions {
  /// The gradient penalty of WGAN-GP with its weight; nil without `gan_mode: wgangp`.
  /// - Parameter key: names the draw of the places between `real` and `fake`.
  func penalty(
    _ critic: any Network, real: Tensor, fake: Tensor, _ noise: NoiseSource, _ key: String
  ) throws -> Tensor? {
    guard loss == .wgangp, penaltyWeight > 0 else { return nil }
    let alpha = noise.uniform(key, [real.shape[0], 1, 1, 1], type: real.type)
    return try gradientPenalty(real: real, fake: fake, alpha: alpha) { critic($0, Pass(.batchWithoutUpdate)) }
      * penaltyWeight
  }
}
