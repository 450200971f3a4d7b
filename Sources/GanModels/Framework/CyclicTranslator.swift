import GanNN
import GanTensor

/// A model that can translate back, which shows how much of a picture its translation has kept.
package protocol CyclicTranslator: ImageTranslator {
  /// Translates back.
  /// - Parameters:
  ///   - translations: `[N,H,W,C]`, of the pictures, to `target`.
  ///   - pictures: the originals.
  func reconstruct(
    _ translations: Tensor, of pictures: Tensor, from target: TranslationTarget, _ pass: Pass
  ) throws -> Tensor
}

extension CyclicTranslator {
  package func reconstruct(
    _ translations: Tensor, of pictures: Tensor, from target: TranslationTarget, _ pass: Pass
  ) throws -> Tensor {
    try translate(translations, to: wayBack(from: target), pass)
  }

  fileprivate func wayBack(from target: TranslationTarget) throws -> TranslationTarget {
    guard let opposite = target.opposite else { throw refusal(of: target) }
    return opposite
  }
}

extension CyclicTranslator where Self: MultimodalTranslator {
  /// With the originals' own attributes.
  package func reconstruct(
    _ translations: Tensor, of pictures: Tensor, from target: TranslationTarget, _ pass: Pass
  ) throws -> Tensor {
    let back = try wayBack(from: target)
    return try translate(translations, to: back, attribute: attribute(of: pictures, for: back, pass), pass)
  }
}
