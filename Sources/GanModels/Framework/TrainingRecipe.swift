import GanConfig
import GanNN

/// How a model is usually trained: what a configuration for new pictures begins with.
package struct TrainingRecipe: Equatable, Sendable {
  /// Side of the papers' training pictures.
  package var size = 256
  /// Side to which they are scaled before the crop, for a crop of `size`.
  package var loadSize = 286
  package var batchSize = 1

  /// The same proportion for another crop, even.
  package func loadSize(forCrop crop: Int) -> Int {
    max(crop, Int((Double(crop) * Double(loadSize) / Double(size) / 2).rounded()) * 2)
  }
}

/// For how many epochs a model is trained.
package struct TrainingSchedule: Equatable, Sendable {
  /// At the full learning rate.
  package var epochs: Int
  /// Further ones, during which it falls.
  package var decayEpochs: Int
}

extension ImageTranslator {
  package static var recipe: TrainingRecipe { TrainingRecipe() }
  package static func options(fitting size: Int) -> Options { Options() }
  package static func schedule(of options: Options) -> TrainingSchedule? { nil }
}
