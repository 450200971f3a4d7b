/// What may be wrong with a run, as it is noticed while training. The raw value is the heading in
/// docs/troubleshooting.md and the name in the log.
package enum Symptom: String, CaseIterable, Sendable {
  case discriminatorWon = "discriminator-won"
  case sameOutput = "same-output"
  case oneColour = "one-colour"
  case black = "black-output"
  case inverted = "inverted-colours"
  case checkerboard = "checkerboard"
  case unchanged = "unchanged-input"
  case stalled = "score-does-not-improve"
  case diverging = "losses-grow"
  case rateZero = "learning-rate-zero"
  case smallPictures = "small-pictures"

  /// What to do about it, in a sentence or two.
  package var cure: String {
    switch self {
    case .discriminatorWon:
      "Give the discriminator less advantage: model.gan_mode: lsgan or hinge instead of vanilla, label_smoothing: 0.1, "
        + "a smaller learning rate for it, or random changes of what it sees (diff_augment)."
    case .sameOutput:
      "Raise the weight of the loss that ties results to inputs (lambda_l1, lambda_a and lambda_b, lambda_nce), lower "
        + "the learning rate, and check that input and target belong together: ganctl data CONFIG shows them."
    case .oneColour, .black:
      "The generator is dead. Start again with a smaller learning rate (model.learning_rate: 0.0001), and check the "
        + "pictures with ganctl data CONFIG."
    case .inverted:
      "Early in training, wait. If it stays, raise the weight of the identity or L1 loss (lambda_identity, lambda_l1), "
        + "and start again with another seed."
    case .checkerboard:
      "Early in training, wait. If it stays, use a generator that enlarges by resizing (model.upsample: bilinear or antialias: both, where the "
        + "model has it), or lower the weight of the adversarial loss."
    case .unchanged:
      "Lower the weights of losses that hold on to the input (lambda_identity, lambda_a and lambda_b), and check that "
        + "the two folders differ."
    case .stalled:
      "The best checkpoint is in checkpoints/best. More epochs will hardly help: stop with eval.patience, or try more "
        + "pictures, random changes of them (data.augment_*), or other weights of losses."
    case .diverging:
      "Start again from a checkpoint before that with a smaller model.learning_rate; a gradient penalty (r1) keeps the "
        + "discriminator in check."
    case .rateZero:
      "Nothing is learnt any more. Set model.learning_rate, or give the schedule more epochs (train.epochs, "
        + "train.decay_epochs)."
    case .smallPictures:
      "Pictures are enlarged and so are blurred. Use a smaller data.crop_size and load_size, or larger pictures."
    }
  }

  /// Where it is explained.
  package var link: String { "docs/troubleshooting.md#\(rawValue)" }
}
