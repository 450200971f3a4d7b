import GanBase
import GanData
import GanModels

extension DataOptions {
  /// The middle of CelebA's pictures that the authors of StarGAN take.
  private static let celebACrop = 178

  /// The mode for a model of this kind; nil where the model cannot learn from the mode that was chosen.
  func mode(for kind: DataKind) -> DataMode? {
    switch (kind, mode) {
    case (.aligned, .auto), (.aligned, .aligned), (.unaligned, .aligned): .aligned
    case (.unaligned, .auto), (.unaligned, .unaligned): .unaligned
    case (.domains, .auto), (.domains, .domains): hasAttributeFile ? .attributes : .domains
    case (.aligned, _), (.unaligned, _), (.domains, _): nil
    }
  }

  /// With the list of attributes that is beside the pictures, if there is one, where that is left open.
  func withAttributesFound(for model: ModelInfo) -> DataOptions {
    var settings = self
    if attributes == Self.automatic {
      let isWanted = model.learnsAttributes && mode(for: model.data) != nil
      let root = isWanted ? root.map { FilePath($0) } : nil
      settings.attributes = root.flatMap { AttributeFile.find(forPicturesIn: $0, phase: phase) }?.string
    }
    if centreCrop == nil { settings.centreCrop = .some(settings.attributes == nil ? nil : Self.celebACrop) }
    return settings
  }

  /// With the sizes and the batch that suit the model, where they are left open.
  func sized(for model: any ImageTranslator) -> DataOptions {
    let recipe = type(of: model).recipe
    let crop = cropSize ?? model.usualCrop(recipe.size, atMost: loadSize)
    var settings = self
    settings.cropSize = crop
    settings.loadSize = loadSize ?? recipe.loadSize(forCrop: crop)
    settings.batchSize = batchSize ?? recipe.batchSize
    return settings
  }
}

extension ImageTranslator {
  /// The only size of training pictures; or the largest fitting one up to `wanted` and `limit`, but one that fits.
  func usualCrop(_ wanted: Int, atMost limit: Int?) -> Int {
    if let exact = inputs.exactTrainingSize ?? inputs.sizeRule.most { return exact }
    let multiple = inputs.sizeRule.multiple
    let least = nextMultiple(of: multiple, from: max(inputs.sizeRule.least, inputs.leastTrainingSize))
    return max(least, min(wanted, limit ?? wanted) / multiple * multiple)
  }
}
