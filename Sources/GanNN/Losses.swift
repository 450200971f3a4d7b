import GanBase
import GanTensor

extension Tensor {
  /// Mean absolute difference over all elements.
  package func l1(_ other: Tensor) -> Tensor { (self - other).abs().mean() }

  /// Mean squared difference from a constant over all elements.
  package func meanSquaredError(_ target: Double) -> Tensor { (self - target).squared().mean() }

  /// Mean binary cross entropy of these logits against a constant label.
  package func binaryCrossEntropy(label: Double) -> Tensor {
    let loss = label == 0 ? softplus() : label == 1 ? (-self).softplus() : softplus() - self * label
    return loss.mean()
  }
}

/// What discriminator and generator play for. All means are over the whole map of logits.
package enum AdversarialLoss: String, CaseIterable, Sendable {
  /// Binary cross entropy with logits (Goodfellow et al. 2014, non-saturating).
  case vanilla
  /// Least squares (Mao et al. 2017).
  case lsgan
  /// Hinge (Lim and Ye 2017).
  case hinge
  /// Wasserstein with gradient penalty (Gulrajani et al. 2017).
  case wgangp

  /// The discriminator's loss on one kind of picture.
  package func discriminator(_ logits: Tensor, isReal: Bool) -> Tensor {
    switch self {
    case .hinge: return (isReal ? 1 - logits : logits + 1).relu().mean()
    default: return target(logits, isReal: isReal)
    }
  }

  /// The generator's loss: its pictures should be taken for real ones.
  package func generator(_ logits: Tensor) -> Tensor {
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

extension Tensor {
  /// Binary cross entropy of these logits `[N,D]` with labels of the same shape: the sum over D, the mean over N.
  package func summedBinaryCrossEntropy(_ labels: Tensor) -> Tensor {
    (softplus() - self * labels).sum() / Double(shape[0])
  }

  /// Binary cross entropy of these logits with labels of the same shape: the mean over everything.
  package func binaryCrossEntropy(_ labels: Tensor) -> Tensor { (softplus() - self * labels).mean() }

  /// Cross entropy of these logits `[N,D]` with the classes that `labels` marks with a 1 in each row, mean over N.
  package func crossEntropy(oneHot labels: Tensor) -> Tensor {
    // The largest logit is taken away from all, which changes nothing but keeps exp finite.
    let largest = detached().reshaped(to: [shape[0], shape[1], 1, 1]).globalMaximum()
    let shifted = self - largest
    return (shifted.exp().sum(over: [1]).log().sum() - (shifted * labels).sum()) / Double(shape[0])
  }
}

/// What a critic says, and how steeply it changes, at random places between real and fake pictures.
package struct CriticSlope {
  /// The places, `[N,H,W,C]`.
  package let pictures: Tensor
  package let scores: Tensor
  /// Of the sum of all scores with respect to `pictures`.
  package let gradient: Tensor

  /// - Parameters:
  ///   - alpha: `[N,1,1,1]` in [0,1), the share of `real`.
  ///   - critic: from a picture to a map of scores.
  package init(real: Tensor, fake: Tensor, alpha: Tensor, critic: (Tensor) -> Tensor) throws {
    pictures = (real.detached() * alpha + fake.detached() * (1 - alpha)).variable()
    scores = critic(pictures)
    let found = try gradients(of: [scores.sum()], withRespectTo: [pictures], createGraph: true)
    guard let gradient = found[0] else { throw GanError(.bug, "the critic does not depend on its input") }
    self.gradient = gradient
  }

  /// The length of each picture's gradient, `[N]`.
  /// - Parameter offset: added to each of its elements.
  package func lengths(offset: Double = 0) -> Tensor {
    let moved = offset == 0 ? gradient : gradient + offset
    return moved.squared().sum(over: [1, 2, 3]).squareRoot().reshaped(to: [gradient.shape[0]])
  }
}

/// The gradient penalty of WGAN-GP (Gulrajani et al. 2017, equation 3): the mean over samples of
/// `(|gradient of sum D(mix)|_2 - 1)^2`, where `mix` lies at a random place between `real` and `fake`.
/// - Parameters:
///   - alpha: `[N,1,1,1]` in [0,1), the share of `real`.
///   - critic: from a picture `[N,H,W,C]` to a map of scores.
package func gradientPenalty(
  real: Tensor, fake: Tensor, alpha: Tensor, critic: (Tensor) -> Tensor
) throws -> Tensor {
  try CriticSlope(real: real, fake: fake, alpha: alpha, critic: critic).lengths(offset: 1e-16).meanSquaredError(1)
}
