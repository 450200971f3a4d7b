import GanTensor

/// What discriminator and generator play for. All means are over the whole map of scores.
package enum AdversarialLoss: String, CaseIterable, Sendable {
  /// Binary cross entropy with logits (Goodfellow et al. 2014, non-saturating).
  case vanilla
  /// Least squares (Mao et al. 2017).
  case lsgan
  /// Hinge (Lim and Ye 2017).
  case hinge
  /// Wasserstein (Arjovsky et al. 2017): something must bound how steep the critic is.
  case wgan
  /// Wasserstein with gradient penalty (Gulrajani et al. 2017).
  case wgangp

  /// Whether scores are the critic's values, which have no bound.
  package var isWasserstein: Bool { self == .wgan || self == .wgangp }

  /// The discriminator's loss on one kind of picture.
  /// - Parameter label: what real pictures should get, with `vanilla` and `lsgan`.
  package func discriminator(_ scores: Tensor, isReal: Bool, label: Double = 1) -> Tensor {
    switch self {
    case .hinge: return (isReal ? 1 - scores : scores + 1).relu().mean()
    default: return target(scores, isReal: isReal, label: label)
    }
  }

  /// The generator's loss: its pictures should be taken for real ones.
  package func generator(_ scores: Tensor) -> Tensor {
    self == .hinge ? -scores.mean() : target(scores, isReal: true, label: 1)
  }

  private func target(_ scores: Tensor, isReal: Bool, label: Double) -> Tensor {
    switch self {
    case .vanilla: return scores.binaryCrossEntropy(label: isReal ? label : 0)
    case .lsgan: return scores.meanSquaredError(isReal ? label : 0)
    case .wgan, .wgangp, .hinge: return isReal ? -scores.mean() : scores.mean()
    }
  }
}

extension AdversarialLoss {
  /// Whether there is a relativistic form.
  package var canBeRelativistic: Bool { !isWasserstein }

  /// The relativistic average loss on one kind of picture (Jolicoeur-Martineau 2019, section 4): how much more real
  /// pictures look so than generated ones do on average, or the reverse. Generators play for the same with the kinds
  /// exchanged. Only of losses that have a relativistic form.
  /// - Parameter others: scores of the other kind of picture.
  package func relativistic(_ scores: Tensor, against others: Tensor, isReal: Bool) -> Tensor {
    precondition(canBeRelativistic, "\(rawValue) has no relativistic form")
    let lead = scores - others.mean()
    // Differences should be 1 or -1, where scores alone should be 1 or 0.
    return self == .lsgan ? lead.meanSquaredError(isReal ? 1 : -1) : discriminator(lead, isReal: isReal)
  }
}
