import GanData
import GanImage
import GanModels

/// Training data that was found in a folder, and the options that read it.
struct FoundData {
  /// What models of which kind can learn from it.
  let kind: DataKind
  /// With all that says where the pictures are, and nothing else.
  var settings: DataOptions
  let training: [PictureCollection]
  let validation: [PictureCollection]
  /// For people: `400 pairs side by side in facades/train`.
  let description: String
  /// Sizes of single pictures: of halves, where pairs stand side by side.
  let sizes: [PictureSize]
  /// Pictures of an epoch.
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
