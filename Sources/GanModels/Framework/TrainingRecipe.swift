import GanConfig
import GanNN

/// How a model is usually trained: what a configuration for new pictures begins with.
public struct TrainingRecipe: Equatable, Sendable {
  /// Side of the papers' training pictures.
  public var size = 256
  /// Side to which they are scaled before the crop, for a crop of `size`.
  public var loadSize = 286
  public var batchSize = 1

  /// The same proportion for another crop, even.
  public func loadSize(forCrop crop: Int) -> Int {
    max(crop, Int((Double(crop) * Double(loadSize) / Double(size) / 2).rounded()) * 2)
  }
}

extension ImageTranslator {
  public static var recipe: TrainingRecipe { TrainingRecipe() }
  public static func options(fitting size: Int) -> Options { Options() }
}
