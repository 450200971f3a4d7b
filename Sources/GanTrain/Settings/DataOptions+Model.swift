import GanBase
import GanData
import GanModels

extension DataOptions {
  /// The centre crop that the authors of StarGAN use for CelebA.
  private static let celebACrop = 178

  /// The data mode for this kind of model; nil if the model cannot learn from the configured one.
  func mode(for kind: DataKind) -> DataMode? {
    switch (kind, mode) {
    case (.aligned, .auto), (.aligned, .aligned), (.unaligned, .aligned): .aligned
    case (.unaligned, .auto), (.unaligned, .unaligned): .unaligned
    case (.domains, .auto), (.domains, .domains): hasAttributeFile ? .attributes : .domains
    case (.single, .auto): .single
    case (.aligned, _), (.unaligned, _), (.domains, _), (.single, _): nil
    }
  }

  /// The sides whose pictures need boxes: a model's A is the side that is its input.
  func boxed(for model: ModelInfo) -> BoxedSides {
    switch model.boxes {
    case .none: BoxedSides()
    case .a: direction == .aToB ? BoxedSides(a: true) : BoxedSides(b: true)
    case .both: BoxedSides(a: true, b: true)
    }
  }

  /// Resolves `attributes: auto` to the attribute list found with the pictures, and the default centre crop.
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

  /// Fills in sizes and batch size that suit the model, unless they are configured.
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
  /// The exact size that the model requires, or the largest allowed one up to `wanted` and `limit`, or the smallest.
  func usualCrop(_ wanted: Int, atMost limit: Int?) -> Int {
    let rule = inputs.pictureRule, multiple = rule.multiple
    if let exact = inputs.exactTrainingSize ?? rule.most { return exact }
    let least = nextMultiple(of: multiple, from: max(rule.least, inputs.leastTrainingSize))
    return max(least, min(wanted, limit ?? wanted) / multiple * multiple)
  }
}
