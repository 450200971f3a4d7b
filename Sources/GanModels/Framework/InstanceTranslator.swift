import GanBase
import GanNN
import GanTensor

/// A model that may be told where objects are in the picture that it translates.
package protocol InstanceTranslator: MultimodalTranslator {
  /// Whether translations to `target` look at objects.
  func looksAtObjects(to target: TranslationTarget) -> Bool

  /// What a translation to `target` knows of objects.
  /// - Parameters:
  ///   - picture: one, `[1,H,W,C]`.
  ///   - boxes: in its pixels; none: nil, as for a target for which objects do not matter.
  func objects(of picture: Tensor, _ boxes: [Box], to target: TranslationTarget) throws -> ObjectCodes?

  /// Decodes the content of one picture with its objects.
  func decode(
    _ content: Tensor, to target: TranslationTarget, attribute: Tensor, objects: ObjectCodes?, _ pass: Pass
  ) throws -> Tensor
}
