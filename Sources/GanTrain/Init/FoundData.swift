import GanData
import GanImage
import GanModels

/// Training data that was found in a folder, and the options that read it.
struct FoundData {
  /// The kind of models that can learn from it.
  let kind: DataKind
  /// Only the options that say where the pictures are.
  var settings: DataOptions
  let training: [PictureCollection]
  let validation: [PictureCollection]
  /// A description such as `400 pairs side by side in facades/train`.
  let description: String
  /// Sizes of single pictures; for side-by-side pairs, of the halves.
  let sizes: [PictureSize]
  /// Pictures per epoch.
  let count: Int
  let validationCount: Int

  init(
    _ kind: DataKind, _ settings: DataOptions, training: [PictureCollection], validation: [PictureCollection],
    areHalved: Bool = false, count: Int, validationCount: Int, description: String
  ) {
    (self.kind, self.settings, self.training, self.validation) = (kind, settings, training, validation)
    (self.count, self.validationCount, self.description) = (count, validationCount, description)
    sizes = training.flatMap(\.sizes).map { areHalved ? $0.half : $0 }
  }
}
