import GanNN
import GanTensor

/// A model that can translate back, which shows how much of a picture its translation has kept.
package protocol CyclicTranslator: ImageTranslator {
  /// Translates back.
  /// - Parameters:
  ///   - translations: `[N,H,W,C]`, of the pictures.
  ///   - pictures: the originals.
  ///   - origin: the target that leads to where the originals are from.
  func reconstruct(
    _ translations: Tensor, of pictures: Tensor, to origin: TranslationTarget, _ pass: Pass
  ) throws -> Tensor
}

extension CyclicTranslator {
  package func reconstruct(
    _ translations: Tensor, of pictures: Tensor, to origin: TranslationTarget, _ pass: Pass
  ) throws -> Tensor {
    try translate(translations, to: origin, pass)
  }

  /// The way back from a target; for models of several domains some way, for all are alike.
  package func wayBack(from target: TranslationTarget) -> TranslationTarget {
    target.opposite ?? targets.first ?? target
  }
}

extension CyclicTranslator where Self: MultimodalTranslator {
  /// With the originals' own attributes.
  package func reconstruct(
    _ translations: Tensor, of pictures: Tensor, to origin: TranslationTarget, _ pass: Pass
  ) throws -> Tensor {
    try translate(translations, to: origin, attribute: attribute(of: pictures, for: origin, pass), pass)
  }
}
