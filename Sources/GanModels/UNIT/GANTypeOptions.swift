import GanConfig
import GanNN

/// What the networks of UNIT and MUNIT play for: `AdversarialOptions` with the loss under its official key and names.
package struct GANTypeOptions: Settings, Equatable, Sendable {
  package enum GANType: String, CaseIterable, Sendable {
    /// Least squares.
    case lsgan
    /// Binary cross entropy, non-saturating.
    case nsgan
    case hinge, wgan, wgangp

    package var loss: AdversarialLoss {
      switch self {
      case .lsgan: .lsgan
      case .nsgan: .vanilla
      case .hinge: .hinge
      case .wgan: .wgan
      case .wgangp: .wgangp
      }
    }
  }

  package private(set) var adversarial = AdversarialOptions(.lsgan)

  package init() {}

  package var ganType: GANType {
    get { GANType.allCases.first { $0.loss == adversarial.loss } ?? .lsgan }
    set { adversarial.loss = newValue.loss }
  }

  package static let options: [Option<GANTypeOptions>] =
    [
      .choice(
        "gan_type", \.ganType,
        "adversarial loss; nsgan: cross entropy; wgan (Arjovsky et al. 2017): clips weights; wgangp: has its gradient "
          + "penalty")
    ] + Option.all(of: \.adversarial, except: "gan_mode")

  package func problems() -> [SettingsProblem] { adversarial.problems(mode: "gan_type") }

  func problems(with spectralNorm: SpectralNormOptions) -> [SettingsProblem] {
    adversarial.problems(with: spectralNorm, mode: "gan_type")
  }
}
