import GanBase
import GanTensor

extension Tensor {
  /// Mean absolute difference over all elements.
  public func l1(_ other: Tensor) -> Tensor { (self - other).abs().mean() }

  /// Mean squared difference from a constant over all elements.
  public func meanSquaredError(_ target: Double) -> Tensor { (self - target).squared().mean() }

  /// Mean binary cross entropy of these logits against a constant label.
  public func binaryCrossEntropy(label: Double) -> Tensor {
    let loss = label == 0 ? softplus() : label == 1 ? (-self).softplus() : softplus() - self * label
    return loss.mean()
  }
}

/// What discriminator and generator play for. All means are over the whole map of logits.
public enum AdversarialLoss: String, CaseIterable, Sendable {
  /// Binary cross entropy with logits (Goodfellow et al. 2014, non-saturating).
  case vanilla
  /// Least squares (Mao et al. 2017).
  case lsgan
  /// Hinge (Lim and Ye 2017).
  case hinge
  /// Wasserstein with gradient penalty (Gulrajani et al. 2017).
  case wgangp

  /// The discriminator's loss on one kind of picture.
  public func discriminator(_ logits: Tensor, isReal: Bool) -> Tensor {
    switch self {
    case .hinge: return (isReal ? 1 - logits : logits + 1).relu().mean()
    default: return target(logits, isReal: isReal)
    }
  }

  /// The generator's loss: its pictures should be taken for real ones.
  public func generator(_ logits: Tensor) -> Tensor {
    self == .hinge ? -logits.mean() : target(logits, isReal: true)
  }

  private func target(_ logits: Tensor, isReal: Bool) -> Tensor {
    switch self {
    case .vanilla: return logits.binaryCrossEntropy(label: isReal ? 1 : 0)
    case .lsgan: return logits.meanSquaredError(isReal ? 1 : 0)
    case .wgangp, .hinge: return isReal ? -logits.mean() : logits.mean()
    }
  }
}

/// The gradient penalty of WGAN-GP (Gulrajani et al. 2017, equation 3): the mean over samples of
/// `(|gradient of sum D(mix)|_2 - 1)^2`, where `mix` lies at a random place between `real` and `fake`.
/// - Parameters:
///   - alpha: `[N,1,1,1]` in [0,1), the share of `real`.
///   - critic: from a picture `[N,H,W,C]` to a map of scores.
public func gradientPenalty(
  real: Tensor, fake: Tensor, alpha: Tensor, critic: (Tensor) -> Tensor
) throws -> Tensor {
  let mix = (real.detached() * alpha + fake.detached() * (1 - alpha)).variable()
  let found = try gradients(of: [critic(mix).sum()], withRespectTo: [mix], createGraph: true)
  guard let gradient = found[0] else { throw GanError(.bug, "the critic does not depend on its input") }
  let norm = (gradient + 1e-16).squared().sum(over: [1, 2, 3]).squareRoot()
  return (norm - 1).squared().mean()
}
