import GanConfig
import GanNN

/// What generators and discriminators play for, and how often each is trained.
package struct AdversarialOptions: Settings, Equatable, Sendable {
  package var loss: AdversarialLoss
  package var isRelativistic = false
  package var labelSmoothing = 0.0
  package var penalty = GradientPenalty.none
  @Scheduled package var penaltyWeight = 10.0
  package var penaltyInterval = 1
  /// nil: 0.01 where the loss needs it.
  package var clip: Double?
  package var discriminatorSteps = 1

  package init() { self.init(.vanilla) }
  package init(_ loss: AdversarialLoss) { self.loss = loss }

  package static let options: [Option<AdversarialOptions>] = [
    .choice(
      "gan_mode", \.loss,
      "adversarial loss; wgan (Arjovsky et al. 2017): clips weights; wgangp: has its gradient penalty"),
    .flag(
      "relativistic", \.isRelativistic,
      "judge pictures against the average of the other kind (Jolicoeur-Martineau 2019), with gan_mode: vanilla, lsgan "
        + "or hinge"),
    .number(
      "label_smoothing", \.labelSmoothing, in: 0...0.5,
      "what the discriminator's target for real pictures is below 1 (Salimans et al. 2016), with gan_mode: vanilla or "
        + "lsgan"),
    .choice(
      "gradient_penalty", \.penalty,
      "penalty on the discriminator's gradient: wgangp (Gulrajani et al. 2017), r1 (Mescheder et al. 2018), dragan "
        + "(Kodali et al. 2017)"),
    .weight(
      "lambda_gp", \.$penaltyWeight, in: 0...1e6,
      "weight of the gradient penalty, also of that of gan_mode: wgangp; gamma of r1"),
    .integer(
      "gp_interval", \.penaltyInterval, in: 1...1000,
      "discriminator steps per gradient penalty, which then has as many times its weight (Karras et al. 2020)"),
    .automaticNumber(
      "clip", \.clip, in: .above(0, through: 100),
      "largest weight of the discriminator with gan_mode: wgan; auto: 0.01, or none with a gradient penalty"),
    .integer(
      "d_steps", \.discriminatorSteps, in: 1...1000,
      "discriminator steps per generator step (Gulrajani et al. 2017), each with the next pictures"),
  ]

  /// The penalty that is applied.
  var appliedPenalty: GradientPenalty { loss == .wgangp ? .wgangp : penalty }

  /// What weights of discriminators are clipped to; nil for none.
  var appliedClip: Double? { loss == .wgan && penalty == .none ? clip ?? 0.01 : nil }

  package func problems() -> [SettingsProblem] { problems(mode: "gan_mode") }

  /// - Parameter mode: the key of `gan_mode`, which some models call otherwise.
  func problems(mode: String) -> [SettingsProblem] {
    var problems: [SettingsProblem] = []
    func refuse(_ key: String, _ message: String, _ help: String) {
      problems.append(SettingsProblem(key, message, help: help))
    }
    if isRelativistic, !loss.canBeRelativistic {
      refuse(
        "relativistic", "relativistic: true does not go with \(mode): \(loss.rawValue)",
        "use relativistic: false, or another \(mode)")
    }
    if labelSmoothing > 0, loss != .vanilla && loss != .lsgan {
      refuse(
        "label_smoothing", "label_smoothing does not go with \(mode): \(loss.rawValue), which has no labels",
        "set label_smoothing: 0")
    }
    if labelSmoothing > 0, isRelativistic {
      refuse("label_smoothing", "label_smoothing does not go with relativistic: true", "set label_smoothing: 0")
    }
    return problems + penaltyProblems(mode) + clipProblems(mode)
  }

  /// Of a model whose discriminators are spectrally normalised.
  /// - Parameter what: says so in a message.
  func problemsOfSpectralNorm(_ what: String, mode: String = "gan_mode") -> [SettingsProblem] {
    guard loss == .wgan else { return [] }
    let message = "\(mode): wgan bounds the discriminator's weights, and \(what) does so already"
    return [SettingsProblem(mode, message, help: "use \(mode): wgangp or hinge")]
  }

  /// Of a model with the option `spectral_norm`.
  func problems(with spectralNorm: SpectralNormOptions, mode: String = "gan_mode") -> [SettingsProblem] {
    let what = "spectral_norm: \(spectralNorm.networks.rawValue)"
    return problems(mode: mode)
      + (spectralNorm.networks.hasDiscriminator ? problemsOfSpectralNorm(what, mode: mode) : [])
  }

  private func penaltyProblems(_ mode: String) -> [SettingsProblem] {
    if loss == .wgangp, penalty == .r1 || penalty == .dragan {
      let message = "gradient_penalty: \(penalty.rawValue) does not go with \(mode): wgangp, which has its own"
      return [SettingsProblem("gradient_penalty", message, help: "use \(mode): wgan with it")]
    }
    if penalty != .none, $penaltyWeight.most == 0 {
      let message = "gradient_penalty: \(penalty.rawValue) with lambda_gp: 0 does nothing"
      return [SettingsProblem("lambda_gp", message, help: "set lambda_gp above 0, or gradient_penalty: none")]
    }
    if appliedPenalty == .none, penaltyInterval > 1 {
      return [SettingsProblem("gp_interval", "gp_interval: there is no gradient penalty", help: "set gradient_penalty")]
    }
    return []
  }

  private func clipProblems(_ mode: String) -> [SettingsProblem] {
    guard clip != nil else { return [] }
    if loss != .wgan {
      let message = "clip does not go with \(mode): \(loss.rawValue)"
      return [SettingsProblem("clip", message, help: "use \(mode): wgan, or clip: auto")]
    }
    if penalty != .none {
      let message = "clip and gradient_penalty: \(penalty.rawValue) bound the discriminator twice"
      return [SettingsProblem("clip", message, help: "set clip: auto, or gradient_penalty: none")]
    }
    return []
  }
}
