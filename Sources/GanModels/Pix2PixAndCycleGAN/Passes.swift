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

  /// The losses of a discriminator that sees single pictures, as in CycleGAN.
  func judge(
    real: Tensor, fake: Tensor, by d: any Discriminator, _ adversarial: AdversarialOptions, _ pass: Pass
  ) -> DiscriminatorLosses {
    // The last bias's gradients of both cancel exactly with Wasserstein losses, but not in one sum.
    let scores = together(
      [[real], [fake]], separately: needsSeparatePasses || adversarial.loss.isWasserstein
    ) { d.scores($0[0], pass) }
    d.judgedReal(scores[0])
    return adversarial.discriminator(real: scores[0], fake: scores[1])
  }
}
