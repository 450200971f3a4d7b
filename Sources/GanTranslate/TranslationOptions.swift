import GanData
import GanImage
import GanModels

/// How pictures are translated.
package struct TranslationOptions: Sendable {
  /// nil: the model's first target.
  package var target: TranslationTarget?
  /// Whether to use running statistics and no dropout, like the official program with `--eval`.
  package var isEvaluation = false
  /// Whether dropout is on; nil: as in the official program.
  package var dropout: Bool?
  package var seed: UInt64 = 0
  /// The size that pictures are scaled to first.
  package var size: ScaledSize?
  /// Whether results are scaled back to the picture's size.
  package var restoresSize = false
  /// nil: one translation per picture, with a random style if the model has styles.
  package var styles: StyleChoice?
  /// Whether translations are also translated back.
  package var reconstructs = false
  package var bound = MemoryBound()
  /// Where objects are in the pictures; nil if the model is not told.
  package var boxes: BoxFiles?

  package init() {}
}

/// A size that pictures are scaled to.
package enum ScaledSize: Sendable {
  case exact(PictureSize)
  /// The shorter side; the aspect ratio is kept.
  case shorterSide(Int)

  package func of(_ size: PictureSize) -> PictureSize {
    switch self {
    case .exact(let size): size
    case .shorterSide(let side): size.scaled(shorterSide: side)
    }
  }
}

/// A translated picture.
package struct Translation {
  package let picture: Picture
  /// The result translated back, in the size and channels of the input; nil if not requested.
  package let reconstruction: Picture?
  /// What became of the masks, in their order; empty for models without masks.
  package var masks: [Picture] = []
}
