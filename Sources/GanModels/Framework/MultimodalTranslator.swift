import GanBase
import GanNN
import GanTensor

/// A model for which a picture is a content and an attribute (a style), so that one picture has many translations: a
/// content decoded with attributes that are drawn at random, or taken from an example.
package protocol MultimodalTranslator: ImageTranslator {
  /// The content of `[N,H,W,C]`, which a translation to `target` keeps.
  func content(of pictures: Tensor, to target: TranslationTarget, _ pass: Pass) throws -> Tensor

  /// `count` random attributes; the mean one without noise.
  func randomAttributes(_ count: Int, _ noise: NoiseSource?, type: ElementType) -> Tensor

  /// The attributes of pictures of the domain that `target` leads to, of any size that `attributeSizeRule` allows.
  func attribute(of examples: Tensor, for target: TranslationTarget, _ pass: Pass) throws -> Tensor

  /// Decodes contents into pictures of the domain that `target` leads to.
  func decode(
    _ content: Tensor, to target: TranslationTarget, attribute: Tensor, _ pass: Pass
  ) throws -> Tensor

  var attributeSizeRule: SizeRule { get }
}

extension MultimodalTranslator {
  package var attributeSizeRule: SizeRule { inputs.sizeRule }

  // Attributes are drawn when pictures are translated.
  package var needsTestTimeNoise: Bool { true }

  /// With random attributes; with the mean one if the pass has no noise.
  package func translate(_ pictures: Tensor, to target: TranslationTarget, _ pass: Pass) throws -> Tensor {
    let attributes = randomAttributes(pictures.shape[0], pass.noise, type: pictures.type)
    return try translate(pictures, to: target, attribute: attributes, pass)
  }

  /// With given attributes, one for each picture.
  package func translate(
    _ pictures: Tensor, to target: TranslationTarget, attribute: Tensor, _ pass: Pass
  ) throws -> Tensor {
    try decode(content(of: pictures, to: target, pass), to: target, attribute: attribute, pass)
  }
}
