import GanTensor

/// Adaptive discriminator augmentation (Karras et al. 2020, "Training generative adversarial networks with limited
/// data"): the probability of each change of a picture follows from whether the discriminators know the real pictures
/// too well, as the mean sign of what they say of these tells.
package final class AdaptiveStrength {
  /// What a checkpoint keeps.
  package struct State: Equatable, Sendable {
    package var probability = 0.0
    /// Since the last adjustment: steps, their pictures, and scores on either side of the middle.
    package var steps = 0, pictures = 0, positive = 0, negative = 0

    package init() {}
  }

  package private(set) var state = State()
  private let target: Double
  private let images: Double
  private let middle: Double
  /// Scores in this step.
  private var current = (positive: 0, negative: 0)

  /// Steps between adjustments.
  package static let interval = 4

  /// - Parameters:
  ///   - target: the mean sign to be kept.
  ///   - images: pictures in which the probability can rise from 0 to 1.
  ///   - middle: the score that says neither real nor fake.
  package init(target: Double, images: Int, middle: Double) {
    (self.target, self.images, self.middle) = (target, Double(images), middle)
  }

  /// Counts what a discriminator says of real pictures. Scores right at the middle, such as those of a border of zeros,
  /// count for nothing.
  func observe(_ scores: Tensor) {
    for score in scores.doubles {
      if score > middle { current.positive += 1 } else if score < middle { current.negative += 1 }
    }
  }

  /// Adjusts the probability after every fourth step in which a discriminator has learned.
  /// - Parameter pictures: of the step.
  /// - Returns: what is logged: the probability in this step, and the mean sign in it if there was one.
  package func endStep(pictures: Int) -> [(name: String, value: Double)] {
    let probability = ("ada_p", state.probability)
    let (positive, negative) = current
    guard positive + negative > 0 else { return [probability] }
    current = (0, 0)
    state.positive += positive
    state.negative += negative
    state.pictures += pictures
    state.steps += 1
    if state.steps == Self.interval { adjust() }
    return [probability, ("ada_sign", Double(positive - negative) / Double(positive + negative))]
  }

  /// Goes back to the beginning of a step.
  package func putBack(_ state: State) {
    self.state = state
    current = (0, 0)
  }

  private func adjust() {
    let mean = Double(state.positive - state.negative) / Double(state.positive + state.negative)
    let direction = mean > target ? 1.0 : mean < target ? -1 : 0
    let moved = state.probability + direction * Double(state.pictures) / images
    state = State()
    state.probability = min(1, max(0, moved))
  }
}
