/// What may be wrong with a run, as it is noticed while training. The raw value is its name in the log, and the anchor
/// of its heading in docs/troubleshooting.md.
package enum Symptom: String, CaseIterable, Sendable {
  case discriminatorWon = "the-discriminator-has-won"
  case sameOutput = "the-generator-ignores-its-input"
  case oneColour = "pictures-of-one-colour"
  case black = "black-pictures"
  case inverted = "inverted-colours"
  case checkerboard = "checkerboards"
  case stalled = "a-score-that-does-not-improve"
  case rateZero = "a-learning-rate-of-zero"
  case smallPictures = "pictures-smaller-than-the-crop"
  case notFinite = "losses-that-are-not-numbers"

  /// What to do about it.
  package var cure: String {
    switch self {
    case .discriminatorWon:
      "Make its task harder: a smaller rate for it (model.learning_rate_d), label_smoothing: 0.1, gradient_penalty: r1, "
        + "or gan_mode: lsgan or hinge instead of vanilla; with few pictures, model.diff_augment."
    case .sameOutput:
      "Check with 'ganctl data' that inputs and targets belong together; then start again with a larger weight of the loss "
        + "that ties results to inputs (lambda_l1, lambda_a and lambda_b, lambda_nce), or a smaller model.learning_rate."
    case .oneColour, .black:
      "The generator has broken down and rarely recovers: start again with a smaller model.learning_rate, and look at the "
        + "training pictures with 'ganctl data'."
    case .inverted:
      "Early in a run, wait. If it stays, start again with another seed; without pairs, also with a larger "
        + "lambda_identity."
    case .checkerboard:
      "Early in a run, wait. If it stays, start again with model.upsample: nearest or bilinear."
    case .stalled:
      "More epochs will hardly help: take the best checkpoint (checkpoints/best with eval.every), end such runs by "
        + "eval.patience, or change something, such as more pictures or data.augment_* for the next run."
    case .rateZero:
      "Nothing is learnt at that rate: set model.learning_rate, or give the schedule more epochs (train.epochs, "
        + "train.decay_epochs)."
    case .smallPictures:
      "They are enlarged, so results will be blurred: use a smaller data.crop_size and data.load_size, or larger pictures."
    case .notFinite:
      "Continue from the last checkpoint or start again, with a smaller model.learning_rate; train.precision: highest rules "
        + "out rounding."
    }
  }

  /// Where more is said about it.
  package var link: String { "docs/troubleshooting.md#\(rawValue)" }
}
