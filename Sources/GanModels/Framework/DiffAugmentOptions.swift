import GanConfig
import GanNN

/// What discriminators see: options that every model has.
package struct DiffAugmentOptions: Settings, Equatable, Sendable {
  package var policies: [AugmentationPolicy] = []
  package var adaTarget: Double?
  package var adaImages = 500_000

  package init() {}

  package static let options: [Option<DiffAugmentOptions>] = [
    .choices(
      "diff_augment", \.policies,
      "change at random what discriminators see, real and fake, for small data sets: [color, translation, cutout] "
        + "(DiffAugment, Zhao et al. 2020); gradients pass through"),
    .optionalNumber(
      "ada_target", \.adaTarget, in: NumberRange(0, 1, includesLower: false, includesUpper: false),
      "apply each of these with a probability that keeps the mean sign of the discriminators' scores of real pictures "
        + "there (ADA, Karras et al. 2020; 0.6 in the paper); null: always"),
    .integer(
      "ada_images", \.adaImages, in: 1...1_000_000_000,
      "pictures in which that probability can rise from 0 to 1; short runs need fewer than the paper's"),
  ]

  package func problems() -> [SettingsProblem] {
    if adaTarget != nil, policies.isEmpty {
      return [
        SettingsProblem(
          "ada_target", "ada_target sets the strength of diff_augment, which is off",
          help: "set diff_augment: [color, translation, cutout]")
      ]
    }
    guard let twice = policies.first(where: { policy in policies.count(where: { $0 == policy }) > 1 }) else {
      return []
    }
    return [
      SettingsProblem(
        "diff_augment", "diff_augment: \(twice.rawValue) is there more than once", help: "name each policy once")
    ]
  }

  /// What does not go with these discriminators.
  fileprivate func problems(with kind: DiscriminatorKind, of model: String) -> [SettingsProblem] {
    switch kind {
    case .scores: return []
    case .critics:
      guard adaTarget != nil else { return [] }
      return [
        SettingsProblem(
          "ada_target",
          "ada_target needs scores whose sign says real or fake, but those of a critic or of a relative "
            + "loss have no such middle", help: "leave out ada_target, so that diff_augment is always applied")
      ]
    case .unreached(let reason):
      guard !policies.isEmpty else { return [] }
      return [SettingsProblem("diff_augment", "diff_augment does not suit \(model): \(reason)", help: "leave it out")]
    }
  }

  /// Its effect on a model's discriminators; nil for none.
  func augmentation(of kind: DiscriminatorKind, _ noise: NoiseSource) -> DiscriminatorAugmentation? {
    guard !policies.isEmpty else { return nil }
    guard case .scores(let middle) = kind, let adaTarget else { return DiscriminatorAugmentation(policies, noise) }
    return DiscriminatorAugmentation(
      policies, noise, AdaptiveStrength(target: adaTarget, images: adaImages, middle: middle))
  }
}

/// What augmentation needs to know of a model's discriminators.
package enum DiscriminatorKind: Equatable, Sendable {
  /// They are made by `ModelBuilder.discriminator`, and scores above `middle` say that a picture is real.
  case scores(middle: Double)
  /// The same, but only differences of scores have a meaning.
  case critics
  /// What they see cannot be augmented, for a reason that users are told.
  case unreached(reason: String)
}

extension AdversarialOptions {
  /// The discriminators that play for it.
  var discriminators: DiscriminatorKind {
    switch loss {
    case _ where isRelativistic: .critics
    case .vanilla, .hinge: .scores(middle: 0)
    case .lsgan: .scores(middle: 0.5)
    case .wgan, .wgangp: .critics
    }
  }
}

/// The whole section `model`: a model's own options, and those that every model has.
struct ModelOptions<Model: ImageTranslator>: Settings {
  var own = Model.Options()
  var augmentation = DiffAugmentOptions()

  init() {}
  init(_ own: Model.Options, _ augmentation: DiffAugmentOptions) { (self.own, self.augmentation) = (own, augmentation) }

  static var options: [Option<ModelOptions>] { Option.all(of: \.own) + Option.all(of: \.augmentation) }

  func problems() -> [SettingsProblem] {
    let found = own.problems() + augmentation.problems()
    return found.isEmpty ? augmentation.problems(with: Model.discriminators(own), of: Model.info.name) : found
  }
}
